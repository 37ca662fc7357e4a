"""Places in the bar: rhythms played as people do, on a grid that is known."""

import warnings
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest

from engrave.music.grid import Bar, Grid
from engrave.music.note import Ornaments
from engrave.music.performance import Performance
from engrave.ornaments.fold import fold_ornaments
from engrave.rhythm.quantize import quantize
from samples import names, take
from tests.support.evidence import blank, of_truth, read, unread
from tests.support.playing import even_grid, play, press, with_hands

F = Fraction
RIGHT, LEFT = 72, 48


@pytest.fixture(autouse=True)
def no_warnings():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def check_sound(placed, performance):
    """What holds for every performance: nothing lost, nothing outside the bars, time goes on."""
    notes, grid = placed.notes, placed.grid
    assert [note.played for note in notes] == list(range(len(performance.notes)))
    assert [note.pitch for note in notes] == [note.pitch for note in performance.notes]
    hands = [note.hand for note in performance.notes]
    assert [(n.hand, n.staff, n.voice_staff) for n in notes] == [(h, h, h) for h in hands]
    main = [note for note in notes if not note.grace]
    assert all(a.onset <= b.onset for a, b in pairwise(main))
    assert all(note.duration > 0 for note in main)
    assert all(note.duration == 0 for note in notes if note.grace)
    assert all(note.onset >= 0 and note.end <= grid.bars[-1].end for note in notes)
    assert all(note.onset < grid.bars[-1].end for note in notes)
    assert all(bar.length > 0 for bar in grid.bars)


def put(performance, grid, graces=frozenset(), evidence=None):
    """`quantize`, right hand from middle C on, with all that must hold checked.

    If nothing is given the reader says nothing, so that the time alone decides.
    """
    played = with_hands(performance)
    notes = fold_ornaments(played, Ornaments(graces))
    placed = quantize(notes, grid, evidence or blank(len(notes)), unread(notes))
    check_sound(placed, played)
    return placed


@dataclass(frozen=True)
class Line:
    """A line of notes of one pitch at these places of the grid (quarter notes)."""

    pitch: int
    onsets: list

    def play(self, grid, jitter=0.0, seed=0):
        chance = np.random.default_rng(seed)
        times = grid.time_at([float(q) for q in self.onsets]) + chance.normal(
            0, jitter, len(self.onsets)
        )
        return [press(t, self.pitch, 0.1) for t in times.tolist()]


def onsets_of(placed, pitch):
    return [note.onset for note in placed.notes if note.pitch == pitch]


def every(step, stop, start=0):
    """Places from `start` up to `stop`."""
    return [start + step * F(i) for i in range(int((stop - start) / step))]


def each_kept(grid, *lines, jitter=0.0, seed=0):
    """Whether all lines, played together, are written as they were meant."""
    performance = play(
        note for i, line in enumerate(lines) for note in line.play(grid, jitter, seed + 99 * i)
    )
    placed = put(performance, grid)
    assert placed.grid == grid
    for line in lines:
        assert onsets_of(placed, line.pitch) == line.onsets


# --- rhythms ---------------------------------------------------------------------------------


@pytest.mark.parametrize("jitter", [0.0, 0.012])
@pytest.mark.parametrize(
    "step", [F(2), F(1), F(1, 2), F(1, 3), F(1, 4)], ids=["2", "1", "1/2", "1/3", "1/4"]
)
def test_even_divisions_of_the_beat(step, jitter):
    grid = even_grid(4, 4, bars=4, seconds=0.6)
    each_kept(grid, Line(RIGHT, every(step, F(16))), jitter=jitter)


@pytest.mark.parametrize("seed", range(5))
def test_a_run_of_sixteenths_with_uneven_fingers(seed):
    grid = even_grid(2, 4, bars=8, seconds=0.5)
    each_kept(
        grid, Line(RIGHT, every(F(1, 4), F(16))), Line(LEFT, every(F(1), F(16))),
        jitter=0.01, seed=seed,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("right", "left"),
    [(F(1, 2), F(1, 3)), (F(1, 3), F(1, 2)), (F(1, 3), F(1, 4)), (F(1, 4), F(1, 3))],
    ids=["2 against 3", "3 against 2", "3 against 4", "4 against 3"],
)
def test_hands_that_divide_the_beat_differently(right, left):
    grid = even_grid(4, 4, bars=4, seconds=0.8)
    lines = Line(RIGHT, every(right, F(16))), Line(LEFT, every(left, F(16)))
    each_kept(grid, *lines)
    each_kept(grid, *lines, jitter=0.008)


