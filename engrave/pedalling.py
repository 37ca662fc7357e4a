"""Where a pianist would have pedalled, if nothing says where the pianist did.

The reader says of each chord whether the pedal is down halfway to the next one, and whether it goes
down or comes up between the two. These three need not agree; the most likely foot that is up or
down at each moment is found by the Viterbi algorithm. A foot moves late in slow music and is quick
in fast: when it goes down or comes up after the chord is what 156 performances of as many scores
had in the median, by the time to the next chord (seconds).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from engrave.features import Keys, chords
from engrave.listen import Evidence
from engrave.performance import PedalMove, Performance

HALF, FULL = 64, 127  # from this depth on a pedal is down; the depth of an inferred press
LEAST_USED = 0.6  # share of the time with the pedal down, below which nobody misses it
LAST = 1.0  # seconds for which the last chord counts
# Added to the log odds of down and of moves: an F-measure is best where everything is said that is
# half as likely as the F-measure is high (Lipton, Elkan and Naryanaswamy, ECML 2014).
DOWN_BIAS, MOVE_BIAS = 0.4, 1.0

# What may happen between two chords: the pedal is down before, and after; it goes down, comes up;
# it is down halfway.
UP, DOWN = 0, 1


@dataclass(frozen=True, slots=True)
class _Step:
    before: int
    after: int
    press: bool
    lift: bool
    halfway: int


STEPS = (
    _Step(UP, UP, False, False, UP),
    _Step(UP, DOWN, True, False, DOWN),
    _Step(UP, UP, True, True, DOWN),
    _Step(DOWN, DOWN, False, False, DOWN),
    _Step(DOWN, UP, False, True, UP),
    _Step(DOWN, DOWN, True, True, DOWN),
)

# Seconds from the chord to the move, by the seconds from the chord to the next one.
WAITS = (0.08, 0.16, 0.25, 0.37, 0.57, 0.92, 1.8)
PRESS_ALONE = (-0.04, -0.02, 0.01, 0.06, 0.09, 0.17, 0.3)
PRESS_OF_CHANGE = (0.0, 0.04, 0.1, 0.14, 0.18, 0.28, 0.44)
LIFT_OF_CHANGE = (-0.06, -0.04, 0.0, 0.01, 0.03, 0.08, 0.12)
LIFT_ALONE = (-0.03, 0.0, 0.04, 0.08, 0.15, 0.46, 0.94)


@dataclass(frozen=True, slots=True)
class PedalWish:
    """Which pedal is written, and how.

    `source`: the recorded one ("keep"), the one that would suit ("infer"), none ("off"), or the
    recorded one where there is one, else one that would suit where the music takes any ("auto").
    `simile`: the first of many bars that are pedalled alike stand for all. `brackets`: a pedal
    that was not recorded stands in brackets.
    """

    source: Literal["auto", "keep", "infer", "off"] = "auto"
    simile: bool = False
    brackets: bool = False


AS_FITS = PedalWish()


@dataclass(frozen=True, slots=True)
class Foot:
    """The moves of the sustain pedal that are written, and whether they were inferred."""

    moves: tuple[PedalMove, ...] = ()
    inferred: bool = False


def to_be_heard(performance: Performance, wish: PedalWish) -> Performance:
    """What the reader is told: without the pedal if that is to be inferred."""
    return replace(performance, sustain=()) if wish.source == "infer" else performance


def find_foot(performance: Performance, evidence: Evidence, wish: PedalWish) -> Foot:
    """The pedal that is written; `evidence` is of what was `to_be_heard`."""
    recorded = any(move.depth >= HALF for move in performance.sustain)
    if wish.source == "off":
        return Foot()
    if wish.source == "keep" or (wish.source == "auto" and recorded):
        return Foot(performance.sustain)
    if wish.source == "auto" and not takes_pedal(performance, evidence):
        return Foot()
    moves = infer_pedal(performance, evidence)
    return Foot(moves, inferred=bool(moves))


def takes_pedal(performance: Performance, evidence: Evidence) -> bool:
    """Whether music is such that a pianist uses the pedal for a good part of it."""
    onset = np.array([note.onset for note in performance.notes])
    wait = np.diff(onset, append=onset[-1] + LAST)
    down = 1 / (1 + np.exp(-evidence.pedal_down))
    return float((down * wait).sum() / wait.sum()) >= LEAST_USED


def infer_pedal(performance: Performance, evidence: Evidence) -> tuple[PedalMove, ...]:
    """The moves of a sustain pedal that would suit; the evidence is of notes without pedal."""
    if not performance.notes:
        return ()
    starts, chord = chords(Keys.of(performance))
    time = np.array([performance.notes[i].onset for i in starts])
    wait = np.diff(time, append=time[-1] + LAST)
    heads = (evidence.pedal_down, evidence.pedal_press, evidence.pedal_lift)
    odds = np.stack([np.bincount(chord, head) / np.bincount(chord) for head in heads])
    steps = _likeliest(odds)
    return tuple(_moves(steps, time, wait))


def _likeliest(odds: np.ndarray) -> list[_Step]:
    """The step after each chord, given the log odds of (down, press, lift) by chord."""
    odds = odds + np.array([[DOWN_BIAS], [MOVE_BIAS], [MOVE_BIAS]])
    yes, no = -np.logaddexp(0, -odds), -np.logaddexp(0, odds)
    score = np.stack(
        [
            (yes if step.halfway else no)[0]
            + (yes if step.press else no)[1]
            + (yes if step.lift else no)[2]
            for step in STEPS
        ],
        axis=1,
    )
    best = np.array([0.0, -np.inf])
    chosen = []
    for row in score:
        reached = [best[step.before] + said for step, said in zip(STEPS, row, strict=True)]
        winners = [
            max((k for k, s in enumerate(STEPS) if s.after == state), key=reached.__getitem__)
            for state in (UP, DOWN)
        ]
        chosen.append(winners)
        best = np.array([reached[k] for k in winners])
    state = int(best.argmax())
    path = []
    for winners in reversed(chosen):
        path.append(STEPS[winners[state]])
        state = path[-1].before
    return path[::-1]


def _moves(steps: list[_Step], time: np.ndarray, wait: np.ndarray) -> Iterator[PedalMove]:
    """The moves in order; each comes at least a moment after the one before."""
    now = -np.inf
    for step, at, until in zip(steps, time.tolist(), wait.tolist(), strict=True):
        change = step.press and step.lift and step.before == DOWN
        delays = []
        if step.lift:
            delays.append((LIFT_OF_CHANGE if change else LIFT_ALONE, 0))
        if step.press:
            delays.append((PRESS_OF_CHANGE if change else PRESS_ALONE, FULL))
        if step.press and step.lift and not change:
            delays.reverse()
        for table, depth in delays:
            now = max(at + float(np.interp(until, WAITS, table)), now + 0.02)
            yield PedalMove(now, depth)
    if steps and steps[-1].after == DOWN:
        yield PedalMove(max(now + 0.02, float(time[-1] + wait[-1])), 0)
