"""Which lines go from staff to staff: see `tests.regression.staves` for what is written of them."""

from dataclasses import replace
from fractions import Fraction

import pytest

from engrave.music.grid import Bar
from engrave.music.note import Note
from engrave.music.performance import LEFT, RIGHT
from engrave.music.values import KeySignature
from engrave.notation.beams import beam_span_around
from engrave.pitch.spelling import spell
from engrave.voices.cross_staff import join_across_staves
from tests.support.notes import on_staves
from tests.support.playing import even_grid

SIXTEENTH = Fraction(1, 4)


def crossed(*notes: tuple[int, int, Fraction, Fraction]) -> tuple[Note, ...]:
    """Of notes: hand, key, onset and length; each hand has one voice."""
    ordered = sorted(notes, key=lambda note: note[2])
    placed = [Note(i, key, onset, length) for i, (_, key, onset, length) in enumerate(ordered)]
    return cross(on_staves(placed, [hand for hand, *_ in ordered]))


def cross(placed: list[Note]) -> tuple[Note, ...]:
    """In C major; each note stays on its staff."""
    named = spell(placed, KeySignature(0))
    found = join_across_staves(named.notes, named.sections, even_grid(4, 4, bars=2))
    assert [(n.played, n.staff, n.onset) for n in found] == [
        (n.played, n.staff, n.onset) for n in placed
    ]
    return found


def lines(*notes: tuple[int, int, Fraction, Fraction]) -> list[int]:
    """For each of the notes the hand in whose voice it is written."""
    return [note.voice_staff for note in crossed(*notes)]


def run(*keys: tuple[int, int], start: int = 0, step: Fraction = SIXTEENTH) -> list[tuple]:
    """Notes of equal lengths, each with its hand."""
    return [(hand, key, start + k * step, step) for k, (hand, key) in enumerate(keys)]


UP = ((LEFT, 55), (LEFT, 57), (RIGHT, 60), (RIGHT, 62))
DOWN = ((RIGHT, 62), (RIGHT, 60), (LEFT, 57), (LEFT, 55))


def test_a_run_stands_in_the_voice_of_the_hand_that_begins_it() -> None:
    assert lines(*run(*UP)) == [LEFT] * 4
    assert lines(*run(*DOWN)) == [RIGHT] * 4


def test_it_goes_on_there_from_beat_to_beat() -> None:
    assert lines(*run(*UP), *run(*DOWN, start=1)) == [LEFT] * 8
    assert lines(*run(*UP), *run(*DOWN, start=2)) == [LEFT] * 4 + [RIGHT] * 4


def test_so_it_is_for_each_player() -> None:
    notes = [Note(k, key, k * SIXTEENTH, SIXTEENTH, part=1) for k, (_, key) in enumerate(UP)]
    found = cross(on_staves(notes, [2, 2, 1, 1], [2, 2, 1, 1]))
    assert [(n.part, n.voice_staff, n.voice) for n in found] == [(1, 2, 2)] * 4
    below = [replace(note, part=0) for note in notes[:2]]
    apart = cross(on_staves([*below, *notes[2:]], [2, 2, 1, 1]))
    assert [(n.part, n.voice_staff) for n in apart] == [(0, 2), (0, 2), (1, 1), (1, 1)]


def test_what_is_held_to_the_end_of_the_beat_ends_with_the_next_note() -> None:
    held = [*run(*UP[:1]), (LEFT, 57, SIXTEENTH, 3 * SIXTEENTH), *run(*UP)[2:]]
    found = crossed(*held)
    assert [note.voice_staff for note in found] == [LEFT] * 4
    assert [note.duration for note in found] == [SIXTEENTH] * 4


def test_a_grace_note_goes_with_its_main_note() -> None:
    notes = [Note(k, key, k * SIXTEENTH, SIXTEENTH) for k, (_, key) in enumerate(UP)]
    notes.insert(2, Note(4, 59, notes[2].onset, Fraction(0), grace=True))
    found = cross(on_staves(notes, [2, 2, 1, 1, 1]))
    assert [note.voice_staff for note in found] == [LEFT] * 5
    assert found[2].duration == 0


@pytest.mark.parametrize(
    ("why", "notes"),
    [
        ("a leap", run((LEFT, 48), (LEFT, 52), (RIGHT, 60), (RIGHT, 64))),
        ("hands that cross", run((LEFT, 62), (LEFT, 60), (RIGHT, 57), (RIGHT, 55))),
        ("three notes", run((LEFT, 55), (RIGHT, 57), (RIGHT, 60), step=Fraction(1, 3))),
        ("a rest inside", [note for k, note in enumerate(run(*UP)) if k != 1]),
        ("a bass", [(LEFT, 55, Fraction(0), Fraction(1)), *run(*((RIGHT, 57),) * 4)[1:]]),
        ("a note from before", [(RIGHT, 72, Fraction(0), Fraction(2)), *run(*UP, start=1)]),
        ("a note beyond", [*run(*UP)[:3], (RIGHT, 62, 3 * SIXTEENTH, Fraction(1))]),
        ("both at once", [*run(*UP), (LEFT, 53, 2 * SIXTEENTH, SIXTEENTH)]),
        (
            "a long note",
            [(LEFT, 55, Fraction(0), Fraction(5, 8))]
            + [(RIGHT, 57 + k, Fraction(5 + k, 8), Fraction(1, 8)) for k in range(3)],
        ),
        ("one hand", run((LEFT, 55), (LEFT, 57), (LEFT, 60), (LEFT, 62))),
    ],
)
def test_what_is_no_line(why: str, notes: list) -> None:
    found = crossed(*notes)
    ordered = sorted(notes, key=lambda note: note[2])
    assert [note.voice_staff for note in found] == [hand for hand, *_ in ordered], why
    assert [note.duration for note in found] == [length for *_, length in ordered], why


@pytest.mark.parametrize(
    ("later", "crosses"),
    [
        ((LEFT, 66), False),  # its own staff would need the sharp once more
        ((RIGHT, 66), True),
        ((RIGHT, 65), False),  # the natural would look needless
        ((LEFT, 62), True),  # no sign at all
        ((LEFT, 78), True),
    ],
)
def test_accidentals_are_not_to_be_lost(later: tuple[int, int], crosses: bool) -> None:
    sharp = run((LEFT, 59), (LEFT, 60), (RIGHT, 62), (RIGHT, 66))
    found = lines(*sharp, (*later, Fraction(2), Fraction(1)))
    assert (found[:4] == [LEFT] * 4) == crosses
    assert lines(*sharp, (LEFT, 66, Fraction(4), Fraction(1)))[:4] == [LEFT] * 4


def test_beats_are_counted_from_the_end_of_the_bar() -> None:
    pickup = Bar(Fraction(0), Fraction(3, 2), 4, 4)
    found = [beam_span_around(Fraction(k, 2), pickup) for k in range(3)]
    assert [(beat.start, beat.end) for beat in found] == [
        (0, Fraction(1, 2)),
        (Fraction(1, 2), Fraction(3, 2)),
        (Fraction(1, 2), Fraction(3, 2)),
    ]
    compound = Bar(Fraction(3), Fraction(3), 6, 8)
    assert beam_span_around(Fraction(5), compound).start == Fraction(9, 2)