@pytest.mark.parametrize(
    "beat",
    [
        [F(0), F(3, 4)],
        [F(0), F(1, 4)],
        [F(0), F(2, 3)],
        [F(0), F(1, 4), F(1, 2)],
        [F(0), F(1, 2), F(3, 4)],
        [F(0), F(1, 3), F(2, 3)],
    ],
    ids=["dotted", "Scotch snap", "swing", "16 16 8", "8 16 16", "triplet"],
)
def test_rhythms_within_the_beat_stay_what_they_are(beat):
    grid = even_grid(4, 4, bars=4, seconds=0.6)
    line = Line(RIGHT, [k + place for k in range(16) for place in beat])
    each_kept(grid, line, Line(LEFT, every(F(1), F(16))), jitter=0.01)


def test_duplets_turn_to_triplets_and_back():
    grid = even_grid(4, 4, bars=6, seconds=0.6)
    onsets = [*every(F(1, 2), F(8)), *every(F(1, 3), F(16), F(8)), *every(F(1, 2), F(24), F(16))]
    each_kept(grid, Line(RIGHT, onsets), jitter=0.012)


@pytest.mark.parametrize("step", [F(3, 2), F(1, 2), F(1, 4)], ids=["3/2", "1/2", "1/4"])
@pytest.mark.parametrize(("beats", "beat_type"), [(6, 8), (9, 8), (12, 8), (3, 8)])
def test_compound_meters_divide_the_beat_in_three(beats, beat_type, step):
    grid = even_grid(beats, beat_type, bars=6, seconds=0.9)
    each_kept(grid, Line(RIGHT, every(step, grid.bars[-1].end)), jitter=0.01)


def test_siciliano_and_a_duplet_in_six_eight():
    grid = even_grid(6, 8, bars=6, seconds=1.0)
    siciliano = [F(0), F(3, 4), F(1)]
    onsets = [F(3, 2) * k + place for k in range(8) for place in siciliano]
    onsets += every(F(3, 4), F(18), F(12))
    each_kept(grid, Line(RIGHT, onsets), Line(LEFT, every(F(3, 2), F(18))))


@pytest.mark.parametrize(("beats", "beat_type"), [(2, 2), (3, 2), (7, 8), (5, 4), (1, 4)])
def test_other_felt_beats(beats, beat_type):
    grid = even_grid(beats, beat_type, bars=6, seconds=0.7)
    beat = grid.bars[0].beat_length
    each_kept(grid, Line(RIGHT, every(beat / 2, grid.bars[-1].end)), jitter=0.01)


def test_rubato_of_the_grid_is_followed():
    grid = even_grid(4, 4, bars=4)
    slowing = Grid(tuple(0.5 * t * (1 + t / 16) for t in range(17)), grid.quarters, grid.bars)
    each_kept(slowing, Line(RIGHT, every(F(1, 4), F(16))), Line(LEFT, every(F(1), F(16))))


# --- what the reader says --------------------------------------------------------------------

TRIPLET, STRAIGHT = [F(0), F(1, 3), F(2, 3)], [F(0), F(1, 2), F(3, 4)]
BEAT = 0.6


