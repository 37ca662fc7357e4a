"""Costs of quantization: of the position of a chord in its beat, and of each transition.

A chord has candidate positions around its onset; a position costs by its deviation and by the
networks' evidence, a transition from chord to chord by its deviation and by its rarity. How often
real scores have each transition was counted (`training/count_rhythms.py`): `weights/rhythms.csv`
has the counts for each kind of beat (plain or dotted), number of beats ahead (up to
`MOST_BEATS_AHEAD`), position before and position after.

Costs are negative log likelihoods; units are seconds and quarter notes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from importlib.resources import files
from math import hypot
from pathlib import Path

import numpy as np

from engrave.listening import heads
from engrave.music.arrays import Bools, Floats, Ints
from engrave.music.grid import STRAIGHT
from engrave.rhythm.beat_divisions import HAND_DIVISIONS, TICKS_PER_BEAT

RHYTHM_COUNTS = Path(str(files("engrave") / "weights" / "rhythms.csv"))
MOST_BEATS_AHEAD = 2  # transitions over more beats are counted together with these

# of the counted log probabilities (docs/experiments.md, "Rhythm transition model")
RARITY_WEIGHT = 0.6
UNCOUNTED_PROBABILITY = 2e-3  # probability of a transition that is not in the counts
HIGHEST_RARITY = 7.0  # highest cost of a transition, before it is weighted

# Standard deviations of positions and steps, as multiples of the jitter.
POSITION_DEVIATIONS, STEP_DEVIATIONS = 1.2, 1.5
LEAST_DEVIATION = 0.004  # seconds; a tick of a coarse file is at most this long
ROLL_DEVIATION = 0.035  # seconds: standard deviation between two chords that are written as one

# Cost of a transition where the hands conflict: merged, they do not show how rare the rhythm of
# each is.
CROSSING_STEP_COST = 1.0

# of the networks' evidence for the position in the beat (docs/experiments.md),
EVIDENCE_WEIGHT = 1.8
# as far as it refers to the same beat (standard deviation of the log of its seconds).
SAME_BEAT_DEVIATION = 0.35
LEAST_LOG_PROBABILITY = -6.0  # log probabilities are clipped to this
# Classes of the second half of a beat that may be swung.
SWUNG_CLASSES = [k for k, position in enumerate(heads.PHASES) if STRAIGHT <= position <= 0.75]
CLASS_OF_TICK = np.array(
    [
        next((k for k, p in enumerate(heads.PHASES) if abs(p * TICKS_PER_BEAT - tick) < 0.5), -1)
        for tick in range(TICKS_PER_BEAT)
    ]
)


def rarity_cost(compound: Bools, beats: Ints, position: Ints, following: Ints) -> Floats:
    """Cost of transitions: arrays that broadcast, positions in 120ths of their beats.

    `compound` says whether the beat that is reached is a dotted one, `beats` how many beats ahead
    (0 or more) it is.
    """
    return _counted_costs()[compound, np.minimum(beats, MOST_BEATS_AHEAD), position, following]


@cache
def _counted_costs() -> Floats:
    """Costs by (compound, beats ahead, position, next position)."""
    counts = np.zeros((2, MOST_BEATS_AHEAD + 1, TICKS_PER_BEAT, TICKS_PER_BEAT))
    *where, count = np.loadtxt(RHYTHM_COUNTS, int, delimiter=",", skiprows=1).T
    counts[tuple(where)] = count
    of_place = counts.sum(axis=(1, 3), keepdims=True)
    likely: Floats = counts / np.maximum(of_place, 1)
    likely = (1 - UNCOUNTED_PROBABILITY) * likely + UNCOUNTED_PROBABILITY / (
        2 * (MOST_BEATS_AHEAD + 1)
    )
    costs: Floats = RARITY_WEIGHT * np.minimum(-np.log(likely), HIGHEST_RARITY)
    return costs


@dataclass(frozen=True, slots=True)
class Unevenness:
    """Standard deviations of positions and steps: in seconds, and relative to beat and step."""

    position: float
    relative_position: float
    step: float
    relative_step: float

    @classmethod
    def of_jitter(cls, jitter: float) -> "Unevenness":
        """Standard deviations on a known grid, from which onsets deviate by `jitter` seconds."""
        position, step = (
            max(m * jitter, LEAST_DEVIATION) for m in (POSITION_DEVIATIONS, STEP_DEVIATIONS)
        )
        return cls(position, 0.0, step, 0.0)


@dataclass(frozen=True, slots=True)
class GridBeat:
    """A beat of the grid: its start and length in quarters, and its length in seconds.

    `pairs` are the divisions allowed in it (indices into `HAND_DIVISIONS`); keys are released at
    multiples of its `parts` at least.
    """

    start: Fraction
    length: Fraction
    seconds: float
    pairs: tuple[int, ...]
    parts: int


@dataclass(frozen=True, slots=True)
class _Choices:
    """Candidate positions of a chord: arrays over (position, division pair of its beat).

    `tick` is counted from the first beat of the grid, `pair` is an index into `HAND_DIVISIONS`,
    `beat_seconds` is in seconds a beat, `cost` is that of the position.
    """

    tick: np.ndarray
    pair: np.ndarray
    beat_seconds: np.ndarray
    cost: np.ndarray

    @property
    def beat(self) -> np.ndarray:
        return self.tick // TICKS_PER_BEAT

    @property
    def compound(self) -> np.ndarray:
        """Whether each is in a dotted beat: 1 or 0."""
        return (self.pair >= HAND_DIVISIONS.simple_count).astype(int)


def position_costs(
    said: tuple[np.ndarray, np.ndarray],
    chords: Sequence[list[int]],
    quarters: np.ndarray,
    beats: list[GridBeat],
) -> np.ndarray:
    """Cost of each tick of the beat for each chord, by the networks: array (chord, tick).

    `said` are phase and pace of each press, `chords` the presses of each chord.
    """
    phase, pace = said
    inside = beat_of(quarters, beats)
    seconds = np.log([beats[k].seconds for k in inside])
    beat_seconds = np.array([np.exp(pace[chord].mean(axis=0)) for chord in chords])
    near = np.exp(-0.5 * ((seconds[:, None] - heads.LOG_BEAT_SECONDS) / SAME_BEAT_DEVIATION) ** 2)
    agreed = (beat_seconds * near).sum(axis=1) / beat_seconds.sum(axis=1)
    cost: Floats = EVIDENCE_WEIGHT * agreed[:, None] * tick_costs(phase, chords)
    return cost


def tick_costs(phase: np.ndarray, chords: Sequence[list[int]]) -> np.ndarray:
    """Negative log probability of each tick for each chord, the mean over its notes."""
    said = np.array([phase[chord].mean(axis=0) for chord in chords])
    cost: np.ndarray = -np.maximum(said[:, CLASS_OF_TICK], LEAST_LOG_PROBABILITY)
    return cost


def without_swing(phase: np.ndarray, swing: float) -> np.ndarray:
    """The phase probabilities with a swung second half of the beat moved to the even one."""
    if swing == STRAIGHT:
        return phase
    even = phase.copy()
    even[:, heads.PHASES.index(STRAIGHT)] = np.logaddexp.reduce(phase[:, SWUNG_CLASSES], axis=1)
    return even


def beat_of(quarters: np.ndarray, beats: list[GridBeat]) -> np.ndarray:
    """The index of the beat in which each position (quarters) lies."""
    inside = np.searchsorted([float(b.start) for b in beats], quarters, side="right") - 1
    return inside.clip(0, len(beats) - 1)


@dataclass(frozen=True, slots=True)
class ChordToPlace:
    """A chord played at `quarter` (not yet quantized), with its beat and its hands.

    `read` is the cost of each tick of the beat by the networks.
    """

    quarter: float
    beat: int
    hands: frozenset[int]
    read: np.ndarray


def choices_around(chord: ChordToPlace, beats: list[GridBeat], unevenness: Unevenness) -> _Choices:
    """The candidate positions around the time of a chord."""
    k, hands = chord.beat, chord.hands
    phase = (chord.quarter - float(beats[k].start)) / float(beats[k].length)
    near = [
        (
            k,
            _positions_around(
                int(min(max(phase, 0.0), 0.999) * TICKS_PER_BEAT), beats[k].pairs, hands
            ),
        )
    ]
    if phase > 0.5 and k + 1 < len(beats):
        near.append((k + 1, _first_positions(beats[k + 1].pairs)))
    if phase < 0.2 and k > 0:
        near.insert(0, (k - 1, _last_positions(beats[k - 1].pairs, hands)))
    parts = [_weigh(chord, (k, beats[k]), positions, unevenness) for k, positions in near]
    return _Choices(
        tick=np.concatenate([part.tick for part in parts]),
        pair=np.concatenate([part.pair for part in parts]),
        beat_seconds=np.concatenate([part.beat_seconds for part in parts]),
        cost=np.concatenate([part.cost for part in parts]),
    )


def _weigh(
    chord: ChordToPlace,
    numbered: tuple[int, GridBeat],
    positions: np.ndarray,
    unevenness: Unevenness,
) -> _Choices:
    """Costs of these positions of a beat for a chord; the beat comes with its index."""
    (k, beat), (pair, position) = numbered, positions
    played = (chord.quarter - float(beat.start)) / float(beat.length) * beat.seconds
    deviation = hypot(unevenness.position, unevenness.relative_position * beat.seconds)
    return _Choices(
        tick=k * TICKS_PER_BEAT + position,
        pair=pair,
        beat_seconds=np.full(len(pair), beat.seconds),
        cost=0.5 * ((played - position / TICKS_PER_BEAT * beat.seconds) / deviation) ** 2
        + chord.read[position],
    )


@cache
def _positions_around(tick: int, pairs: tuple[int, ...], hands: frozenset[int]) -> np.ndarray:
    """Rows (pair, position): for each division pair the positions before and after a tick."""
    rows = []
    for pair in pairs:
        division = HAND_DIVISIONS.common_division(pair, hands)
        slot = tick * division // TICKS_PER_BEAT
        rows += [(pair, TICKS_PER_BEAT // division * s) for s in (slot, slot + 1) if s < division]
    return np.array(rows).T


@cache
def _first_positions(pairs: tuple[int, ...]) -> np.ndarray:
    """Rows (pair, position): the start of the beat."""
    return np.array([(pair, 0) for pair in pairs]).T


@cache
def _last_positions(pairs: tuple[int, ...], hands: frozenset[int]) -> np.ndarray:
    """Rows (pair, position): the last position of the beat for each division pair."""
    return np.array(
        [
            (p, TICKS_PER_BEAT - TICKS_PER_BEAT // HAND_DIVISIONS.common_division(p, hands))
            for p in pairs
        ]
    ).T


def transition_cost(
    before: _Choices, after: _Choices, seconds: float, together: float, unevenness: Unevenness
) -> np.ndarray:
    """Cost of each pair of positions, for two chords that were played so many seconds apart.

    `together` is the cost of writing them as one.
    """
    step = after.tick - before.tick[:, None]
    written = step / TICKS_PER_BEAT * before.beat_seconds[:, None]
    deviation = np.hypot(unevenness.step, unevenness.relative_step * written)
    cost: Floats = 0.5 * ((seconds - written) / deviation) ** 2
    cost[step == 0] = 0.5 * (seconds / ROLL_DEVIATION) ** 2 + together
    ahead = after.beat - before.beat[:, None]
    same_beat = ahead == 0
    unusual = rarity_cost(
        after.compound,
        ahead.clip(0),
        before.tick[:, None] % TICKS_PER_BEAT,
        after.tick % TICKS_PER_BEAT,
    )
    unusual[same_beat & HAND_DIVISIONS.crossing[after.pair]] = CROSSING_STEP_COST
    cost += np.where(step > 0, unusual, 0.0)
    entry = (
        HAND_DIVISIONS.cost[after.pair] + HAND_DIVISIONS.change[before.pair[:, None], after.pair]
    )
    cost += np.where(same_beat, 0.0, entry)
    cost[(step < 0) | (same_beat & (after.pair != before.pair[:, None]))] = np.inf
    return cost
