"""The fermata on the last chord."""

from fractions import Fraction

from engrave.expression.articulation import mark_fermata
from engrave.music.note import Note
from engrave.music.performance import Performance, PlayedNote
from tests.support.notes import on_staves


def presses(held: float) -> list[int]:
    """The presses under a fermata where the last chord (1 left, 2 and 3 right) is held so long."""
    played = [PlayedNote(0.0, 9.0, 60, 64)]
    played += [PlayedNote(10.0, 10.0 + held, pitch, 64) for pitch in (48, 64, 67)]
    onsets = (0, 4, 4, 4)
    notes = [
        Note(k, p.pitch, Fraction(q), Fraction(1))
        for k, (q, p) in enumerate(zip(onsets, played, strict=True))
    ]
    return sorted(mark_fermata(Performance(tuple(played)), on_staves(notes, [1, 2, 1, 1])))


def test_a_last_chord_that_stands_has_one_on_each_staff() -> None:
    assert presses(4.0) == [1, 3]


def test_one_that_is_let_go_has_none() -> None:
    assert presses(2.0) == []


def test_no_notes_have_none() -> None:
    assert mark_fermata(Performance(()), ()) == frozenset()
