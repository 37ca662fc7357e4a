"""When the right hand is written on the staff of the left."""

from dataclasses import replace
from fractions import Fraction

import numpy as np

from engrave.music.note import Note
from engrave.voices.staves import share_staves
from tests.support.evidence import blank
from tests.support.playing import even_grid

BARS = 4


def written(right: list[int], left: list[int], upper: float = 0.0, hands: int = 0) -> list[int]:
    """The staff of the right hand's notes: in each bar quarters of one key, the left hand's too.

    `upper` is what the reader says of all notes; `hands` more are those of players before.
    """
    notes, hand = [], []
    for hand_of, keys in ((1, right), (2, left)):
        for bar, key in enumerate(keys):
            for quarter in range(4):
                place = Fraction(4 * bar + quarter)
                notes.append(Note(len(notes), key, place, Fraction(1)))
                hand.append(hand_of + hands)
    evidence = replace(blank(len(notes)), upper=np.full(len(notes), upper))
    shared = share_staves(notes, hand, evidence, even_grid(4, 4, bars=BARS))
    assert shared[4 * BARS :] == (2 + hands,) * (4 * BARS)  # the left hand keeps its staff
    return list(shared[: 4 * BARS : 4])


def test_a_low_right_hand_goes_down_and_comes_back() -> None:
    assert written([72, 48, 48, 72], [36] * BARS) == [1, 2, 2, 1]


def test_so_it_does_for_each_player() -> None:
    assert written([72, 48, 48, 72], [36] * BARS, hands=2) == [3, 4, 4, 3]


def test_some_ledger_lines_are_no_reason() -> None:
    assert written([72, 57, 57, 72], [36] * BARS) == [1] * BARS


def test_what_the_reader_surely_holds_for_the_upper_staff_stays() -> None:
    assert written([72, 48, 48, 72], [36] * BARS, upper=3.0) == [1] * BARS


def test_no_key_stands_twice_at_one_place_of_a_staff() -> None:
    assert written([72, 48, 48, 72], [36, 36, 48, 36]) == [1] * BARS


def test_a_hand_that_is_alone_keeps_its_staff() -> None:
    notes = [Note(k, 48, Fraction(k), Fraction(1)) for k in range(16)]
    evidence = blank(16)
    assert share_staves(notes, [1] * 16, evidence, even_grid(4, 4)) == (1,) * 16
