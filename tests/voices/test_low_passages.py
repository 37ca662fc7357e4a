"""When the right hand is written on the staff of the left."""

from dataclasses import replace
from fractions import Fraction

import numpy as np

from engrave.music.note import Note
from engrave.voices.staves import move_low_passages
from tests.support.evidence import blank
from tests.support.notes import on_staves
from tests.support.playing import even_grid

BARS = 4


def written(right: list[int], left: list[int], upper: float = 0.0, part: int = 0) -> list[int]:
    """The staff of the right hand's notes: in each bar quarters of one key, the left hand's too.

    `upper` is what the reader says of all notes.
    """
    keys = [key for hand in (right, left) for key in hand for _ in range(4)]
    notes = [
        Note(i, key, Fraction(i % (4 * BARS)), Fraction(1), part=part) for i, key in enumerate(keys)
    ]
    notes = on_staves(notes, [1] * (4 * BARS) + [2] * (4 * BARS))
    evidence = replace(blank(len(notes)), upper=np.full(len(notes), upper))
    shared = move_low_passages(notes, evidence, even_grid(4, 4, bars=BARS))
    assert [replace(note, staff=1, voice_staff=1) for note in shared] == [
        replace(note, staff=1, voice_staff=1) for note in notes
    ]
    assert all(note.voice_staff == note.staff for note in shared)
    staves = [note.staff for note in shared]
    assert staves[4 * BARS :] == [2] * (4 * BARS)  # the left hand keeps its staff
    return staves[: 4 * BARS : 4]


def test_a_low_right_hand_goes_down_and_comes_back() -> None:
    assert written([72, 48, 48, 72], [36] * BARS) == [1, 2, 2, 1]


def test_so_it_does_for_each_player() -> None:
    assert written([72, 48, 48, 72], [36] * BARS, part=1) == [1, 2, 2, 1]


def test_some_ledger_lines_are_no_reason() -> None:
    assert written([72, 57, 57, 72], [36] * BARS) == [1] * BARS


def test_what_the_reader_surely_holds_for_the_upper_staff_stays() -> None:
    assert written([72, 48, 48, 72], [36] * BARS, upper=3.0) == [1] * BARS


def test_no_key_stands_twice_at_one_place_of_a_staff() -> None:
    assert written([72, 48, 48, 72], [36, 36, 48, 36]) == [1] * BARS


def test_a_hand_that_is_alone_keeps_its_staff() -> None:
    notes = [Note(k, 48, Fraction(k), Fraction(1)) for k in range(16)]
    assert move_low_passages(notes, blank(16), even_grid(4, 4)) == tuple(notes)
