"""Where seconds meet quarter notes, on grids that can be counted by eye."""

from fractions import Fraction

import numpy as np
import pytest

from engrave.music.grid import Bar, Grid
from tests.support.playing import even_grid

# Two beats of a second, then two of half a second.
UNEVEN = Grid(
    (10.0, 11.0, 12.0, 12.5, 13.0),
    tuple(map(Fraction, range(5))),
    (Bar(Fraction(0), Fraction(4), 4, 4),),
)


@pytest.mark.parametrize(
    ("seconds", "quarter"),
    [(10, 0), (10.25, 0.25), (11.5, 1.5), (12.25, 2.5), (13, 4), (9, -1), (14, 6)],
)
def test_seconds_and_quarters_are_two_names_of_one_place(seconds, quarter):
    """Before the first and after the last beat time goes on at the tempo there."""
    assert UNEVEN.quarter_at(seconds) == pytest.approx(quarter)
    assert UNEVEN.time_at(quarter) == pytest.approx(seconds)
    assert UNEVEN.time_at(Fraction(quarter)) == pytest.approx(seconds)


def test_many_places_at_once():
    seconds = np.linspace(5, 20, 301)
    quarters = UNEVEN.quarter_at(seconds)
    assert np.all(np.diff(quarters) > 0)
    assert UNEVEN.time_at(quarters) == pytest.approx(seconds)


def test_a_barline_belongs_to_the_bar_it_opens():
    grid = even_grid(3, 4, bars=3, pickup=1)
    places = [-1, 0, Fraction(1, 2), 1, Fraction(399, 100), 4, 7, 9, 10, 99]
    assert [grid.bar_at(Fraction(q)) for q in places] == [0, 0, 0, 1, 1, 2, 3, 3, 3, 3]


@pytest.mark.parametrize(
    ("beats", "beat_type", "full", "compound", "beat"),
    [
        (4, 4, 4, False, 1),
        (3, 2, 6, False, 2),
        (6, 4, 6, True, 3),
        (1, 4, 1, False, 1),
        (6, 8, 3, True, Fraction(3, 2)),
        (3, 8, Fraction(3, 2), True, Fraction(3, 2)),
        (7, 8, Fraction(7, 2), False, Fraction(1, 2)),
        (9, 16, Fraction(9, 4), True, Fraction(3, 4)),
    ],
)
def test_what_a_time_signature_says(beats, beat_type, full, compound, beat):
    bar = Bar(Fraction(5), Fraction(1), beats, beat_type)
    assert (bar.full_length, bar.compound, bar.beat_length) == (full, compound, beat)
    assert bar.end == 6


QUARTERS = (Fraction(0), Fraction(1))
BAR = Bar(Fraction(0), Fraction(1), 1, 4)


@pytest.mark.parametrize(
    ("times", "quarters", "bars"),
    [
        ((0.0,), (Fraction(0),), (BAR,)),  # one beat has no tempo
        ((0.0, 1.0, 2.0), QUARTERS, (BAR,)),
        ((1.0, 1.0), QUARTERS, (BAR,)),
        ((1.0, 0.0), QUARTERS, (BAR,)),
        ((0.0, 1.0), (Fraction(1), Fraction(1)), (BAR,)),
        ((0.0, 1.0), QUARTERS, ()),
        ((0.0, 1.0), QUARTERS, (Bar(Fraction(1), Fraction(1), 1, 4),)),  # does not start at 0
        ((0.0, 1.0), QUARTERS, (BAR, Bar(Fraction(2), Fraction(1), 1, 4))),  # a gap
    ],
)
def test_what_is_no_grid_is_refused(times, quarters, bars):
    with pytest.raises(AssertionError):
        Grid(times, quarters, bars)
