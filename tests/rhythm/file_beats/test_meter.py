"""Which bars are heard on the grid of a file, and what counts what the file states."""

from fractions import Fraction
from functools import cache

import pytest

from engrave.midi.read import read_midi
from engrave.music.values import TimeSignature
from engrave.rhythm.file_beats.grid import fit_file_grid
from engrave.rhythm.file_beats.meter import METERS, FileBars, felt_beats, weigh_file_bars
from samples.tunes import midi_of
from tests.support.plain import TUNES

WALTZ_TIME, COMMON_TIME = TimeSignature(3, 4), TimeSignature(4, 4)


@cache
def heard(name: str, stated: tuple[int, int] | None = None) -> list[FileBars]:
    performance = read_midi(midi_of(TUNES[name], stated=stated))
    return weigh_file_bars(performance, fit_file_grid(performance))


def lead(bars: list[FileBars], meter: TimeSignature) -> float:
    """By how much the best bars of a meter are likelier than the best of any other (log odds)."""
    own, others = (
        max(one.log_likelihood for one in bars if (one.meter == meter) == same)
        for same in (True, False)
    )
    return own - others


@pytest.mark.parametrize(
    ("meter", "beats"), [((4, 4), 4), ((3, 4), 3), ((2, 2), 2), ((6, 8), 2), ((12, 8), 4)]
)
def test_beats_of_a_bar(meter: tuple[int, int], beats: int) -> None:
    assert felt_beats(TimeSignature(*meter)) == beats


def test_a_waltz_is_heard_in_three_from_its_first_note() -> None:
    best = heard("silent night")[0]
    assert (best.meter, best.offset) == (WALTZ_TIME, 0)
    assert lead(heard("silent night"), WALTZ_TIME) > 2


def test_every_meter_may_be_and_a_barline_on_every_half_beat() -> None:
    bars = heard("silent night")
    assert {one.meter for one in bars} == set(METERS)
    assert [one.log_likelihood for one in bars] == sorted(
        (one.log_likelihood for one in bars), reverse=True
    )
    waltzes = [one.offset for one in bars if one.meter == WALTZ_TIME]
    assert sorted(waltzes) == [Fraction(k, 2) for k in range(6)]
    places = {one.offset for one in bars if one.meter == TimeSignature(6, 8)}
    assert places == {Fraction(k, 2) for k in range(6)}


def test_what_the_file_states_is_likelier() -> None:
    unsaid, common, waltz = (heard("silent night", meter) for meter in (None, (4, 4), (3, 4)))
    assert lead(waltz, WALTZ_TIME) > lead(unsaid, WALTZ_TIME) > lead(common, WALTZ_TIME)


def test_four_four_says_less_than_what_somebody_must_have_meant() -> None:
    unsaid, common, waltz = (heard("silent night", meter) for meter in (None, (4, 4), (3, 4)))
    for_common = lead(common, COMMON_TIME) - lead(unsaid, COMMON_TIME)
    for_waltz = lead(waltz, WALTZ_TIME) - lead(unsaid, WALTZ_TIME)
    assert for_common < for_waltz
