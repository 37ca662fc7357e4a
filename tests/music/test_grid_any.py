"""What holds on any grid: two units name one place, and the bars tile the piece."""

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engrave.music.grid import Bar, Grid
from tests.support.strategies import LIGHT, bars, grids

seconds = st.floats(-100, 1000)
places = st.fractions(-100, 1000, max_denominator=960)


@LIGHT
@given(grids(), seconds)
def test_a_time_comes_back_from_its_place(grid: Grid, time: float) -> None:
    assert grid.time_at(grid.quarter_at(time)) == pytest.approx(time, rel=1e-9, abs=1e-6)


@LIGHT
@given(grids(), places)
def test_a_place_comes_back_from_its_time(grid: Grid, place: Fraction) -> None:
    assert grid.quarter_at(grid.time_at(place)) == pytest.approx(float(place), rel=1e-9, abs=1e-6)


@LIGHT
@given(grids(), st.lists(seconds, min_size=2, max_size=20, unique=True))
def test_what_comes_later_stands_later(grid: Grid, times: list[float]) -> None:
    earlier_first = np.array(sorted(times))
    steps = np.diff(grid.quarter_at(earlier_first))
    assert np.all(steps >= 0)
    assert np.all(steps[np.diff(earlier_first) > 1e-6] > 0)


@LIGHT
@given(grids())
def test_beats_are_where_they_were_put(grid: Grid) -> None:
    assert grid.quarter_at(np.array(grid.times)) == pytest.approx(
        [float(q) for q in grid.quarters], abs=1e-9
    )
    assert grid.time_at(np.array([float(q) for q in grid.quarters])) == pytest.approx(grid.times)


@LIGHT
@given(grids(), places)
def test_every_place_of_the_piece_is_in_one_bar(grid: Grid, place: Fraction) -> None:
    around = [k for k, bar in enumerate(grid.bars) if bar.start <= place < bar.end]
    end = grid.bars[-1].end
    assert around == ([grid.bar_at(place)] if 0 <= place < end else [])
    assert grid.bar_at(place) == (around or [0 if place < 0 else len(grid.bars) - 1])[0]
    assert sum((bar.length for bar in grid.bars), Fraction(0)) == end


@LIGHT
@given(bars())
def test_a_bar_divides_at_a_beat(laid: tuple[Bar, ...]) -> None:
    for bar in laid:
        assert (bar.full_length / bar.beat_length).denominator == 1
        assert (bar.division / bar.beat_length).denominator == 1
        assert 0 < bar.division <= bar.full_length
    assert all(a.end == b.start for a, b in pairwise(laid))
