"""The even grid of a pulse."""

import numpy as np
import pytest

from engrave.rhythm.bar_choice import steady


def test_a_beat_found_too_early_stands_half_way():
    times = np.append(np.arange(8) * 0.6, [4.5, 5.1, 5.7])
    grid = steady.EvenGrid.of(times)
    assert np.diff(grid.places).tolist() == [1] * 7 + [0.5, 1, 1]
    assert grid.seconds == pytest.approx(0.6)


@pytest.mark.parametrize("seconds, unit", [(1.2, 2), (0.3, 1 / 2), (0.45, 1)])
def test_units_last_about_half_a_second(seconds, unit):
    grid = steady.EvenGrid.of(np.arange(9) * seconds)
    assert grid.pulse == unit and 0.35 < grid.seconds < 0.71


def test_a_last_beat_that_was_drawn_to_a_chord_between_beats_is_left_out():
    times = np.append(np.arange(8) * 0.6, 4.2 + 0.78 * 0.6)
    grid = steady.EvenGrid.of(times)
    assert len(grid.times) == 8
    assert grid.places_at(times)[-1] == pytest.approx(7.78)
