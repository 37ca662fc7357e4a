"""Beats and bars: found where the reader is clear, obeyed where given, bounded where time is long.

What the reader says is made by hand; it hears beats at even distances if nothing else is said.
"""

import tracemalloc
import warnings
from dataclasses import fields, replace
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest

from engrave.listening.evidence import Evidence
from engrave.music.grid import Tap
from engrave.music.values import TimeSignature
from engrave.rhythm import beats
from engrave.rhythm.beats import track_beats
from engrave.rhythm.meter import KnownBars, track_bars
from engrave.rhythm.pulse_tracking import (
    CLOSEST_BEATS,
    USUAL_BEAT,
    SilenceWarp,
    track_beats_as_heard,
)
from samples import names, take
from tests.support.evidence import blank, of_truth, read, read_evenly, unsaid_bars
from tests.support.playing import beat_f_measure, play, press

HARMONY = [0, 5, 7, 0, 9, 2, 7, 0]  # semitones above C, a bar each


@pytest.fixture(autouse=True)
def no_warnings():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def hear(performance, evidence=None, *, tempo=None, taps=(), meter=None):
    """The pulse and the grid of a performance, which hold what every grid must hold.

    Where nothing else is given, the reader hears a beat each half second, and 4/4.
    """
    evidence = evidence or read_evenly(performance, 0.5)
    pulse = track_beats_as_heard(performance, evidence, meter, tempo, taps)
    bars = unsaid_bars(len(pulse.times))
    grid = track_bars(performance, pulse, evidence, bars, KnownBars(meter, taps)).grid
    assert np.all(np.isfinite(pulse.times))
    assert len(pulse.times) == len(pulse.triple) == len(grid.times) - 1
    last = performance.notes[-1].onset
    assert pulse.times[0] <= performance.notes[0].onset + 0.2 * np.diff(pulse.times)[0]
    assert grid.quarter_at(last) < grid.bars[-1].end
    assert grid.bars[-1].end >= grid.quarters[-1]
    assert all(bar.length == bar.full_length for bar in grid.bars[1:])
    assert grid.bars[0].length <= grid.bars[0].full_length
    return pulse, grid


def signatures(grid):
    return {(bar.beats, bar.beat_type) for bar in grid.bars}


def even(count=40, seconds=0.5, start=0.0):
    """A tone repeated evenly."""
    return play(press(start + seconds * i) for i in range(count))


def accompanied(beats_in_bar, bars=12, seconds=0.5):
    """A bass on each downbeat, chords on the other beats, a held tone above: oom-pah, oom-pah-pah.

    The harmony changes with each bar.
    """
    notes = []
    for bar in range(bars):
        step = HARMONY[bar % len(HARMONY)]
        start = beats_in_bar * seconds * bar
        notes += [press(start, 36 + step, 0.9 * seconds), press(start, 76, 2 * seconds)]
        for beat in range(1, beats_in_bar):
            chord = [press(start + seconds * beat, 52 + step + t, 0.6 * seconds) for t in (0, 4, 7)]
            notes += chord
    return play(notes)


def joined(*parts):
    """The evidence of one part of a piece after the other."""
    tables = {f.name: [getattr(part, f.name) for part in parts] for f in fields(Evidence)}
    return Evidence(**{name: np.concatenate(table) for name, table in tables.items()})


def eighths(count=65, beat=0.6, deviation=0.012, seed=0):
    """Eighths with uneven fingers."""
    chance = np.random.default_rng(seed)
    onsets = beat / 2 * np.arange(count) + chance.normal(0, deviation, count)
    return play(press(t, 60 + i % 5) for i, t in enumerate(onsets.tolist()))


def assert_steady(pulse, beat):
    assert np.diff(pulse.times) == pytest.approx(beat, rel=0.15)


# --- what is found ---------------------------------------------------------------------------


@pytest.mark.parametrize("start", [0.0, 1000.0])
def test_evenly_spaced_notes_are_the_beats_that_they_are_read_as(start):
    pulse, _ = hear(even(start=start))
    assert pulse.times == pytest.approx(start + 0.5 * np.arange(40), abs=0.01)


@pytest.mark.parametrize("beat", [0.25, 0.5, 2.0, 2.5])
def test_the_reader_says_which_of_the_notes_are_beats(beat):
    performance = even(49)
    pulse = track_beats_as_heard(performance, read_evenly(performance, beat))
    assert pulse.times == pytest.approx(np.arange(0, 24.1, beat)[: len(pulse.times)], abs=0.02)
    assert len(pulse.times) >= 24 / beat