def between(share, first=TRIPLET, second=STRAIGHT, beats=16):
    """Beats of three notes so far on the way from one rhythm to another, and the grid."""
    grid = even_grid(4, 4, bars=beats // 4, seconds=BEAT)
    places = [float(a + share * (b - a)) for a, b in zip(first, second, strict=True)]
    performance = play(press(BEAT * (k + p), RIGHT, 0.1) for k in range(beats) for p in places)
    return performance, grid


@pytest.mark.parametrize("meant", [TRIPLET, STRAIGHT], ids=["triplet", "8 16 16"])
@pytest.mark.parametrize("share", [F(2, 5), F(1, 2), F(3, 5)])
def test_the_reader_decides_between_a_triplet_and_straight_time(meant, share):
    performance, grid = between(share)
    places = [k + place for k in range(16) for place in meant]
    placed = put(performance, grid, evidence=read(places, BEAT))
    assert onsets_of(placed, RIGHT) == places


SWING, DOTTED = [F(0), F(2, 3)], [F(0), F(3, 4)]


@pytest.mark.parametrize("meant", [SWING, DOTTED], ids=["swing", "dotted"])
def test_the_reader_decides_between_swing_and_dots(meant):
    performance, grid = between(F(1, 2), SWING, DOTTED)
    places = [k + place for k in range(16) for place in meant]
    placed = put(performance, grid, evidence=read(places, BEAT))
    assert onsets_of(placed, RIGHT) == places


def test_duplets_in_six_eight_where_they_are_read():
    grid = even_grid(6, 8, bars=4, seconds=0.9)
    times = [0.9 * (k + place) for k in range(8) for place in (0, 0.5, 0.72)]
    performance = play(press(t, RIGHT, 0.1) for t in times)
    duple = [F(0), F(1, 2), F(3, 4)]
    read_so = read([k + place for k in range(8) for place in duple], 0.9, (2, True), unit=8)
    placed = put(performance, grid, evidence=read_so)
    assert onsets_of(placed, RIGHT) == [F(3, 2) * (k + place) for k in range(8) for place in duple]


def test_what_was_clearly_played_stands_against_a_reader_who_is_not_sure():
    performance, grid = between(F(0))
    wrong = read([k + place for k in range(16) for place in STRAIGHT], BEAT, sure=0.5)
    placed = put(performance, grid, evidence=wrong)
    assert onsets_of(placed, RIGHT) == [k + place for k in range(16) for place in TRIPLET]


@pytest.mark.parametrize("level", [F(2), F(1, 2)])
def test_a_reader_who_means_another_beat_does_not_move_the_notes(level):
    """Eighths that it takes for other shares of beats twice or half as long."""
    grid = even_grid(4, 4, bars=4, seconds=BEAT)
    onsets = every(F(1, 2), F(16))
    performance = play(Line(RIGHT, onsets).play(grid, jitter=0.01))
    evidence = read([onset / level for onset in onsets], BEAT * float(level), sure=0.99)
    assert onsets_of(put(performance, grid, evidence=evidence), RIGHT) == onsets


@pytest.mark.parametrize("meant", [TRIPLET, STRAIGHT], ids=["triplet", "8 16 16"])
def test_what_is_said_of_a_beat_three_times_as_long_counts_for_nothing(meant):
    performance, grid = between(F(1, 2))
    other = read([k + place for k in range(16) for place in meant], 3 * BEAT)
    assert put(performance, grid, evidence=other) == put(performance, grid)


def test_one_wrong_word_does_not_bend_a_run():
    grid = even_grid(4, 4, bars=2, seconds=BEAT)
    onsets = every(F(1, 4), F(8))
    performance = play(Line(RIGHT, onsets).play(grid, jitter=0.005))
    places = [F(1, 3) if k == 5 else place for k, place in enumerate(onsets)]
    placed = put(performance, grid, evidence=read(places, BEAT))
    assert onsets_of(placed, RIGHT) == onsets


def test_the_evidence_is_that_of_the_notes_which_are_placed():
    """The grace note among them has its own row, which counts for nothing."""
    performance, grid = between(F(1, 2))
    places = [k + place for k in range(16) for place in TRIPLET]
    small = press(BEAT - 0.05, RIGHT + 1, 0.04)
    with_small = play([*performance.notes, small])
    grace = with_small.notes.index(small)
    told = [*places[:grace], F(3, 8), *places[grace:]]
    placed = put(with_small, grid, frozenset({grace}), read(told, BEAT))
    assert onsets_of(placed, RIGHT) == places


# --- chords ----------------------------------------------------------------------------------


def test_uneven_chords_have_one_place():
    grid = even_grid(4, 4, bars=2, seconds=0.6)
    chance = np.random.default_rng(1)
    performance = play(
        press(0.6 * k + t, pitch)
        for k in range(8)
        for pitch, t in zip((40, 52, 64, 67, 76), chance.random(5) * 0.03, strict=True)
    )
    placed = put(performance, grid)
    assert sorted(note.onset for note in placed.notes) == sorted([F(k) for k in range(8)] * 5)


def test_a_rolled_chord_is_a_chord():
    grid = even_grid(3, 4, bars=4, seconds=0.8)
    chord = (55, 59, 62)
    rolled = [press(0.8 * 3 * bar + 0.045 * i, p) for bar in range(4) for i, p in enumerate(chord)]
    beats = [press(0.8 * (3 * bar + k), 71) for bar in range(4) for k in (1, 2)]
    placed = put(play(rolled + beats), grid)
    for pitch in chord:
        assert onsets_of(placed, pitch) == [F(3 * bar) for bar in range(4)]


# --- grace notes -----------------------------------------------------------------------------


def with_grace(onset=1.92):
    """Quarters of both hands; a grace note before the fifth, and its index."""
    notes = [press(0.5 * k, p, 0.4) for k in range(8) for p in (LEFT, RIGHT)]
    performance = play([*notes, press(onset, 74, 0.08)])
    return performance, next(i for i, n in enumerate(performance.notes) if n.pitch == 74)


def test_a_grace_note_stands_with_the_note_it_leads_to():
    performance, grace = with_grace()
    placed = put(performance, even_grid(4, 4, bars=2), frozenset({grace}))
    note = placed.notes[grace]
    assert (note.grace, note.onset, note.duration) == (True, 4, 0)
    assert [n.grace for n in placed.notes].count(True) == 1
    assert onsets_of(placed, RIGHT) == every(F(1), F(8))


def test_a_grace_note_leads_to_its_own_hand():
    """The left hand plays between the grace note and the note it leads to."""
    performance = play(
        [press(0, RIGHT), press(0.5, LEFT), press(0.42, 74, 0.08), press(1.0, RIGHT)]
    )
    grace = [n.pitch for n in performance.notes].index(74)
    placed = put(performance, even_grid(2, 4, bars=2), frozenset({grace}))
    assert (placed.notes[grace].onset, placed.notes[grace].grace) == (2, True)


def test_several_grace_notes_lead_to_one():
    performance = play([press(0, RIGHT), press(0.34, 74), press(0.42, 76), press(0.5, RIGHT)])
    placed = put(performance, even_grid(2, 4, bars=1), frozenset({1, 2}))
    assert [(n.onset, n.grace) for n in placed.notes] == (
        [(0, False), (1, True), (1, True), (1, False)]
    )


def test_a_grace_note_that_leads_nowhere_is_a_note():
    performance, grace = with_grace(onset=3.92)
    placed = put(performance, even_grid(4, 4, bars=2), frozenset({grace}))
    assert not placed.notes[grace].grace
    assert placed.notes[grace].duration > 0
    alone = put(play([press(0, RIGHT)]), even_grid(4, 4, bars=1), frozenset({0}))
    assert not alone.notes[0].grace


# --- the opening -----------------------------------------------------------------------------


def upbeat(*onsets, beats=4, beat_type=4, seconds=0.6):
    """Notes at these places of a pickup bar of one beat, then one on each beat of three bars."""
    grid = even_grid(beats, beat_type, bars=3, seconds=seconds, pickup=1)
    unit = grid.bars[0].length
    line = Line(RIGHT, [*onsets, *every(unit, grid.bars[-1].end, unit)])
    placed = put(play(line.play(grid)), grid)
    return placed, unit


@pytest.mark.parametrize(
    ("onsets", "pickup"),
    [
        ([F(0)], F(1)),
        ([F(0), F(1, 2)], F(1)),
        ([F(1, 2)], F(1, 2)),  # an eighth
        ([F(1, 2), F(3, 4)], F(1, 2)),
        ([F(3, 4)], F(1, 2)),  # a sixteenth: a rest before it keeps the bar simple
        ([F(1, 3), F(2, 3)], F(1)),  # a triplet keeps its beat
    ],
)
def test_a_pickup_bar_begins_with_its_first_note(onsets, pickup):
    placed, _ = upbeat(*onsets)
    bars = placed.grid.bars
    assert [bar.length for bar in bars] == [pickup, 4, 4, 4]
    assert [note.onset for note in placed.notes[: len(onsets) + 1]] == (
        [onset - 1 + pickup for onset in onsets] + [pickup]
    )


def test_the_pickup_of_a_compound_meter_may_be_an_eighth():
    placed, _ = upbeat(F(1), beats=6, beat_type=8, seconds=0.9)
    assert placed.grid.bars[0] == Bar(F(0), F(1, 2), 6, 8)
    assert placed.notes[0].onset == 0


def test_seconds_stay_where_they_were():
    """What is cut is silence: each place keeps its time."""
    placed, _ = upbeat(F(1, 2))
    assert placed.grid.time_at(placed.notes[0].onset) == pytest.approx(0.3)
    assert placed.grid.time_at(placed.notes[1].onset) == pytest.approx(0.6)


def test_an_empty_pickup_is_left_out():
    grid = even_grid(3, 4, bars=2, pickup=1)
    placed = put(play(Line(RIGHT, every(F(1), F(7), F(1))).play(grid)), grid)
    assert placed.grid.bars == even_grid(3, 4, bars=2).bars
    assert placed.notes[0].onset == 0


def test_a_rest_at_the_opening_of_a_full_bar_stays():
    grid = even_grid(3, 4, bars=2)
    placed = put(play(Line(RIGHT, every(F(1), F(6), F(1))).play(grid)), grid)
    assert placed.grid == grid
    assert placed.notes[0].onset == 1


# --- lengths ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("held", "length"),
    [(0.0, F(1, 2)), (0.27, F(1, 2)), (0.5, F(1)), (0.77, F(3, 2)), (36000.0, F(8))],
)
def test_keys_are_held_in_divisions_of_the_beat_up_to_the_close(held, length):
    placed = put(play([press(0, held=held), press(1)]), even_grid(4, 4, bars=2))
    assert placed.notes[0].duration == length


