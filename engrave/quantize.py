"""Onsets in seconds become places in the bar: exact, and in as simple a rhythm as can be.

Each beat divides in some way - in two, three, four, six - for the right hand and for the left,
which may differ (two against three). How each beat divides and where each chord falls are chosen
together, for the whole piece, by dynamic programming: the cost is how far the chords lie from
where they are written, in time and in the steps between them, and how unusual the divisions are
(after Cemgil, Desain and Kappen, *Rhythm quantization for transcription*, 2000: a trade between
accuracy and simplicity), and how unlikely the reader holds them. Chords stay together across the
hands.

Places are counted in 120ths of a beat inside this module; results are in quarter notes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from itertools import pairwise
from math import gcd, hypot

import numpy as np

from engrave import reading
from engrave.grid import EVEN, Grid, PlacedNote, beat_parts, shortest_value
from engrave.listen import Evidence
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

READ_WEIGHT = 1.2  # of what the reader says of the place in the beat,
SAME_BEAT = 0.35  # as far as it means the same beat (deviation of the logarithm of its seconds)
LEAST = -6.0  # log probability below which a place is not held more unlikely
SWUNG = [k for k, place in enumerate(reading.PHASES) if EVEN <= place <= 0.75]  # second halves
CLASS_OF_TICK = np.array(
    [
        next((k for k, p in enumerate(reading.PHASES) if abs(p * TICKS - tick) < 0.5), -1)
        for tick in range(TICKS)
    ]
)


@dataclass(frozen=True, slots=True)
class Placed:
    """The notes at their places, in the order of the performance, and the grid they stand on."""

    notes: tuple[PlacedNote, ...]
    grid: Grid


@dataclass(frozen=True, slots=True)
class _Beat:
    """A beat of the grid: where it starts and how long it is (quarters), and in seconds.

    It may divide as the pairs say (indices into `_PAIRS`); keys are let go at its `parts` at least.
    """

    start: Fraction
    length: Fraction
    seconds: float
    pairs: tuple[int, ...]
    parts: int


@dataclass(frozen=True, slots=True)
class _Choices:
    """The places where a chord may fall: arrays over (place, division pair of its beat).

    `tick` is counted from the first beat of the grid, `pair` is an index into `_PAIRS`, `pace` is
    in seconds a beat, `cost` is that of lying there.
    """

    tick: np.ndarray
    pair: np.ndarray
    pace: np.ndarray
    cost: np.ndarray

    @property
    def beat(self) -> np.ndarray:
        return self.tick // TICKS


@dataclass(frozen=True, slots=True)
class _Pairs:
    """The division pairs (right hand, left hand), those of plain beats before the compound ones.

    `cost` is what it takes that a beat divides so, `change` what one after the other takes.
    """

    divisions: tuple[tuple[int, int], ...]
    plain: int  # how many of them are of plain beats
    cost: np.ndarray
    change: np.ndarray

    @classmethod
    def of_tables(cls) -> "_Pairs":
        plain, compound = _costs(SIMPLE, SIMPLE_CROSS), _costs(COMPOUND, COMPOUND_CROSS)
        divisions = (*plain, *compound)
        change = np.zeros((len(divisions), len(divisions)))
        for kind in (slice(0, len(plain)), slice(len(plain), None)):
            change[kind, kind] = [
                [0.0 if _alike(a, b) else CHANGE_COST for b in divisions[kind]]
                for a in divisions[kind]
            ]
        cost = np.array([*plain.values(), *compound.values()])
        return cls(divisions, len(plain), cost, change)

    def of_beat(self, length: Fraction, compound: bool, smallest: Fraction) -> tuple[int, ...]:
        """Indices of the pairs into which such a beat may divide, with no note under `smallest`."""
        kind = range(self.plain, len(self.divisions)) if compound else range(self.plain)
        return tuple(
            pair
            for pair in kind
            if all(
                division == 1 or shortest_value(length, compound, division) >= smallest
                for division in self.divisions[pair]
            )
        )


def _costs(single: dict[int, float], cross: list[tuple[int, int]]) -> dict[tuple[int, int], float]:
    """The cost of each pair of divisions, the hands being alike or crossing."""
    costs = {(d, d): cost for d, cost in single.items()}
    both_ways = cross + [(b, a) for a, b in cross]
    return costs | {(a, b): single[a] + single[b] + CROSS_COST for a, b in both_ways}


def _alike(a: tuple[int, int], b: tuple[int, int]) -> bool:
    """Whether in each hand one division is finer than the other, or the same."""
    return all(x % y == 0 or y % x == 0 for x, y in zip(a, b, strict=True))


_PAIRS = _Pairs.of_tables()


def quantize(
    performance: Performance,
    grid: Grid,
    staff: Sequence[int],
    evidence: Evidence,
    graces: frozenset[int] = frozenset(),
    smallest: Fraction = Fraction(0),
) -> Placed:
    """Each played note at its place.

    `staff` says which hand plays each note (odd numbers right, even ones left), `graces` which
    notes are grace notes; one that leads to no later note of its hand is written as any other note.
    Lengths are those that the keys were held, on the divisions of the beat, up to the end of the
    last bar. A pickup is cut so that the piece begins with its first note. No note value shorter
    than `smallest` (quarters) is needed to write the places, except for a beat that is itself
    shorter.
    """
    notes = performance.notes
    beats = _beats(grid, smallest)
    leads_to = _find_goals(staff, graces)
    graces = frozenset(leads_to)
    main = [i for i in range(len(notes)) if i not in graces]
    starts = chord_starts([notes[i] for i in main])
    chords = [main[a:b] for a, b in zip(starts, [*starts[1:], len(main)], strict=True)]
    times = np.array([notes[chord[0]].onset for chord in chords])
    hands = [frozenset(staff[i] for i in chord) for chord in chords]
    quarters = grid.quarter_at(times)
    read = _read_places(_evenly(evidence.phase, grid.swing), evidence.pace, chords, quarters, beats)
    even = replace(grid, swing=EVEN).time_at(quarters)
    chosen = _choose(even, hands, read, beats, quarters)
    onsets: dict[int, Fraction] = {}
    for chord, (k, _, place) in zip(chords, chosen, strict=True):
        for i in chord:
            onsets[i] = beats[k].start + beats[k].length * Fraction(place, TICKS)
    divisions = _divisions(chosen, hands)
    ends = _ends(notes, staff, beats, divisions, grid)
    close = grid.bars[-1].end
    placed = [
        PlacedNote(onsets[leads_to[i]], Fraction(0), note.pitch, i, grace=True)
        if i in graces
        else PlacedNote(onsets[i], _length(onsets[i], ends[i], close), note.pitch, i)
        for i, note in enumerate(notes)
    ]
    return _begin_at_first_note(placed, grid)


def _find_goals(staff: Sequence[int], graces: frozenset[int]) -> dict[int, int]:
    """For each grace note the note that it leads to: the next one of its hand, if there is one."""
    goals: dict[int, int] = {}
    following: dict[int, int] = {}
    for i in reversed(range(len(staff))):
        if i not in graces:
            following[staff[i]] = i
        elif staff[i] in following:
            goals[i] = following[staff[i]]
    return goals


def _begin_at_first_note(notes: list[PlacedNote], grid: Grid) -> Placed:
    """Without the silence before a pickup, as far as what is left can be written as a bar."""
    pickup, beat = grid.bars[0], grid.quarters[1] - grid.quarters[0]
    if pickup.length == pickup.full_length:
        return Placed(tuple(notes), grid)
    unit = beat / (3 if pickup.compound else 2)
    silence = min(min(note.onset for note in notes) // unit * unit, pickup.length)
    first_beat = [note for note in notes if note.onset < silence // beat * beat + beat]
    if any((place % unit * 16).denominator > 1 for n in first_beat for place in (n.onset, n.end)):
        silence = silence // beat * beat  # a tuplet needs its whole beat
    bars = tuple(replace(bar, start=bar.start - silence) for bar in grid.bars[1:])
    if silence < pickup.length:  # else nothing is played in it
        left = replace(pickup, start=Fraction(0), length=pickup.length - silence)
        bars = (left, *bars)
    shifted = tuple(replace(note, onset=note.onset - silence) for note in notes)
    quarters = tuple(q - silence for q in grid.quarters)
    return Placed(shifted, replace(grid, quarters=quarters, bars=bars))


def _beats(grid: Grid, smallest: Fraction) -> list[_Beat]:
    beats = []
    for (a, b), (s, t) in zip(pairwise(grid.quarters), pairwise(grid.times), strict=True):
        length, compound = b - a, (b - a).numerator == 3
        pairs = _PAIRS.of_beat(length, compound, smallest)
        beats.append(_Beat(a, length, t - s, pairs, beat_parts(length, compound, smallest)))
    return beats


def _read_places(
    phase: np.ndarray,
    pace: np.ndarray,
    chords: Sequence[list[int]],
    quarters: np.ndarray,
    beats: list[_Beat],
) -> np.ndarray:
    """What each tick of the beat costs each chord by what the reader says: (chord, tick)."""
    inside = _beat_of(quarters, beats)
    seconds = np.log([beats[k].seconds for k in inside])
    rows = [phase[chord].mean(axis=0) for chord in chords]
    paces = np.array([np.exp(pace[chord].mean(axis=0)) for chord in chords])
    near = np.exp(-0.5 * ((seconds[:, None] - reading.PACES) / SAME_BEAT) ** 2)
    agreed = (paces * near).sum(axis=1) / paces.sum(axis=1)
    cost = -np.maximum(np.array(rows)[:, CLASS_OF_TICK], LEAST)
    return READ_WEIGHT * agreed[:, None] * cost


def _evenly(phase: np.ndarray, swing: float) -> np.ndarray:
    """What the reader says of the place; a late second half, where it swings, is an even one."""
    if swing == EVEN:
        return phase
    even = phase.copy()
    even[:, reading.PHASES.index(EVEN)] = np.logaddexp.reduce(phase[:, SWUNG], axis=1)
    return even


def _beat_of(quarters: np.ndarray, beats: list[_Beat]) -> np.ndarray:
    inside = np.searchsorted([float(b.start) for b in beats], quarters, side="right") - 1
    return inside.clip(0, len(beats) - 1)


def _choose(
    times: np.ndarray,
    hands: Sequence[frozenset[int]],
    read: np.ndarray,
    beats: list[_Beat],
    quarters: np.ndarray,
) -> list[tuple[int, int, int]]:
    """(beat, pair, place) of each chord: the cheapest path through the choices of all chords."""
    inside = _beat_of(quarters, beats)
    around = zip(quarters.tolist(), inside.tolist(), hands, read, strict=True)
    before = _choices_of(*next(around), beats)
    total = before.cost + _PAIRS.cost[before.pair]
    rows, back = [(before.tick, before.pair)], []
    for seconds, place in zip(np.diff(times).tolist(), around, strict=True):
        after = _choices_of(*place, beats)
        steps = total[:, None] + _step_cost(before, after, seconds)
        back.append(steps.argmin(axis=0).astype(np.int16))
        total = steps.min(axis=0) + after.cost
        rows.append((after.tick, after.pair))
        before = after
    path = [int(total.argmin())]
    for pointers in reversed(back):
        path.append(int(pointers[path[-1]]))
    chosen = zip(rows, reversed(path), strict=True)
    return [
        (int(tick[j]) // TICKS, int(pair[j]), int(tick[j]) % TICKS) for (tick, pair), j in chosen
    ]


def _choices_of(
    quarter: float, k: int, hands: frozenset[int], read: np.ndarray, beats: list[_Beat]
) -> _Choices:
    """The places around a time (in quarters) that lies in beat k; `read`: the cost of each tick."""
    phase = (quarter - float(beats[k].start)) / float(beats[k].length)
    near = [(k, _places_around(int(min(max(phase, 0.0), 0.999) * TICKS), beats[k].pairs, hands))]
    if phase > 0.5 and k + 1 < len(beats):
        near.append((k + 1, _first_places(beats[k + 1].pairs)))
    if phase < 0.2 and k > 0:
        near.insert(0, (k - 1, _last_places(beats[k - 1].pairs, hands)))
    parts = [_weigh(quarter, k, beats[k], read, places) for k, places in near]
    return _Choices(
        tick=np.concatenate([part.tick for part in parts]),
        pair=np.concatenate([part.pair for part in parts]),
        pace=np.concatenate([part.pace for part in parts]),
        cost=np.concatenate([part.cost for part in parts]),
    )


def _weigh(quarter: float, k: int, beat: _Beat, read: np.ndarray, places: np.ndarray) -> _Choices:
    """What it costs to place a chord that was played at `quarter` on these places of beat k."""
    pair, place = places
    played = (quarter - float(beat.start)) / float(beat.length) * beat.seconds
    deviation = hypot(PLACE_DEVIATION, RELATIVE_PLACE_DEVIATION * beat.seconds)
    return _Choices(
        tick=k * TICKS + place,
        pair=pair,
        pace=np.full(len(pair), beat.seconds),
        cost=0.5 * ((played - place / TICKS * beat.seconds) / deviation) ** 2 + read[place],
    )


@cache
def _places_around(tick: int, pairs: tuple[int, ...], hands: frozenset[int]) -> np.ndarray:
    """Rows (pair, place): for each division pair the places before and after a tick of the beat."""
    rows = []
    for pair in pairs:
        division = _common_division(pair, hands)
        slot = tick * division // TICKS
        rows += [(pair, TICKS // division * s) for s in (slot, slot + 1) if s < division]
    return np.array(rows).T


@cache
def _first_places(pairs: tuple[int, ...]) -> np.ndarray:
    """Rows (pair, place): the start of the beat."""
    return np.array([(pair, 0) for pair in pairs]).T


@cache
def _last_places(pairs: tuple[int, ...], hands: frozenset[int]) -> np.ndarray:
    """Rows (pair, place): the last place of the beat for each division pair."""
    return np.array([(p, TICKS - TICKS // _common_division(p, hands)) for p in pairs]).T


def _common_division(pair: int, hands: frozenset[int]) -> int:
    """Into how many parts a beat divides that all of these hands know."""
    return gcd(*(_division(pair, hand) for hand in hands))


def _division(pair: int, hand: int) -> int:
    """Into how many parts the pair divides a beat for a hand (odd right, even left)."""
    return _PAIRS.divisions[pair][(hand - 1) % 2]


def _step_cost(before: _Choices, after: _Choices, seconds: float) -> np.ndarray:
    """Cost of each pair of places, for two chords that were played so many seconds apart."""
    step = after.tick - before.tick[:, None]
    written = step / TICKS * before.pace[:, None]
    deviation = np.hypot(STEP_DEVIATION, RELATIVE_STEP_DEVIATION * written)
    cost = 0.5 * ((seconds - written) / deviation) ** 2
    cost[step == 0] = 0.5 * (seconds / ROLL_DEVIATION) ** 2
    same_beat = after.beat == before.beat[:, None]
    entry = _PAIRS.cost[after.pair] + _PAIRS.change[before.pair[:, None], after.pair]
    cost += np.where(same_beat, 0.0, entry)
    cost[(step < 0) | (same_beat & (after.pair != before.pair[:, None]))] = np.inf
    return cost


def _divisions(
    chosen: Sequence[tuple[int, int, int]], hands: Sequence[frozenset[int]]
) -> dict[tuple[int, int], int]:
    """How each beat divides for each hand that plays in it: {(beat, staff): division}."""
    divisions: dict[tuple[int, int], int] = {}
    for (k, pair, place), staves in zip(chosen, hands, strict=True):
        for hand in staves:
            division = _division(pair, hand) if place else 1
            divisions[k, hand] = max(divisions.get((k, hand), 1), division)
    return divisions


@dataclass(frozen=True, slots=True)
class _End:
    """Where a key was let go, to the nearest division of the beat, and how long that is."""

    place: Fraction
    unit: Fraction


def _ends(
    notes: Sequence[PlayedNote],
    staff: Sequence[int],
    beats: list[_Beat],
    divisions: dict[tuple[int, int], int],
    grid: Grid,
) -> list[_End]:
    releases = np.array([note.release for note in notes])
    quarters = grid.quarter_at(releases)
    inside = np.clip(np.searchsorted(grid.times, releases, "right") - 1, 0, len(beats) - 1)
    ends = []
    for quarter, k, hand in zip(quarters, inside, staff, strict=True):
        beat = beats[k]
        unit = beat.length / max(divisions.get((k, hand), 1), beat.parts)
        steps = round((quarter - float(beat.start)) / float(unit))
        ends.append(_End(beat.start + unit * steps, unit))
    return ends


def _length(onset: Fraction, end: _End, close: Fraction) -> Fraction:
    """The length of a note, at least one division of the beat, at most up to the close."""
    return min(max(end.place - onset, end.unit), close - onset)
