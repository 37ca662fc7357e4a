"""Pitches, note values and time signatures, each of which a musician can check by heart."""

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest

from engrave.music.values import (
    NOTE_TYPES,
    SEMITONES,
    STEPS_BY_FIFTHS,
    NoteValue,
    TimeSignature,
    is_compound,
)
from tests.support.scores import pitch


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("C4", 60),
        ("A4", 69),
        ("A0", 21),
        ("C8", 108),
        ("C-1", 0),
        ("F#4", 66),
        ("Gb4", 66),
        ("F##4", 67),
        ("Bbb4", 69),
        # The octave is that of the letter: these lie beyond the C at which octaves change.
        ("B#3", 60),
        ("Cb4", 59),
        ("Cb5", 71),
    ],
)
def test_a_written_pitch_has_its_key(name, key):
    assert pitch(name).midi == key


def test_each_step_of_the_line_of_fifths_is_a_fifth_above_the_last():
    steps = [(SEMITONES[b] - SEMITONES[a]) % 12 for a, b in pairwise(STEPS_BY_FIFTHS)]
    assert steps == [7] * 6
    assert set(STEPS_BY_FIFTHS) == set(SEMITONES)


def test_each_note_type_is_half_as_long_as_the_one_before():
    lengths = list(NOTE_TYPES.values())
    assert all(a == 2 * b for a, b in pairwise(lengths))
    assert (NOTE_TYPES["breve"], NOTE_TYPES["quarter"]) == (8, 1)


@pytest.mark.parametrize(
    ("value", "length"),
    [
        (NoteValue("quarter"), 1),
        (NoteValue("quarter", 1), Fraction(3, 2)),
        (NoteValue("half", 2), Fraction(7, 2)),
        (NoteValue("quarter", 3), Fraction(15, 8)),
        (NoteValue("128th"), Fraction(1, 32)),
        (NoteValue("eighth", 0, 3, 2), Fraction(1, 3)),
        (NoteValue("16th", 0, 5, 4), Fraction(1, 5)),
        (NoteValue("eighth", 0, 2, 3), Fraction(3, 4)),  # a duplet in 6/8
        (NoteValue("quarter", 1, 3, 2), 1),
    ],
)
def test_dots_lengthen_and_tuplets_divide(value, length):
    assert value.length == length


COMPOUND = [(6, 8), (9, 8), (12, 8), (6, 4), (9, 4), (6, 16), (6, 2), (3, 8), (3, 16)]
SIMPLE = [(2, 4), (3, 4), (4, 4), (3, 2), (2, 2), (5, 8), (7, 8), (4, 8), (1, 8), (5, 4)]


@pytest.mark.parametrize(("beats", "beat_type"), COMPOUND)
def test_the_beats_of_these_are_dotted(beats, beat_type):
    assert is_compound(beats, beat_type)
    assert TimeSignature(beats, beat_type).compound


@pytest.mark.parametrize(("beats", "beat_type"), SIMPLE)
def test_the_beats_of_these_are_plain(beats, beat_type):
    assert not is_compound(beats, beat_type)
    assert not TimeSignature(beats, beat_type).compound


def test_of_three_eighths_it_depends_on_whether_they_are_felt_in_one():
    in_three = [m for m in COMPOUND + SIMPLE if is_compound(*m, three_in_one=False)]
    assert in_three == [meter for meter in COMPOUND if meter[0] > 3]


@pytest.mark.parametrize("three_in_one", [True, False])
def test_many_time_signatures_are_judged_like_one(three_in_one):
    beats, beat_types = np.array(COMPOUND + SIMPLE).T
    found = is_compound(beats, beat_types, three_in_one=three_in_one)
    each = [is_compound(*meter, three_in_one=three_in_one) for meter in COMPOUND + SIMPLE]
    assert found.dtype == bool
    assert found.tolist() == each
