"""Which beats form a bar: as the reader says, and what is made of it where the pulse stumbles.

The pulse is given: half a second for each felt beat. What the user gives is tested with the beats.
"""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from engrave.listening.evidence import Evidence
from engrave.music.grid import Grid, Pulse
from engrave.music.hypotheses import Hypotheses
from engrave.music.values import TimeSignature
from engrave.rhythm.meter import KnownBars, track_bars
from tests.support.evidence import bars_as_notes, blank, read, said
from tests.support.playing import play, press


def grouped(
    evidence: Evidence,
    beats: Sequence[float],
    given: TimeSignature | None = None,
    in_three: bool | Sequence[bool] = False,
) -> Grid:
    """The bars of single notes that stand on these beats of the pulse, from beat 0 on."""
    count = int(max(beats)) + 1
    pulse = Pulse(0.5 * np.arange(count), np.broadcast_to(in_three, count))
    beats = list(beats)
    bars = bars_as_notes(evidence, beats, count)
    return track_bars(
        play(press(0.5 * beat) for beat in beats), pulse, evidence, bars, KnownBars(given)
    ).grid


def meters(grid: Grid) -> list[tuple[str, int]]:
    """Each meter and how many bars it goes on for: [("3/4", 8)]."""
    runs: list[tuple[str, int]] = []
    for bar in grid.bars:
        name = f"{bar.beats}/{bar.beat_type}"
        if runs and runs[-1][0] == name:
            runs[-1] = (name, runs[-1][1] + 1)
        else:
            runs.append((name, 1))
    return runs


# --- what the reader says --------------------------------------------------------------------

# Felt beats and whether they divide in three, the lower figure, and what is written.
WRITTEN = [
    ((2, False), 4, "2/4"),
    ((3, False), 4, "3/4"),
    ((4, False), 4, "4/4"),
    ((5, False), 4, "5/4"),
    ((2, False), 2, "2/2"),
    ((3, False), 2, "3/2"),
    ((3, False), 8, "3/8"),
    ((4, False), 8, "4/8"),
    ((1, True), 8, "3/8"),
    ((2, True), 8, "6/8"),
    ((3, True), 8, "9/8"),
    ((4, True), 8, "12/8"),
    ((2, True), 4, "6/4"),
    ((2, True), 16, "6/16"),
]


@pytest.mark.parametrize(
    ("felt", "unit", "name"), WRITTEN, ids=[f"{w[0][0]} felt, {w[2]}" for w in WRITTEN]
)
def test_bars_are_of_the_meter_that_is_read(felt, unit, name):
    size = felt[0]
    evidence = read(range(12 * size), 0.5, felt, 0.99, unit)
    grid = grouped(evidence, range(12 * size), in_three=felt[1])
    assert meters(grid) == [(name, 12)]
    beat = Fraction(4 * (3 if felt[1] else 1), unit)
    assert grid.quarters == tuple(beat * k for k in range(12 * size + 1))