def test_slow_beats_that_are_read_as_six_eight_stay():
    performance = even(49)
    pulse, _ = hear(performance, read_evenly(performance, 1.5, (2, True)))
    assert pulse.times[:9] == pytest.approx(np.arange(0, 13, 1.5), abs=0.02)


def test_the_reader_says_which_eighths_are_off_the_beat():
    performance = eighths(64)
    pulse, _ = hear(performance, read_evenly(performance, 0.6, late=0.3))
    onsets = [note.onset for note in performance.notes]
    assert pulse.times[1:] == pytest.approx(onsets[1::2], abs=0.02)


@pytest.mark.parametrize("rate", [0.25, 0.5])
def test_the_beat_follows_a_ritardando(rate):
    """From the quicker to the slower tempo, note by note."""
    times = np.cumsum(np.linspace(0.6, 0.6 / (1 - rate), 40))
    halves = np.interp(np.arange(79) / 2, np.arange(40), times)
    paces = np.gradient(times)[np.arange(79) // 2]
    performance = play(map(press, halves.tolist()))
    pulse, _ = hear(performance, read([Fraction(k, 2) for k in range(79)], paces))
    assert pulse.times == pytest.approx(times, abs=0.05)


def test_a_march_is_in_four_and_a_waltz_in_three():
    for beats_in_bar in (4, 3):
        performance = accompanied(beats_in_bar)
        _, grid = hear(performance, read_evenly(performance, 0.5, (beats_in_bar, False)))
        assert signatures(grid) == {(beats_in_bar, 4)}
        downbeats = grid.time_at([float(bar.start) for bar in grid.bars])
        assert downbeats == pytest.approx(0.5 * beats_in_bar * np.arange(12), abs=0.02)


@pytest.mark.parametrize("name", names())
def test_the_beats_and_bars_of_the_samples_by_a_good_reader(name):
    sample = take(name)
    pulse, grid = hear(sample.performance, of_truth(sample))
    last = sample.performance.notes[-1].onset + 0.1
    true = [time for time in sample.grid.times if time <= last]
    assert beat_f_measure(true, pulse.times) >= 0.95
    assert signatures(grid) == {(bar.beats, bar.beat_type) for bar in sample.piece.bars}
    assert len(grid.bars) == len(sample.piece.bars)
    starts = [float(bar.start) for bar in sample.piece.bars]
    true_bars = [time for time in sample.grid.time_at(starts) if time <= last]
    found = grid.time_at([float(bar.start) for bar in grid.bars])
    assert beat_f_measure(true_bars, found) >= 0.9
    assert (grid.bars[0].length < grid.bars[0].full_length) == bool(sample.piece.pickup)


# --- where the reader is not sure ------------------------------------------------------------


@pytest.mark.parametrize("level", [2, 3, 0.5])
def test_a_reader_on_another_level_makes_a_steady_pulse_there(level):
    performance = eighths(61)
    pulse = track_beats_as_heard(performance, read_evenly(performance, 0.6 * level))
    assert_steady(pulse, 0.6 * level)


@pytest.mark.parametrize("level", [2, 3, 0.5])
def test_some_notes_that_mean_another_beat_do_not_move_it(level):
    """One note in five."""
    performance = eighths()
    right, other = (read_evenly(performance, 0.6 * x) for x in (1, level))
    rows = [i + 65 * (i % 5 == 1) for i in range(65)]
    pulse, _ = hear(performance, joined(right, other).take(rows))
    assert_steady(pulse, 0.6)
    assert pulse.times == pytest.approx([n.onset for n in performance.notes[::2]], abs=0.02)


def test_some_notes_read_off_the_beat_do_not_move_it():
    performance = eighths()
    right, other = read_evenly(performance, 0.6), read_evenly(performance, 0.6, late=0.3)
    rows = [i + 65 * (i % 5 == 1) for i in range(65)]
    pulse, _ = hear(performance, joined(right, other).take(rows))
    assert pulse.times == pytest.approx([n.onset for n in performance.notes[::2]], abs=0.02)


@pytest.mark.parametrize("sure", [0.5, 0.6, 0.7, 0.8])
def test_a_less_sure_reader_hears_the_same(sure):
    performance = eighths()
    unsure, _ = hear(performance, read_evenly(performance, 0.6, sure=sure))
    assert unsure.times == pytest.approx([n.onset for n in performance.notes[::2]], abs=0.02)


def test_grace_notes_close_to_a_beat_are_not_it():
    """Of two notes 60 ms apart the beat is the one that is read as on it."""
    times = 0.6 * np.arange(24)
    performance = play([*map(press, times.tolist()), *(press(t - 0.05, 62) for t in times[1:])])
    places = [Fraction(round(n.onset / 0.6)) for n in performance.notes]
    graces = [n.pitch == 62 for n in performance.notes]
    places = [p - Fraction(1, 8) * g for p, g in zip(places, graces, strict=True)]
    pulse, _ = hear(performance, read(places, 0.6))
    assert pulse.times == pytest.approx(times, abs=0.01)


# --- the odd cases ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "notes",
    [
        [press(0)],
        [press(1000)],
        [press(3, pitch) for pitch in (48, 60, 64, 67)],
        [press(3, pitch) for pitch in range(21, 109)],
    ],
    ids=["one note", "one late note", "one chord", "all keys at once"],
)
def test_a_single_chord_opens_the_only_bar(notes):
    pulse, grid = hear(play(notes), blank(len(notes)))
    assert pulse.times[0] == pytest.approx(notes[0].onset)
    assert len(grid.bars) == 1
    assert grid.bars[0].length == grid.bars[0].full_length