# --- the odd cases ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "performance",
    [
        play([press(0)]),
        play([press(0), press(0.5)]),
        play([press(0, pitch) for pitch in range(21, 109)]),
        play([press(0.5 * k, held=0) for k in range(16)]),
        play([press(-5), press(99)]),
        play(
            press(t, p)
            for t, p in zip(
                np.random.default_rng(0).random(3000).tolist(),
                np.random.default_rng(1).integers(21, 109, 3000).tolist(),
                strict=True,
            )
        ),
    ],
    ids=["one note", "two notes", "all keys", "no length", "outside", "3000 in a second"],
)
@pytest.mark.parametrize(("beats", "beat_type"), [(4, 4), (6, 8), (3, 2)])
def test_the_odd_cases(performance, beats, beat_type):
    put(performance, even_grid(beats, beat_type, bars=3, pickup=1))


def test_a_beat_of_ten_hours():
    grid = even_grid(4, 4, bars=1)
    long = Grid((0.0, 0.5, 36000.0, 36000.5, 36001.0), grid.quarters, grid.bars)
    placed = put(play([press(0), press(0.5), press(36000.0), press(36000.5)]), long)
    assert [note.onset for note in placed.notes] == [0, 1, 2, 3]


@pytest.mark.parametrize("seed", range(6))
def test_any_noise_is_placed_soundly(seed):
    """Notes at random on a grid of random beats, plain and compound."""
    chance = np.random.default_rng(seed)
    lengths = [F(1) if chance.random() < 0.5 else F(3, 2) for _ in range(24)]
    quarters = [sum(lengths[:i], F(0)) for i in range(25)]
    times = np.cumsum(chance.uniform(0.1, 1.5, 25))
    bars = tuple(
        Bar(q, n, 1, 4) if n == 1 else Bar(q, n, 3, 8)
        for q, n in zip(quarters, lengths, strict=False)
    )
    onsets = chance.uniform(times[0], times[-1], 120).tolist()
    pitches = chance.integers(36, 96, 120).tolist()
    performance = play(press(t, p) for t, p in zip(onsets, pitches, strict=True))
    graces = frozenset(np.flatnonzero(chance.random(120) < 0.1).tolist())
    put(performance, Grid(tuple(times.tolist()), tuple(quarters), bars), graces)


