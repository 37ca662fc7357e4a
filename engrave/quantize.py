"""Onsets in seconds become places in the bar: exact, with as simple a rhythm as the playing allows.

Each beat divides in some way - in two, three, four, six - for the right hand and for the left, which
may differ (two against three). How each beat divides and where each chord falls are chosen
together, for the whole piece, by dynamic programming: the cost is how far the chords lie from
where they are written, in time and in the steps between them, and how unusual the divisions are
(after Cemgil, Desain and Kappen, *Rhythm quantization for transcription*, 2000: a trade between
accuracy and simplicity). Chords stay together across the hands.

Places are counted in 120ths of a beat inside this module; results are in quarter notes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import gcd

import numpy as np

from engrave.grid import Bar, Grid, PlacedNote
from engrave.performance import Performance, PlayedNote, chord_starts

TICKS = 120  # of a beat: every division below divides it

# How unusual it is that a beat divides so (a cost), for plain and for dotted (compound) beats.
# Sevenths are left out: MuseScore 3 counts 480 ticks a quarter and cannot place them exactly.
SIMPLE = {1: 0.0, 2: 0.3, 4: 0.9, 3: 1.8, 6: 3.0, 8: 3.2, 5: 6.0}
COMPOUND = {1: 0.0, 3: 0.3, 6: 0.9, 2: 2.4, 4: 3.2, 12: 3.2}
# Divisions of the two hands that may meet in one beat, either way round.
SIMPLE_CROSS = [(2, 3), (4, 3), (8, 3), (2, 6), (4, 6)]
COMPOUND_CROSS = [(3, 2), (6, 2), (3, 4), (6, 4)]
CROSS_COST = 2.5
CHANGE_COST = 0.6  # when a beat divides unlike the one before

PLACE_DEVIATION, RELATIVE_PLACE_DEVIATION = 0.022, 0.06  # seconds; share of the beat
STEP_DEVIATION, RELATIVE_STEP_DEVIATION = 0.022, 0.12  # seconds; share of the step
ROLL_DEVIATION = 0.035  # seconds between two chords that are written as one


@dataclass(frozen=True, slots=True)
class Placed:
    """The notes at their places, in the order of the performance, and the grid they stand on."""

    notes: tuple[PlacedNote, ...]
    grid: Grid


@dataclass(frozen=True, slots=True)
class _Beat:
    """A beat of the grid: where it starts (quarters), how long it is (quarters, seconds)."""

    start: Fraction
    length: Fraction
    seconds: float

    @property
    def compound(self) -> bool:
        return self.length.numerator == 3


@dataclass(frozen=True, slots=True)
class _Choices:
    """The places where a chord may fall: arrays over (beat, division pair, place), and costs."""

    beat: np.ndarray
    pair: np.ndarray
    place: np.ndarray
    cost: np.ndarray

    @property
    def tick(self) -> np.ndarray:
        return self.beat * TICKS + self.place


@dataclass(frozen=True, slots=True)
class _Pairs:
    """The division pairs (right hand, left hand) of one kind of beat, and what each costs."""

    divisions: tuple[tuple[int, int], ...]
    cost: np.ndarray
    change: np.ndarray

    @classmethod
    def of(cls, single: dict[int, float], cross: list[tuple[int, int]]) -> "_Pairs":
        both = [(d, d) for d in single] + cross + [(b, a) for a, b in cross]
        cost = [single[a] if a == b else single[a] + single[b] + CROSS_COST for a, b in both]
        change = [
            [0.0 if all(_nested(x, y) for x, y in zip(a, b, strict=True)) else CHANGE_COST for b in both]
            for a in both
        ]
        return cls(tuple(both), np.array(cost), np.array(change))


def _nested(a: int, b: int) -> bool:
    return a % b == 0 or b % a == 0


_SIMPLE_PAIRS = _Pairs.of(SIMPLE, SIMPLE_CROSS)
_COMPOUND_PAIRS = _Pairs.of(COMPOUND, COMPOUND_CROSS)


def quantize(
    performance: Performance,
    grid: Grid,
    staff: Sequence[int],
    graces: frozenset[int] = frozenset(),
) -> Placed:
    """Each played note at its place.

    `staff` says which hand plays each note (1 right, 2 left), `graces` which notes are grace
    notes. Lengths are those that the keys were held, on the divisions of the beat. A pickup is cut
    so that the piece begins with its first note.
    """
    notes = performance.notes
    beats = _beats(grid)
    main = [i for i in range(len(notes)) if i not in graces]
    starts = chord_starts([notes[i] for i in main])
    chords = [main[a:b] for a, b in zip(starts, [*starts[1:], len(main)], strict=True)]
    times = np.array([notes[chord[0]].onset for chord in chords])
    hands = [frozenset(staff[i] for i in chord) for chord in chords]
    chosen = _choose(times, hands, beats, grid)
    onsets: dict[int, Fraction] = {}
    for chord, (k, _, place) in zip(chords, chosen, strict=True):
        for i in chord:
            onsets[i] = beats[k].start + beats[k].length * Fraction(place, TICKS)
    divisions = _divisions(chosen, hands, beats)
    ends = _ends(notes, staff, beats, divisions, grid)
    placed = [
        PlacedNote(_led_to(i, onsets, staff), Fraction(0), note.pitch, i, grace=True)
        if i in graces
        else PlacedNote(onsets[i], max(ends[i].place - onsets[i], ends[i].unit), note.pitch, i)
        for i, note in enumerate(notes)
    ]
    return _begin_at_first_note(placed, grid)


def _begin_at_first_note(notes: list[PlacedNote], grid: Grid) -> Placed:
    """Without the silence before a pickup, as far as what is left can be written as a bar."""
    pickup, beat = grid.bars[0], grid.quarters[1] - grid.quarters[0]
    if pickup.length == pickup.full_length:
        return Placed(tuple(notes), grid)
    unit = beat / (3 if pickup.compound else 2)
    silence = min(note.onset for note in notes) // unit * unit
    first_beat = [note for note in notes if note.onset < silence // beat * beat + beat]
    if any((place % unit * 16).denominator > 1 for n in first_beat for place in (n.onset, n.end)):
        silence = silence // beat * beat  # a tuplet needs its whole beat
    bars = (
        Bar(Fraction(0), pickup.length - silence, pickup.beats, pickup.beat_type),
        *(replace(bar, start=bar.start - silence) for bar in grid.bars[1:]),
    )
    shifted = tuple(replace(note, onset=note.onset - silence) for note in notes)
    return Placed(shifted, Grid(grid.times, tuple(q - silence for q in grid.quarters), bars))


def _beats(grid: Grid) -> list[_Beat]:
    pairs = zip(grid.quarters, grid.quarters[1:], grid.times, grid.times[1:], strict=False)
    return [_Beat(a, b - a, s - t) for a, b, t, s in pairs]


def _choose(times, hands, beats: list[_Beat], grid: Grid) -> list[tuple[int, int, int]]:
    """(beat, pair, place) of each chord: the cheapest path through the choices of all chords."""
    quarters = grid.quarter_at(times)
    first = np.searchsorted([float(b.start) for b in beats], quarters, side="right") - 1
    choices = [
        _choices_of(float(q), int(np.clip(k, 0, len(beats) - 1)), hand, beats)
        for q, k, hand in zip(quarters, first, hands, strict=True)
    ]
    total = choices[0].cost + _entry(choices[0], beats)
    back: list[np.ndarray] = []
    for i in range(1, len(choices)):
        steps = total[:, None] + _step_cost(choices[i - 1], choices[i], times[i] - times[i - 1], beats)
        back.append(np.argmin(steps, axis=0))
        total = steps[back[-1], np.arange(steps.shape[1])] + choices[i].cost
    path = [int(np.argmin(total))]
    for pointers in reversed(back):
        path.append(int(pointers[path[-1]]))
    return [
        (int(c.beat[j]), int(c.pair[j]), int(c.place[j]))
        for c, j in zip(choices, reversed(path), strict=True)
    ]


def _pairs(beat: _Beat) -> _Pairs:
    return _COMPOUND_PAIRS if beat.compound else _SIMPLE_PAIRS


def _choices_of(quarter: float, k: int, hands: frozenset[int], beats: list[_Beat]) -> _Choices:
    """The places around a time (in quarters) that lies in beat k."""
    rows: set[tuple[int, int, int]] = set()
    phase = (quarter - float(beats[k].start)) / float(beats[k].length)
    for o, pair in enumerate(_pairs(beats[k]).divisions):
        division = gcd(*(pair[hand - 1] for hand in hands), 0)
        slot = int(np.clip(np.floor(phase * division), 0, division - 1))
        rows.update((k, o, TICKS // division * s) for s in (slot, slot + 1) if s < division)
    if phase > 0.5 and k + 1 < len(beats):
        rows.update((k + 1, o, 0) for o in range(len(_pairs(beats[k + 1]).divisions)))
    if phase < 0.2 and k > 0:
        for o, pair in enumerate(_pairs(beats[k - 1]).divisions):
            division = gcd(*(pair[hand - 1] for hand in hands), 0)
            rows.add((k - 1, o, TICKS // division * (division - 1)))
    beat, pair_index, place = np.array(sorted(rows)).T
    known = {b: beats[b] for b in {*beat.tolist()}}
    start = np.array([float(known[b].start) for b in beat])
    length = np.array([float(known[b].length) for b in beat])
    seconds = np.array([known[b].seconds for b in beat])
    away = (quarter - start) / length * seconds - place / TICKS * seconds
    deviation = np.hypot(PLACE_DEVIATION, RELATIVE_PLACE_DEVIATION * seconds)
    return _Choices(beat, pair_index, place, 0.5 * (away / deviation) ** 2)


def _entry(choices: _Choices, beats: list[_Beat]) -> np.ndarray:
    return np.array([_pairs(beats[b]).cost[o] for b, o in zip(choices.beat, choices.pair, strict=True)])


def _step_cost(before: _Choices, after: _Choices, seconds: float, beats: list[_Beat]) -> np.ndarray:
    """Cost of each pair of places, for two chords that were played so many seconds apart."""
    step = after.tick[None] - before.tick[:, None]
    pace = np.array([beats[b].seconds for b in before.beat])[:, None]
    written = step / TICKS * pace
    deviation = np.hypot(STEP_DEVIATION, RELATIVE_STEP_DEVIATION * written)
    cost = 0.5 * ((seconds - written) / deviation) ** 2
    cost = np.where(step == 0, 0.5 * (seconds / ROLL_DEVIATION) ** 2, cost)
    same_beat = after.beat[None] == before.beat[:, None]
    entry = np.zeros(step.shape)
    for kind in (False, True):
        pairs = _COMPOUND_PAIRS if kind else _SIMPLE_PAIRS
        a = np.array([beats[b].compound == kind for b in before.beat])
        b = np.array([beats[b].compound == kind for b in after.beat])
        entry[:, b] += pairs.cost[after.pair[b]][None]
        entry[np.ix_(a, b)] += pairs.change[np.ix_(before.pair[a], after.pair[b])]
    cost += np.where(same_beat, 0.0, entry)
    impossible = (step < 0) | (same_beat & (after.pair[None] != before.pair[:, None]))
    return np.where(impossible, np.inf, cost)


def _divisions(chosen, hands, beats: list[_Beat]) -> dict[tuple[int, int], int]:
    """How each beat divides for each hand that plays in it: {(beat, staff): division}."""
    divisions: dict[tuple[int, int], int] = {}
    for (k, pair, place), staves in zip(chosen, hands, strict=True):
        for hand in staves:
            needed = TICKS // gcd(place, TICKS)
            known = divisions.get((k, hand), 1)
            division = _pairs(beats[k]).divisions[pair][hand - 1]
            divisions[k, hand] = max(known, division if needed > 1 else 1)
    return divisions


@dataclass(frozen=True, slots=True)
class _End:
    """Where a key was let go, to the nearest division of the beat, and how long that is."""

    place: Fraction
    unit: Fraction


def _ends(notes: Sequence[PlayedNote], staff, beats: list[_Beat], divisions, grid: Grid) -> list[_End]:
    releases = np.array([note.release for note in notes])
    quarters = grid.quarter_at(releases)
    inside = np.clip(np.searchsorted(grid.times, releases, "right") - 1, 0, len(beats) - 1)
    ends = []
    for quarter, k, hand in zip(quarters, inside, staff, strict=True):
        beat = beats[k]
        division = max(divisions.get((k, hand), 1), 3 if beat.compound else 2)
        unit = beat.length / division
        steps = round((quarter - float(beat.start)) / float(unit))
        ends.append(_End(beat.start + unit * steps, unit))
    return ends


def _led_to(i: int, onsets: dict[int, Fraction], staff: Sequence[int]) -> Fraction:
    """The place of the note that a grace note leads to: the next one of its hand."""
    return next(onsets[j] for j in range(i + 1, len(staff)) if j in onsets and staff[j] == staff[i])