@pytest.mark.parametrize("gap", [0.04, 0.2, 0.5, 3.0, 60.0])
def test_two_notes(gap):
    for evidence in (blank(2), None):
        hear(play([press(0), press(gap, 64)]), evidence)


def test_ten_hours_of_silence_take_a_beat():
    """The beat goes on evenly on both sides, and one beat is as long as it must be."""
    hours = 36000
    pulse, _ = hear(play([*even(10).notes, *even(10, start=hours).notes]))
    assert len(pulse.times) < 40
    assert np.sum(np.diff(pulse.times) > 1.2) == 1
    hear(play([press(0), press(hours)]))


def test_a_silence_is_not_heard_longer_than_the_longest():
    clock = SilenceWarp.of(np.array([5.0, 6.0, 106.0, 107.0]), 4.0)
    assert clock.warp(np.array([4.0, 5.0, 6.0, 8.0, 104.0, 106.0, 107.0, 109.0])) == (
        pytest.approx([-1.0, 0.0, 1.0, 3.0, 3.01, 5.01, 6.01, 8.01])
    )
    seconds = np.array([3.0, 5.5, 7.9, 105.0, 120.0])
    assert clock.unwarp(clock.warp(seconds)) == pytest.approx(seconds)


def test_three_thousand_notes_in_a_second():
    chance = np.random.default_rng(0)
    onsets, pitches = chance.random(3000), chance.integers(21, 109, 3000)
    performance = play(map(press, onsets.tolist(), pitches.tolist()))
    for evidence in (blank(3000), read_evenly(performance, 0.5)):
        pulse, _ = hear(performance, evidence)
        assert len(pulse.times) <= 8


@pytest.mark.parametrize("held", [0.0, 36000.0])
def test_how_long_keys_are_held_does_not_move_the_beats(held):
    pulse, _ = hear(play(press(0.5 * i, held=held) for i in range(24)))
    assert np.diff(pulse.times) == pytest.approx(0.5, abs=0.01)


@pytest.mark.slow
def test_memory_grows_little_with_the_performance():
    """Decoded over frames of time, five minutes would take half a gigabyte."""
    performance = even(600)
    evidence = read_evenly(performance, 0.5)
    tracemalloc.start()
    try:
        track_beats(performance, evidence)
        assert tracemalloc.get_traced_memory()[1] < 50e6
    finally:
        tracemalloc.stop()


# --- what is given ---------------------------------------------------------------------------

METERS = ["4/4", "3/4", "2/4", "5/4", "7/8", "3/2", "2/2", "12/8", "9/8", "6/8", "3/8", "1/4"]


@pytest.mark.parametrize("meter", [*METERS, "6/4", "1/1", "7/16", "32/16"])
def test_the_given_meter_is_that_of_every_bar(meter):
    given = TimeSignature(*map(int, meter.split("/")))
    for performance in (accompanied(4), accompanied(3), even(23), play([press(0)])):
        _, grid = hear(performance, meter=given)
        assert signatures(grid) == {(given.beats, given.beat_type)}
    lengths = {bar.beat_length for bar in grid.bars}
    assert {b - a for a, b in pairwise(grid.quarters)} == lengths


