"""Onsets in seconds become places in the bar: exact, and in as simple a rhythm as can be.

Each beat divides in some way - in two, three, four, six - for the right hand and for the left,
which may differ (two against three). How each beat divides and where each chord falls are chosen
together, for the whole piece, by dynamic programming: the cost is how far the chords lie from
where they are written, in time and in the steps between them, how unusual the divisions and the
steps are (after Cemgil, Desain and Kappen, *Rhythm quantization for transcription*, 2000: a trade
between accuracy and simplicity), and how unlikely the reader holds them. Chords stay together
across the hands.

Places are counted in 120ths of a beat inside this module; results are in quarter notes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from itertools import pairwise
from math import hypot

import numpy as np

from engrave import metrical, reading
from engrave.divisions import PAIRS, TICKS
from engrave.grid import EVEN, Grid, PlacedNote, beat_parts
from engrave.listen import Evidence
from engrave.performance import Performance, PlayedNote, chord_starts

MEANT_PLACE, MEANT_STEP = 1.2, 1.5  # deviations of places and steps, in those of the jitter
LEAST_DEVIATION = 0.004  # seconds; a tick of a coarse file is no longer
MERGED, STEPWISE = 0.5, 3.0  # cost of writing two chords as one; more if a hand goes on by a step
ROLL_DEVIATION = 0.035  # seconds between two chords that are written as one

# What a step costs where the hands cross: merged, they do not say how usual the rhythm of each is.
CROSSING_STEP = 1.0

READ_WEIGHT = 1.8  # of what the reader says of the place in the beat,
PHASE_WEIGHT = 1.5  # of what it says of it once the beat is known
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
class Unevenness:
    """How far chords lie from their places and steps: seconds, and shares of beat and step."""

    place: float
    relative_place: float
    step: float
    relative_step: float

    @classmethod
    def of_jitter(cls, jitter: float) -> "Unevenness":
        """That of music on a grid that is known, from which it deviates by `jitter` seconds."""
        place, step = (max(m * jitter, LEAST_DEVIATION) for m in (MEANT_PLACE, MEANT_STEP))
        return cls(place, 0.0, step, 0.0)


HANDS = Unevenness(0.025, 0.07, 0.022, 0.12)  # of pianists, on beats that are found


@dataclass(frozen=True, slots=True)
class Placed:
    """The notes at their places, in the order of the performance, and the grid they stand on."""

    notes: tuple[PlacedNote, ...]
    grid: Grid


@dataclass(frozen=True, slots=True)
class _Beat:
    """A beat of the grid: where it starts and how long it is (quarters), and in seconds.

    It may divide as the pairs say (indices into `PAIRS`); keys are let go at its `parts` at least.
    """

    start: Fraction
    length: Fraction
    seconds: float
    pairs: tuple[int, ...]
    parts: int


@dataclass(frozen=True, slots=True)
class _Choices:
    """The places where a chord may fall: arrays over (place, division pair of its beat).

    `tick` is counted from the first beat of the grid, `pair` is an index into `PAIRS`, `pace` is
    in seconds a beat, `cost` is that of lying there.
    """

    tick: np.ndarray
    pair: np.ndarray
    pace: np.ndarray
    cost: np.ndarray

    @property
    def beat(self) -> np.ndarray:
        return self.tick // TICKS

    @property
    def compound(self) -> np.ndarray:
        """Whether each stands in a dotted beat: 1 or 0."""
        return (self.pair >= PAIRS.plain).astype(int)


def quantize(
    performance: Performance,
    grid: Grid,
    staff: Sequence[int],
    evidence: Evidence,
    rhythm: np.ndarray,
    graces: frozenset[int] = frozenset(),
    smallest: Fraction = Fraction(0),
    unevenness: Unevenness = HANDS,
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
    read = read + PHASE_WEIGHT * _unlikely(rhythm, chords)
    even = replace(grid, swing=EVEN).time_at(quarters)
    played = [frozenset((staff[i], notes[i].pitch) for i in chord) for chord in chords]
    together = [MERGED + STEPWISE * _stepwise(a, b) for a, b in pairwise(played)]
    chosen = _choose(even, hands, read, beats, quarters, together, unevenness)
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


def _stepwise(before: frozenset[tuple[int, int]], after: frozenset[tuple[int, int]]) -> bool:
    """Whether a hand goes on by a step or repeats a note: that is a line. Pairs hand, pitch."""
    return any(h == hand and abs(p - pitch) <= 2 for h, p in before for hand, pitch in after)


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
        pairs = PAIRS.of_beat(length, compound, smallest)
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
    paces = np.array([np.exp(pace[chord].mean(axis=0)) for chord in chords])
    near = np.exp(-0.5 * ((seconds[:, None] - reading.PACES) / SAME_BEAT) ** 2)
    agreed = (paces * near).sum(axis=1) / paces.sum(axis=1)
    return READ_WEIGHT * agreed[:, None] * _unlikely(phase, chords)


def _unlikely(phase: np.ndarray, chords: Sequence[list[int]]) -> np.ndarray:
    """How unlikely each tick of the beat is for each chord, of whose notes that is said."""
    said = np.array([phase[chord].mean(axis=0) for chord in chords])
    cost: np.ndarray = -np.maximum(said[:, CLASS_OF_TICK], LEAST)
    return cost


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
    together: Sequence[float],
    unevenness: Unevenness,
) -> list[tuple[int, int, int]]:
    """(beat, pair, place) of each chord: the cheapest path through the choices of all chords."""
    inside = _beat_of(quarters, beats)
    around = zip(quarters.tolist(), inside.tolist(), hands, read, strict=True)
    before = _choices_of(*next(around), beats, unevenness)
    total = before.cost + PAIRS.cost[before.pair]
    rows, back = [(before.tick, before.pair)], []
    for seconds, one, place in zip(np.diff(times).tolist(), together, around, strict=True):
        after = _choices_of(*place, beats, unevenness)
        steps = total[:, None] + _step_cost(before, after, seconds, one, unevenness)
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
    quarter: float,
    k: int,
    hands: frozenset[int],
    read: np.ndarray,
    beats: list[_Beat],
    unevenness: Unevenness,
) -> _Choices:
    """The places around a time (in quarters) that lies in beat k; `read`: the cost of each tick."""
    phase = (quarter - float(beats[k].start)) / float(beats[k].length)
    near = [(k, _places_around(int(min(max(phase, 0.0), 0.999) * TICKS), beats[k].pairs, hands))]
    if phase > 0.5 and k + 1 < len(beats):
        near.append((k + 1, _first_places(beats[k + 1].pairs)))
    if phase < 0.2 and k > 0:
        near.insert(0, (k - 1, _last_places(beats[k - 1].pairs, hands)))
    parts = [_weigh(quarter, k, beats[k], read, places, unevenness) for k, places in near]
    return _Choices(
        tick=np.concatenate([part.tick for part in parts]),
        pair=np.concatenate([part.pair for part in parts]),
        pace=np.concatenate([part.pace for part in parts]),
        cost=np.concatenate([part.cost for part in parts]),
    )


def _weigh(
    quarter: float,
    k: int,
    beat: _Beat,
    read: np.ndarray,
    places: np.ndarray,
    unevenness: Unevenness,
) -> _Choices:
    """What it costs to place a chord that was played at `quarter` on these places of beat k."""
    pair, place = places
    played = (quarter - float(beat.start)) / float(beat.length) * beat.seconds
    deviation = hypot(unevenness.place, unevenness.relative_place * beat.seconds)
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
        division = PAIRS.common_division(pair, hands)
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
    return np.array([(p, TICKS - TICKS // PAIRS.common_division(p, hands)) for p in pairs]).T


def _step_cost(
    before: _Choices, after: _Choices, seconds: float, together: float, unevenness: Unevenness
) -> np.ndarray:
    """Cost of each pair of places, for two chords that were played so many seconds apart.

    `together` is what it costs to write them as one.
    """
    step = after.tick - before.tick[:, None]
    written = step / TICKS * before.pace[:, None]
    deviation = np.hypot(unevenness.step, unevenness.relative_step * written)
    cost = 0.5 * ((seconds - written) / deviation) ** 2
    cost[step == 0] = 0.5 * (seconds / ROLL_DEVIATION) ** 2 + together
    ahead = after.beat - before.beat[:, None]
    same_beat = ahead == 0
    unusual = metrical.step_cost(
        after.compound, ahead.clip(0), before.tick[:, None] % TICKS, after.tick % TICKS
    )
    unusual[same_beat & PAIRS.crossing[after.pair]] = CROSSING_STEP
    cost += np.where(step > 0, unusual, 0.0)
    entry = PAIRS.cost[after.pair] + PAIRS.change[before.pair[:, None], after.pair]
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
            division = PAIRS.division(pair, hand) if place else 1
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
