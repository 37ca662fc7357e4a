"""Swing is told from even eighths, triplets and dotted rhythms, and is written even."""

from fractions import Fraction

import numpy as np
import pytest

from engrave.expression.tempo import mark_tempo
from engrave.music.grid import STRAIGHT, Bar, Grid
from engrave.rhythm.swing import find_swing

BEATS = 0.5 * np.arange(33)


def chords(*places: float) -> np.ndarray:
    """A chord at these places of every beat, by hands that are 10 ms uneven."""
    times = (BEATS[:-1, None] + 0.5 * np.array([0.0, *places])).ravel()
    return np.sort(times + np.random.default_rng(3).normal(0, 0.01, len(times)))


@pytest.mark.parametrize("ratio", [0.6, 0.67])
def test_late_second_halves_swing(ratio: float):
    assert find_swing(BEATS, chords(ratio), 0.0) == pytest.approx(ratio, abs=0.021)


@pytest.mark.parametrize(
    "places", [(), (0.5,), (0.25, 0.5, 0.75), (1 / 3, 2 / 3), (0.75,)], ids=str
)
def test_what_divides_otherwise_does_not(places: tuple[float, ...]):
    assert find_swing(BEATS, chords(*places), 0.0) == STRAIGHT


def test_what_is_read_as_compound_does_not():
    assert find_swing(BEATS, chords(0.67), 0.9) == STRAIGHT


def test_a_few_chords_do_not_say():
    assert find_swing(BEATS, chords(0.67)[:20], 0.0) == STRAIGHT


def test_a_grid_that_swings():
    bars = tuple(Bar(Fraction(4 * k), Fraction(4), 4, 4) for k in range(2))
    quarters = tuple(Fraction(k) for k in range(9))
    grid = Grid(tuple(0.6 * k for k in range(9)), quarters, bars, 2 / 3)
    assert grid.quarter_at([0.0, 0.2, 0.4, 0.5, 0.6, 1.0]) == pytest.approx(
        [0, 0.25, 0.5, 0.75, 1, 1.5]
    )
    assert grid.time_at([0.0, 0.25, 0.5, 0.75, 1, 1.5]) == pytest.approx(
        [0.0, 0.2, 0.4, 0.5, 0.6, 1.0]
    )
    assert mark_tempo(grid).words == "Swing"