@pytest.mark.parametrize("name", names())
def test_the_given_meter_is_that_of_every_bar_of_the_samples(name):
    _, grid = hear(take(name).performance, of_truth(take(name)), meter=TimeSignature(5, 4))
    assert signatures(grid) == {(5, 4)}


@pytest.mark.parametrize(
    ("tempo", "level"),
    [
        *((tempo, 1) for tempo in (10, 30, 45, 60, 120, 200, 260, 400)),
        *((tempo, level) for tempo in (30, 60, 120, 200) for level in (2, 0.5)),
    ],
)
def test_the_given_tempo_is_that_of_the_beats(tempo, level):
    """Whatever beat the reader has in mind, and also where nobody else would look for it."""
    beat = 60 / tempo
    halves = play(press(beat / 2 * i, 48 if i % 2 == 0 else 72) for i in range(40))
    pulse, _ = hear(halves, read_evenly(halves, beat * level), tempo=tempo)
    assert np.median(np.diff(pulse.times)) == pytest.approx(beat, rel=0.05)
    if level >= 1:
        assert pulse.times == pytest.approx(beat * np.arange(20), abs=0.03 * beat)


@pytest.mark.parametrize(("tempo", "beat"), [(30, 2.0), (60, 1.0), (120, 0.5), (240, 0.25)])
def test_the_given_tempo_chooses_the_octave(tempo, beat):
    pulse, _ = hear(even(), tempo=tempo)
    assert np.median(np.diff(pulse.times)) == pytest.approx(beat, rel=0.02)


def test_the_given_tempo_may_breathe():
    """A ritardando from 90 to 60 beats a minute, given 80."""
    times = np.cumsum(np.linspace(60 / 90, 1.0, 40))
    halves = np.interp(np.arange(79) / 2, np.arange(40), times)
    performance = play(press(t, 48 if i % 2 == 0 else 72) for i, t in enumerate(halves.tolist()))
    evidence = read([Fraction(k, 2) for k in range(79)], 0.75)
    pulse, _ = hear(performance, evidence, tempo=80)
    assert beat_f_measure(times, pulse.times) > 0.9


TAPPED = accompanied(4)  # 24 seconds, notes at each half second


@pytest.mark.parametrize(("size", "first"), [(2, 0), (3, 0), (4, 1), (5, 0), (7, 2), (11, 4)])
def test_bars_start_at_tapped_downbeats(size, first):
    taps = [Tap(0.5 * i, i % size == first) for i in range(48)]
    pulse, grid = hear(TAPPED, blank(len(TAPPED.notes)), taps=taps)
    assert pulse.times == pytest.approx([tap.time for tap in taps])
    starts = [round(2 * float(t)) for t in grid.time_at([float(b.start) for b in grid.bars])]
    assert [i for i in starts if i >= first] == list(range(first, 48, size))
    assert {bar.full_length / (grid.quarters[1] - grid.quarters[0]) for bar in grid.bars} == {size}


def test_between_tapped_downbeats_the_reader_counts_for_nothing():
    taps = [Tap(0.5 * i, i % 5 == 2) for i in range(48)]
    _, grid = hear(TAPPED, taps=taps)
    starts = grid.time_at([float(b.start) for b in grid.bars])
    assert [round(2 * float(t)) for t in starts if 1 <= t <= 23.5][:10] == list(range(2, 48, 5))


def test_tapped_downbeats_may_come_unevenly():
    opens = [0, 4, 8, 11, 15, 17, 21]
    taps = [Tap(0.5 * i, i in opens) for i in range(24)]
    _, grid = hear(play(TAPPED.notes[:72]), taps=taps)
    starts = grid.time_at([float(b.start) for b in grid.bars])
    assert [round(2 * float(t)) for t in starts if t < 11] == opens


def test_tapped_downbeats_are_stronger_than_the_given_meter():
    taps = [Tap(0.5 * i, i % 3 == 0) for i in range(48)]
    _, grid = hear(TAPPED, taps=taps, meter=TimeSignature(4, 4))
    starts = grid.time_at([float(b.start) for b in grid.bars])
    assert starts == pytest.approx(1.5 * np.arange(16))


