"""Inference of the sustain pedal from the notes, where no pedal was recorded.

The pedal network gives log odds per frame that the pedal is down, and that it is pressed or lifted
there. The sequence of states that agrees best with all three is found by the Viterbi algorithm,
with a prior against presses that are brief.

The threshold for "down" is chosen from the whole piece: the expected F-measure is highest with a
threshold of half its maximum (Lipton, Elkan and Naryanaswamy, "Optimal thresholding of classifiers
to maximize F1 measure", ECML 2014). How the constants were chosen is in docs/experiments.md.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from engrave.listening.evidence import PedalEvidence, probability
from engrave.listening.pedal_features import FRAME_SECONDS
from engrave.music.performance import PEDAL_DOWN, PedalMove, Performance

FULL_DEPTH = 127  # depth of an inferred press
LEAST_SHARE_DOWN = 0.6  # of the time: with less pedal than this, none is inferred
MOVE_BIAS = 1.4  # added to the log odds of a press or a lift
BRIEF_PRESS = 0.3  # seconds: shorter presses are less likely, the more so the shorter
BRIEF_PRESS_POWER = 0.7  # the prior of a brief press is its length to this power
PRESS_OFFSET = 0.03  # seconds by which the network's presses are too early
# The lowest and the highest threshold of the probability of "down".
LOWEST_THRESHOLD, HIGHEST_THRESHOLD = 0.3, 0.5
LONGEST_WAIT = 15.0  # seconds without a key event that are kept; the rest is cut out
UP, DOWN = 0, 1
NEVER = -1


@dataclass(frozen=True, slots=True)
class PedalOptions:
    """Which sustain pedal is written, and how.

    `source`: the recorded one ("keep"), an inferred one ("infer"), none ("off"), or the recorded
    one where there is one, else an inferred one where the music takes any ("auto"). `simile`: the
    first of many bars that are pedalled alike stand for all. `brackets`: a pedal that was not
    recorded has "[Ped.]" before it.
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
    """The input of the note network: without the recorded pedal if one is to be inferred."""
    return replace(performance, sustain=()) if options.source == "infer" else performance


def choose_pedal(
    performance: Performance, options: PedalOptions, listen: Callable[[Performance], PedalEvidence]
) -> PedalTrack:
    """The pedal that is written; `listen` gives the evidence if it has to be inferred."""
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
    """Time without the middle of long waits in which no key moves, to save computation.

    `begins` are the times (seconds, shortened) at which waits are cut, `left` the seconds cut out
    there.
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
        """The original time of a shortened time, in seconds."""
        return heard + float(self.left[self.begins < heard].sum()) if len(self.left) else heard


def is_pedalled(evidence: PedalEvidence) -> bool:
    """Whether the pedal network expects the pedal down for a good part of the time."""
    return evidence.used >= LEAST_SHARE_DOWN


def infer_pedal(evidence: PedalEvidence) -> tuple[PedalMove, ...]:
    """The inferred moves of the sustain pedal, alternately down and up."""
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
    """The probability threshold of "down" with the highest expected F-measure."""
    likely = np.sort(probability)[::-1]
    measure = 2 * np.cumsum(likely) / (np.arange(1, len(likely) + 1) + likely.sum())
    return float(measure.max()) / 2


def _likeliest_states(
    down: np.ndarray, press: np.ndarray, lift: np.ndarray, brief: Sequence[float]
) -> np.ndarray:
    """Viterbi path: whether the pedal is down in each frame, from log odds per frame.

    `brief` are the log priors of presses of one frame, of two, and so on; for longer ones it is 0.
    """
    against = [*brief, 0.0]
    up = 0.0
    # The best paths with the pedal down, by how many frames ago it was pressed, and the frame of
    # the press.
    held, since = [-np.inf] * len(against), [0] * len(against)
    came: list[int] = []  # for each frame after a lift: the frame of the press
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
    """The states from the press of each lift; `last` is the frame of a press without a lift."""
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