def test_a_performance_is_not_changed():
    performance = play([press(0.01), press(0.52)])
    before = Performance(performance.notes)
    put(performance, even_grid(4, 4, bars=1))
    assert performance == before


# --- samples ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", names())
def test_the_samples_fall_into_place_on_their_true_grid(name):
    sample = take(name)
    graces = frozenset(i for i, note in enumerate(sample.truth) if note.grace)
    performance = with_true_hands(sample)
    notes = fold_ornaments(performance, Ornaments(graces))
    grid = from_the_first_note(sample.grid)
    placed = quantize(notes, grid, of_truth(sample), unread(notes))
    check_sound(placed, performance)
    true = [note.onset for note in sample.truth]
    right = [a.onset == b for a, b in zip(placed.notes, true, strict=True)]
    assert np.mean(right) >= 0.99
    assert placed.grid.bars == sample.grid.bars


def with_true_hands(sample):
    """A sample as it is played by the hands of its score."""
    pairs = zip(sample.performance.notes, sample.truth, strict=True)
    return replace(
        sample.performance, notes=tuple(replace(note, hand=true.staff) for note, true in pairs)
    )


def from_the_first_note(grid):
    """The grid with a beat before an upbeat of less than a beat."""
    if grid.quarters[0] == 0:
        return grid
    beat = grid.quarters[1] - grid.quarters[0]
    times = (2 * grid.times[0] - grid.times[1], *grid.times)
    return Grid(times, (grid.quarters[0] - beat, *grid.quarters), grid.bars)