@pytest.mark.parametrize("name", ["3/4", "4/4", "6/8", "12/8"])
def test_an_unsure_reader_is_believed_where_all_notes_say_the_same(name):
    (felt, unit), *_ = [(felt, unit) for felt, unit, written in WRITTEN if written == name]
    evidence = read(range(48), 0.5, felt, sure=0.4, unit=unit)
    assert meters(grouped(evidence, range(48), in_three=felt[1])) == [(name, 48 // felt[0])]


def test_where_nothing_is_read_bars_are_of_one_usual_meter():
    ((name, _),) = meters(grouped(blank(48), range(48)))
    assert name in {f"{beats}/{unit}" for beats in (2, 3, 4) for unit in (2, 4)}


@pytest.mark.parametrize("size", [2, 3, 4])
def test_bars_begin_where_the_downbeats_are_read(size):
    """Barlines late by each number of beats; what stands before the first one is a pickup."""
    for late in range(size):
        places = [k - late for k in range(10 * size)]
        grid = grouped(read(places, 0.5, (size, False)), range(10 * size))
        full = [bar for bar in grid.bars if bar.length == bar.full_length]
        assert full[0].start == late
        assert len(grid.bars) - len(full) == bool(late)
        assert {(bar.beats, bar.beat_type) for bar in grid.bars} == {(size, 4)}


def test_the_pickup_of_a_compound_meter():
    grid = grouped(read([k - 1 for k in range(21)], 0.5, (2, True), unit=8), range(21))
    assert [bar.length for bar in grid.bars] == [Fraction(3, 2), *[3] * 10]


def test_a_downbeat_alone_says_where_the_bars_begin():
    """Nothing else is read than which notes are the first of three."""
    evidence = said(36, downbeat=[k % 3 == 1 for k in range(36)], unit=[4] * 36)
    grid = grouped(evidence, range(36))
    assert [bar.length for bar in grid.bars][:3] == [1, 3, 3]


def test_notes_inside_the_beats_say_of_the_meter_too():
    """Notes on the downbeats alone, the others on the halves: their beats are known by them."""
    places = [
        p for bar in range(12) for p in (3 * bar, *(3 * bar + Fraction(k, 2) for k in (3, 5)))
    ]
    evidence = read(places, 0.5, (3, False))
    assert meters(grouped(evidence, [float(place) for place in places])) == [("3/4", 12)]


def test_a_chord_has_one_word_however_many_notes_it_has():
    """Eight keys on the second of three beats, one of which is read as a downbeat."""
    beats = sorted([*range(36), *[b for b in range(1, 36, 3) for _ in range(7)]])
    first = [beats.index(b) for b in range(36)]
    wrong = [b % 3 == 0 or (b % 3 == 1 and i in first) for i, b in enumerate(beats)]
    grid = grouped(said(len(beats), downbeat=wrong, unit=[4] * len(beats)), beats)
    assert meters(grid) == [("3/4", 12)]


def test_a_change_of_meter():
    sizes = [3] * 24 + [4] * 32
    places = [*range(24), *range(32)]
    kinds = [(size, False) for size in sizes]
    grid = grouped(read(places, 0.5, kinds), range(56))
    assert meters(grid) == [("3/4", 8), ("4/4", 8)]


@pytest.mark.parametrize(("plain", "threes"), [(4, 8), (2, 8), (8, 16)])
def test_beats_that_divide_in_three_have_their_own_unit(plain, threes):
    kinds = [(2, False)] * 24 + [(2, True)] * 24
    units = [plain] * 24 + [threes] * 24
    evidence = replace(read(range(48), 0.5, kinds), unit=said(48, 0.99, unit=units).unit)
    bars = meters(grouped(evidence, range(48), in_three=[k >= 24 for k in range(48)]))
    assert bars == [(f"2/{plain}", 12), (f"6/{threes}", 12)]


def test_one_bar_that_is_read_otherwise_changes_nothing():
    kinds = [(4, False)] * 24 + [(2, True)] * 4 + [(4, False)] * 20
    grid = grouped(read(range(48), 0.5, kinds), range(48))
    assert meters(grid) == [("4/4", 12)]


def test_a_bar_that_lost_a_beat_is_followed_by_others_in_time():
    places = [*range(16), *range(3), *range(16)]
    grid = grouped(read(places, 0.5), range(35))
    assert [bar.length for bar in grid.bars] == [*[4] * 4, 3, *[4] * 4]


@pytest.mark.parametrize("given", [(4, 4), (2, 2), (6, 8), (3, 8)])
def test_the_given_meter_takes_its_barlines_from_the_reader(given):
    signature = TimeSignature(*given)
    size = given[0] // 3 if signature.compound else given[0]
    evidence = read([k - 1 for k in range(10 * size)], 0.5, (size, signature.compound), unit=16)
    grid = grouped(evidence, range(10 * size), signature)
    assert {(bar.beats, bar.beat_type) for bar in grid.bars} == {given}
    assert grid.bars[-1].end - grid.bars[-1].start == grid.bars[-1].full_length
    assert (grid.bars[0].length < grid.bars[0].full_length) == (size > 1)


# --- what else it could be ---------------------------------------------------------------------


def weighed(evidence: Evidence, beats: Sequence[float], **known) -> Hypotheses:
    count = int(max(beats)) + 1
    pulse = Pulse(0.5 * np.arange(count), np.zeros(count, bool))
    bars = bars_as_notes(evidence, list(beats), count)
    performance = play(press(0.5 * beat) for beat in beats)
    return track_bars(performance, pulse, evidence, bars, KnownBars(**known)).hypotheses


@pytest.mark.parametrize(("felt", "name"), [((3, False), "3/4"), ((4, False), "4/4")])
def test_what_is_written_is_the_likeliest_of_its_question(felt, name):
    found = weighed(read(range(36), 0.5, felt), range(36))
    for ways, written in ((found.meters, name), (found.shifts, 0)):
        shares = list(ways.values())
        assert next(iter(ways)) == written and shares == sorted(shares, reverse=True)
        assert sum(shares) == pytest.approx(1)
    assert found.shifts[0] > 0.8 and set(found.shifts) == set(range(felt[0]))


def test_what_sounds_nearly_alike_is_nearly_as_likely():
    """Half bars that open like bars: the barline may stand there as well."""
    clear, unclear = (
        weighed(said(48, downbeat=[k % size == 0 for k in range(48)], unit=[4] * 48), range(48))
        for size in (4, 2)
    )
    assert {"2/4", "4/4"} == set(list(unclear.meters)[:2])
    assert min(unclear.meters["2/4"], unclear.meters["4/4"]) > clear.meters["2/4"]


def test_a_given_meter_leaves_the_barlines_open():
    found = weighed(read(range(36), 0.5, (3, False)), range(36), meter=TimeSignature(3, 4))
    assert next(iter(found.shifts)) == 0 and set(found.shifts) == {0, 1, 2}
