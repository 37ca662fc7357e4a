"""The bars of a file, from its first note to its last; a second a quarter.

Bars are shown as their length in quarters and their time signature, "4: 4/4".
"""

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
import pytest

from engrave.midi.read import read_midi
from engrave.music.grid import Grid
from engrave.music.values import TimeSignature
from engrave.rhythm.file_beats.bars import find_file_bars
from engrave.rhythm.file_beats.grid import FileFit, fit_file_grid
from samples.tunes import as_midi, midi_of
from tests.support.plain import TUNES

EXACT = FileFit("exact")
Meters = Sequence[tuple[float, int, int]]  # quarter, beats, beat type


def laid(
    meters: Meters, first: float = 0, last: float = 13, held: float = 0.9, fit: FileFit = EXACT
) -> Grid:
    """The grid under quarter notes from `first` to `last`, the last one held for `held`."""
    onsets = np.arange(first, last + 1).tolist()
    ends = [on + (held if on == last else 0.9) for on in onsets]
    strokes = [(on, end, 60 + int(on) % 5, 64) for on, end in zip(onsets, ends, strict=True)]
    performance = read_midi(as_midi({"Piano": strokes}, 60, meters))
    assert performance.grid is not None
    return find_file_bars(performance, performance.grid, fit).grid


def bars(meters: Meters, **notes: float) -> list[str]:
    return [f"{bar.length}: {bar.beats}/{bar.beat_type}" for bar in laid(meters, **notes).bars]


COMMON, WALTZ = "4: 4/4", "3: 3/4"
TWO_METERS = [(0, 4, 4), (8, 3, 4)]


def test_a_file_that_changes_its_meter_is_believed() -> None:
    assert bars(TWO_METERS) == [COMMON, COMMON, WALTZ, WALTZ]


def test_a_bar_that_a_change_cuts_has_a_time_signature_of_its_own() -> None:
    assert bars([(0, 4, 4), (10, 3, 4)], last=12) == [COMMON, COMMON, "2: 2/4", WALTZ]
    assert bars([(0, 4, 4), (5.5, 3, 4)], last=8) == [COMMON, "3/2: 3/8", WALTZ, WALTZ]


def test_a_change_at_which_no_bar_can_end_is_one_at_the_nearest_barline() -> None:
    for quarter in (7.9, 8.1):
        assert bars([(0, 4, 4), (quarter, 3, 4)]) == bars(TWO_METERS)


def test_a_first_bar_that_is_cut_is_a_pickup_to_the_meter_after_it() -> None:
    assert bars([(0, 4, 4), (1, 3, 4)], last=6) == ["1: 3/4", WALTZ, WALTZ]


@pytest.mark.parametrize(("first", "pickup"), [(1, COMMON), (2, "2: 4/4"), (3, "1: 4/4")])
def test_a_first_bar_of_which_half_is_silent_is_a_pickup(first: int, pickup: str) -> None:
    assert bars(TWO_METERS, first=first) == [pickup, COMMON, WALTZ, WALTZ]


def test_silent_bars_before_the_first_note_are_left_out() -> None:
    grid = laid(TWO_METERS, first=4)
    assert [bar.length for bar in grid.bars] == [4, 3, 3]
    assert (grid.bars[0].start, grid.times[0]) == (0, 4.0)


def test_the_last_notes_ring_on_for_two_bars_at_most() -> None:
    after = len(bars(TWO_METERS))
    assert len(bars(TWO_METERS, held=1.05)) == after  # a moment over the barline is nothing
    assert len(bars(TWO_METERS, held=2)) == after + 1
    assert len(bars(TWO_METERS, held=40)) == after + 2


def test_what_no_score_has_is_not_believed() -> None:
    assert bars([(0, 4, 4), (4, 28, 1), (8, 3, 4)]) == bars(TWO_METERS)


def test_a_meter_that_is_stated_again_is_no_change() -> None:
    assert bars([(0, 3, 4), (4, 3, 4), (9, 4, 4)], last=12) == [WALTZ, WALTZ, WALTZ, COMMON]


def test_beats_are_felt_ones_and_come_when_the_player_is_late() -> None:
    grid = laid([(0, 6, 8), (6, 4, 4)], last=9, fit=FileFit("click", 0.01, 0.05))
    assert grid.quarters == (*(Fraction(3 * k, 2) for k in range(4)), *map(Fraction, range(6, 11)))
    assert grid.times == pytest.approx([float(quarter) + 0.05 for quarter in grid.quarters])


def test_the_beats_of_a_pickup_are_counted_from_its_end() -> None:
    grid = laid([(0, 3, 4), (1.5, 4, 4)], last=4)
    assert [bar.length for bar in grid.bars] == [Fraction(3, 2), 4]
    assert grid.quarters[:3] == (0, Fraction(1, 2), Fraction(3, 2))


def test_a_waltz_in_a_file_that_states_four_four_is_heard_as_one() -> None:
    performance = read_midi(midi_of(TUNES["silent night"], stated=(4, 4)))
    fit = fit_file_grid(performance)
    chosen = find_file_bars(performance, performance.grid, fit)
    assert {(bar.beats, bar.beat_type) for bar in chosen.grid.bars} == {(3, 4)}
    likely = chosen.hypotheses.meters
    assert max(likely, key=likely.get) == "3/4" and sum(likely.values()) == pytest.approx(1)
    shifts = chosen.hypotheses.shifts
    assert set(shifts) == {0, 1, 2} and max(shifts, key=shifts.get) == 0


@pytest.mark.parametrize("meter", [(2, 4), (5, 4)])
def test_the_meter_that_the_user_knows_is_that_of_every_bar(meter: tuple[int, int]) -> None:
    performance = read_midi(midi_of(TUNES["silent night"], stated=(3, 4)))
    fit, given = fit_file_grid(performance), TimeSignature(*meter)
    chosen = find_file_bars(performance, performance.grid, fit, given)
    assert {(bar.beats, bar.beat_type) for bar in chosen.grid.bars} == {meter}
