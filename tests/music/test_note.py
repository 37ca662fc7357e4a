"""What is decided about notes: their ends, their chords, what a tremolo writes."""

from fractions import Fraction

import pytest

from engrave.music.note import (
    FoldedNote,
    KeySection,
    Note,
    Spelling,
    Tremolo,
    group_chords,
)
from engrave.music.values import KeySignature
from tests.support.scores import pitch


def note(key: int, onset: str | int, duration: str | int = 1, **details) -> Note:
    return Note(0, key, Fraction(onset), Fraction(duration), **details)


def keys(chords: list[list[Note]]) -> list[list[int]]:
    return [[n.pitch for n in chord] for chord in chords]


def test_a_note_ends_after_its_duration():
    assert note(60, "1/3", "2/3").end == 1
    assert note(60, 2, 0, grace=True).end == 2


def test_a_note_has_no_name_until_it_is_spelled():
    assert note(66, 0, spelling=pitch("Gb4")).name == pitch("Gb4")
    with pytest.raises(AssertionError, match="the notes have not been spelled"):
        _ = note(66, 0).name


def test_notes_that_begin_together_are_a_chord_however_long_they_are():
    notes = [note(60, 0, 4), note(64, 0), note(67, 1), note(72, 1, "1/2")]
    assert keys(group_chords(notes)) == [[60, 64], [67, 72]]


def test_chords_come_in_order_of_time_and_their_notes_as_they_were_given():
    notes = [note(72, 1), note(67, 0), note(60, 1), note(64, 0), note(65, 1)]
    assert keys(group_chords(notes)) == [[67, 64], [72, 60, 65]]


def test_a_chord_is_exact():
    """A triplet eighth and a sixteenth near it are two; no note, no chord."""
    assert keys(group_chords([note(60, "1/3"), note(64, "5/16")])) == [[64], [60]]
    assert group_chords(iter([])) == []


def test_a_folded_note_is_a_key_press_that_knows_its_index():
    folded = FoldedNote(0.5, 1.0, 60, 64, played=7)
    assert (folded.onset, folded.release, folded.played, folded.grace) == (0.5, 1.0, 7, False)
    with pytest.raises(TypeError, match="'played'"):
        FoldedNote(0.5, 1.0, 60, 64)


def test_a_piece_begins_in_the_key_of_its_first_section():
    sections = KeySection(Fraction(0), KeySignature(2)), KeySection(Fraction(8), KeySignature(-1))
    assert Spelling((), sections).key == KeySignature(2)


def test_a_tremolo_writes_the_first_stroke_and_all_that_follow():
    """C and G in turn, three times: the first two presses stand for the others."""
    turning = Tremolo(((0,), (1,)), {0: (2, 4), 1: (3, 5)}, 0.0, 1.5)
    assert turning.presses == {0, 1, 2, 3, 4, 5}
    assert turning.second == (1,)
    repeated = Tremolo(((3, 4),), {3: (5,), 4: ()}, 0.0, 1.0)
    assert repeated.presses == {3, 4, 5}
    assert repeated.second == ()
