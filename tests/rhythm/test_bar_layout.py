"""How beats in bars become the grid in quarter notes."""

from fractions import Fraction

import numpy as np

from engrave.music.grid import Pulse
from engrave.rhythm.bar_layout import FoundBars, lay_out
from tests.support.evidence import said


def laid_out(index, size, compound):
    """Bars over beats half a second apart, said beat by beat."""
    count = len(index)
    pulse = Pulse(0.5 * np.arange(count), np.zeros(count, bool))
    bars = FoundBars(np.array(index), np.array(size), np.array(compound))
    unit = said(2, unit=[4, 8]).unit
    return lay_out(pulse, bars, (unit[0], unit[1]), None)


def test_a_beat_lost_or_won_makes_a_bar_of_its_own_meter():
    grid = laid_out([0, 1, 2, 3, 0, 1, 2, 0, 1, 2, 3], [4] * 11, [False] * 11)
    assert [(bar.beats, bar.length) for bar in grid.bars] == [(4, 4), (3, 3), (4, 4)]
    grid = laid_out([0, 1, 2, 3, 0, 0, 1, 2, 3], [4] * 9, [False] * 9)
    assert [(bar.beats, bar.length) for bar in grid.bars] == [(5, 5), (4, 4)]


def test_a_bar_has_one_beat_length_even_where_the_meter_slips():
    grid = laid_out([0, 1, 0, 0, 1, 0, 1], [2, 2, 2, 2, 2, 2, 2], [0, 0, 1, 0, 0, 0, 0])
    assert [(bar.beats, bar.beat_type) for bar in grid.bars] == [(3, 4), (2, 4), (2, 4)]
    assert grid.quarters == tuple(map(Fraction, range(8)))


def test_the_first_bar_may_be_a_pickup_and_the_last_is_filled():
    grid = laid_out([2, 0, 1, 2, 0], [3] * 5, [True] * 5)
    assert [bar.length for bar in grid.bars] == [Fraction(3, 2), Fraction(9, 2), Fraction(9, 2)]
    assert {(bar.beats, bar.beat_type) for bar in grid.bars} == {(9, 8)}