def test_the_given_meter_fills_what_taps_leave_open():
    taps = [Tap(0.5 * i, i == 3) for i in range(48)]
    _, grid = hear(TAPPED, taps=taps, meter=TimeSignature(5, 4))
    starts = grid.time_at([float(b.start) for b in grid.bars])
    assert starts[1:] == pytest.approx(1.5 + 2.5 * np.arange(9))


def test_one_marked_downbeat_says_nothing_against_the_others():
    taps = [Tap(0.5 * i, i == 8) for i in range(48)]
    _, grid = hear(TAPPED, taps=taps)
    starts = grid.time_at([float(b.start) for b in grid.bars])
    assert 4.0 in starts.round(3)
    assert len(grid.bars) >= 12


@pytest.mark.parametrize(
    "tapped",
    [
        range(10, 18),
        [0, 1],
        [46, 47],
        [20, 21],
    ],
)
def test_taps_of_a_part_go_on_evenly(tapped):
    pulse, _ = hear(TAPPED, taps=[Tap(0.5 * i) for i in tapped])
    assert pulse.times == pytest.approx(0.5 * np.arange(48))


def test_taps_drawn_to_the_chords_they_mean():
    taps = [Tap(0.5 * i + 0.04 * (-1) ** i) for i in range(1, 48)]
    pulse, _ = hear(TAPPED, taps=taps)
    assert pulse.times == pytest.approx(0.5 * np.arange(48))


@pytest.mark.parametrize(
    ("times", "step"),
    [
        ([1000.0, 1000.5], 0.5),
        ([1e12, 1e12 + 0.5], 0.5),
        ([0.0, 1e9], 1e9),
        ([1e300, 2e300], 1e300),
        ([9.0], USUAL_BEAT),
        ([9.0, 9.0 + 1e-9], USUAL_BEAT),  # closer than two beats can be: one
    ],
)
def test_taps_far_from_the_notes_still_give_the_tempo(times, step):
    pulse, _ = hear(TAPPED, taps=[Tap(t) for t in times])
    assert np.median(np.diff(pulse.times)) == pytest.approx(step)
    assert len(pulse.times) <= 50


def test_quick_taps_stay_apart():
    chance = np.random.default_rng(5)
    taps = [Tap(t) for t in np.sort(chance.random(3000) * 24).tolist()]
    pulse, _ = hear(TAPPED, taps=taps)
    assert np.all(np.diff(pulse.times) > CLOSEST_BEATS)


def test_taps_before_ten_hours_of_silence_go_on_behind_it():
    performance = play([*even(10).notes, *even(10, start=36000).notes])
    pulse, _ = hear(performance, taps=[Tap(0.5 * i) for i in range(8)])
    assert len(pulse.times) < 50


def test_a_waltz_is_in_three_where_that_is_given():
    """The reader hears a bar as one beat, as in 6/8."""
    sample = take("blue_danube")
    places = [(note.onset - sample.piece.pickup) / 3 for note in sample.truth]
    slow = np.median(np.diff(sample.grid.times)) * 3
    bars = read(places, slow, (2, True))
    _, free = hear(sample.performance, bars)
    assert np.median(np.diff(free.times)) == pytest.approx(slow, rel=0.1)
    _, grid = hear(sample.performance, bars, meter=TimeSignature(3, 4))
    assert beat_f_measure(sample.grid.times, grid.times) > 0.9


def test_a_piece_ends_on_a_beat_even_if_its_last_chord_comes_early():
    notes = [press(0.4 * i, 48 if i % 2 == 0 else 60) for i in range(32)]
    performance = play([*notes, press(12.68, 48, 2.0)])
    pulse, _ = hear(performance, read_evenly(performance, 0.8))
    assert pulse.times[-2:] == pytest.approx([12.0, 12.68])


@pytest.mark.parametrize(
    ("notes_a_second", "probability", "taken"),
    [(4, 0.5, True), (8, 0.9, False), (8, 0.99, True)],
)
def test_bars_of_dense_playing_must_be_certain_to_be_chosen_with_the_beats(
    monkeypatch, notes_a_second, probability, taken
):
    chord = range(60, 60 + notes_a_second // 2)
    performance = play(press(0.5 * k, pitch) for k in range(40) for pitch in chord)
    choose = beats.choose_steady_bars
    monkeypatch.setattr(
        beats,
        "choose_steady_bars",
        lambda *given: replace(choose(*given), speeds={1.0: probability, 2.0: 1 - probability}),
    )
    found = track_beats(performance, read_evenly(performance, 0.5))
    assert (found.chosen is not None) == taken
