"""Where a pianist would have pedalled, if nothing says where the pianist did.

The reader of the pedal says of even moments whether the pedal would be down, and whether it would
go down or come up there. The foot that agrees best with all three is found by the Viterbi
algorithm: each moment counts for or against its being down, each move for what was said of it, and
a press that is soon over against it.

How sure one must be to say "down" is taken from the whole piece: an F-measure is best where
everything is said that is half as likely as the measure is high (Lipton, Elkan and Naryanaswamy,
"Optimal thresholding of classifiers to maximize F1 measure", ECML 2014).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from engrave.listening.evidence import PedalEvidence, probability
from engrave.listening.pedal_features import FRAME_SECONDS
from engrave.music.performance import PEDAL_DOWN, PedalMove, Performance

FULL_DEPTH = 127  # depth of an inferred press
LEAST_SHARE_DOWN = 0.6  # share of the time with the pedal down, below which nobody misses it
MOVE_BIAS = 1.4  # added to the log odds of a press or a lift
BRIEF_PRESS = 0.3  # seconds: a foot that is down for less is seldom, and more so the shorter
BRIEF_PRESS_POWER = 0.7  # as which power of its length
PRESS_OFFSET = 0.03  # seconds by which the reader hears a press too soon
# between which the probability lies from which on it is down
LOWEST_THRESHOLD, HIGHEST_THRESHOLD = 0.3, 0.5
LONGEST_WAIT = 15.0  # seconds without a move of a key that are heard; the rest is left out
UP, DOWN = 0, 1
NEVER = -1


@dataclass(frozen=True, slots=True)
class PedalOptions:
    """Which pedal is written, and how.

    `source`: the recorded one ("keep"), the one that would suit ("infer"), none ("off"), or the
    recorded one where there is one, else one that would suit where the music takes any ("auto").
    `simile`: the first of many bars that are pedalled alike stand for all. `brackets`: a pedal
    that was not recorded has "[Ped.]" before it.
    """

    source: Literal["auto", "keep", "infer", "off"] = "auto"
    simile: bool = False
    brackets: bool = False


DEFAULT_PEDAL = PedalOptions()


@dataclass(frozen=True, slots=True)
class PedalTrack:
    """The moves of the sustain pedal that are written, and whether they were inferred."""

    moves: tuple[PedalMove, ...] = ()
    inferred: bool = False


def hide_pedal(performance: Performance, options: PedalOptions) -> Performance:
    """What the reader is told: without the pedal if that is to be inferred."""
    return replace(performance, sustain=()) if options.source == "infer" else performance


def choose_pedal(
    performance: Performance, options: PedalOptions, listen: Callable[[Performance], PedalEvidence]
) -> PedalTrack:
    """The pedal that is written; `listen` is asked where none is recorded or wished for."""
    recorded = any(move.depth >= PEDAL_DOWN for move in performance.sustain)
    if options.source == "off" or not performance.notes:
        return PedalTrack()
    if options.source == "keep" or (options.source == "auto" and recorded):
        return PedalTrack(performance.sustain)
    wait_warp = _WaitWarp.of(performance)
    evidence = listen(wait_warp.shortened(performance))
    if options.source == "auto" and not is_pedalled(evidence):
        return PedalTrack()
    moves = infer_pedal(evidence)
    lasting = (replace(move, time=wait_warp.time_of(move.time)) for move in moves)
    return PedalTrack(tuple(lasting), inferred=bool(moves))


@dataclass(frozen=True, slots=True)
class _WaitWarp:
    """Time without the middle of long waits, in which no key moves: the cost is that of the notes.

    `begins` are the times at which a wait is cut short, as the shortened time counts them, `left`
    so many seconds are left out there.
    """

    begins: np.ndarray
    left: np.ndarray

    @classmethod
    def of(cls, performance: Performance) -> "_WaitWarp":
        key_moves = np.unique([t for note in performance.notes for t in (note.onset, note.release)])
        waits = np.diff(key_moves)
        long = waits > LONGEST_WAIT
        left = waits[long] - LONGEST_WAIT
        before = np.append(0.0, np.cumsum(left))[:-1]
        return cls(key_moves[:-1][long] - before + LONGEST_WAIT / 2, left)

    def shortened(self, performance: Performance) -> Performance:
        if not len(self.left):
            return performance
        begins = self.begins + np.append(0.0, np.cumsum(self.left))[:-1]

        def heard(time: float) -> float:
            return time - float(np.clip(time - begins, 0, self.left).sum())

        notes = (
            replace(note, onset=heard(note.onset), release=heard(note.release))
            for note in performance.notes
        )
        return replace(performance, notes=tuple(notes))

    def time_of(self, heard: float) -> float:
        """When something was that is heard at a time."""
        return heard + float(self.left[self.begins < heard].sum()) if len(self.left) else heard


def is_pedalled(evidence: PedalEvidence) -> bool:
    """Whether music is such that a pianist uses the pedal for a good part of it."""
    return evidence.used >= LEAST_SHARE_DOWN


def infer_pedal(evidence: PedalEvidence) -> tuple[PedalMove, ...]:
    """The moves of a sustain pedal that would suit, in turn down and up."""
    sure = float(
        np.clip(_threshold(probability(evidence.down)), LOWEST_THRESHOLD, HIGHEST_THRESHOLD)
    )
    states = _likeliest_states(
        evidence.down - np.log(sure / (1 - sure)),
        evidence.press + MOVE_BIAS,
        evidence.lift + MOVE_BIAS,
        [
            BRIEF_PRESS_POWER * np.log((k + 1) * FRAME_SECONDS / BRIEF_PRESS)
            for k in range(int(BRIEF_PRESS / FRAME_SECONDS))
        ],
    )
    moved = np.diff(states, prepend=UP, append=UP)
    times = np.append(evidence.times, evidence.times[-1] + FRAME_SECONDS) - FRAME_SECONDS / 2
    return tuple(
        PedalMove(time + PRESS_OFFSET, FULL_DEPTH) if change > 0 else PedalMove(time, 0)
        for time, change in zip(times.tolist(), moved.tolist(), strict=True)
        if change
    )


def _threshold(probability: np.ndarray) -> float:
    """From which probability on "down" is to be said for the highest F-measure to be expected."""
    likely = np.sort(probability)[::-1]
    measure = 2 * np.cumsum(likely) / (np.arange(1, len(likely) + 1) + likely.sum())
    return float(measure.max()) / 2


def _likeliest_states(
    down: np.ndarray, press: np.ndarray, lift: np.ndarray, brief: Sequence[float]
) -> np.ndarray:
    """Whether the pedal is down at each moment; the arguments are what speaks for it.

    `brief` is what speaks for a press of one moment, of two, and so on; for longer ones it is 0.
    """
    against = [*brief, 0.0]
    up = 0.0
    # The best ways to be down, by how many moments ago the foot went down, and when that was.
    held, since = [-np.inf] * len(against), [0] * len(against)
    came: list[int] = []  # of each moment with the pedal just lifted: when it had gone down
    for frame, (for_down, for_press, for_lift) in enumerate(
        zip(down.tolist(), press.tolist(), lift.tolist(), strict=True)
    ):
        lifted, k = max(
            (way + extra, k) for k, (way, extra) in enumerate(zip(held, against, strict=True))
        )
        pressed = up + for_press
        came.append(since[k] if lifted + for_lift > up else NEVER)
        up = max(up, lifted + for_lift)
        longer = max((-1, -2), key=held.__getitem__)
        held = [way + for_down for way in (pressed, *held[:-2], held[longer])]
        since = [frame, *since[:-2], since[longer]]
    return _down_between(came, since[int(np.argmax(held))] if max(held) > up else NEVER)


def _down_between(came: Sequence[int], last: int) -> np.ndarray:
    """The states from when each lift had gone down; `last` is when one did that is not lifted."""
    states = np.full(len(came), UP)
    frame = len(came)
    if last != NEVER:
        states[last:] = DOWN
        frame = last
    while frame:
        frame -= 1
        if came[frame] != NEVER:
            states[came[frame] : frame] = DOWN
            frame = came[frame]
    return states
