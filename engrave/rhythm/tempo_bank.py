"""The pulse at many tempi: one pointer near each, all followed at once.

Where a pulse is free to take any tempo it changes its level in the middle of a piece, and no bars
can be laid over it. A pointer that is held near one tempo keeps its level; which of them has the
beats of the music is decided afterwards (`bar_hypotheses`). Each is the pointer of `beat_pointer`
without the bars, and a beat costs the more the farther it is from the tempo of its pointer.

Times are seconds, tempi seconds per beat, places 24ths of a beat.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from engrave.rhythm.beat_pointer import (
    FARTHEST_POSITION,
    JITTER,
    LONG_WAIT,
    POSITIONS_PER_BEAT,
    RELATIVE_JITTER,
    SHORT_WAIT,
    STIFFNESS,
)

COUNT = 10  # pointers
FASTEST = 0.15  # seconds; the beat of the first pointer, each other one is slower by
RATIO = float(np.sqrt(2))
STEPS = 4  # tempi from one pointer to the next
REACH = 6  # tempi that a pointer has on either side of its own
SPREAD = 0.2  # deviation of the logarithm of a beat from that of its pointer
WIDTH = 2 * REACH + 1
CHORDS_PER_BLOCK = 4096  # whose scores are kept at a time
CHANGES = 4  # steps of the tempo from one chord to the next, at most
AWAY = np.arange(FARTHEST_POSITION, -FARTHEST_POSITION - 1, -1)  # places by which a move may be off
AROUND = np.arange(-FARTHEST_POSITION, POSITIONS_PER_BEAT + FARTHEST_POSITION)

# All tempi; those of pointer k are the `WIDTH` from `STEPS * k` on.
SECONDS = FASTEST * RATIO ** ((np.arange((COUNT - 1) * STEPS + WIDTH) - REACH) / STEPS)


def near_each(values: np.ndarray, axis: int) -> np.ndarray:
    """What belongs to the tempi of each pointer: the axis of all tempi becomes (pointer, tempo)."""
    windows = np.moveaxis(sliding_window_view(values, WIDTH, axis=axis), -1, axis + 1)
    return windows[(slice(None),) * axis + (slice(None, None, STEPS),)]


@dataclass(frozen=True, slots=True)
class _Moves:
    """What the ways from chord to chord cost (log), arrays whose first axis is the chord.

    `whole` are the places by which a pointer moves, nearest to the wait; `off` the cost of other
    places, the farthest ahead first; `change` that of one tempo step; `likely` the log probability
    of the tempo for as many beats as pass. All but the first have the axes (pointer, tempo) last.
    """

    whole: np.ndarray
    off: np.ndarray
    change: np.ndarray
    likely: np.ndarray

    @classmethod
    def of(cls, waits: np.ndarray) -> "_Moves":
        seconds = near_each(SECONDS, 0)
        wait = waits[:, None, None]
        beats = wait / seconds
        exact = POSITIONS_PER_BEAT * beats
        whole = np.rint(exact).astype(int)
        away = AWAY[:, None, None]
        deviation = POSITIONS_PER_BEAT * np.hypot(JITTER, RELATIVE_JITTER * wait) / seconds
        off = 0.5 * ((away + (whole - exact)[:, None]) / deviation[:, None]) ** 2
        off[whole[:, None] + away < 0] = np.inf
        step = np.log(RATIO) / STEPS
        likely = -0.5 * ((np.arange(WIDTH) - REACH) * step / SPREAD) ** 2
        ease = 1 / np.sqrt(beats.clip(SHORT_WAIT, LONG_WAIT))
        parts = (off, STIFFNESS * step * ease, likely * beats)
        return cls(whole, *(part.astype(np.float32) for part in parts))


def follow_tempi(time: np.ndarray, heard: Callable[[slice], np.ndarray]) -> np.ndarray:
    """Where each pointer has each chord, in beats: an array (pointer, chord).

    `time` holds the seconds of the chords, increasing; `heard` gives the `beat_likelihoods` of a
    slice of them at the tempi `SECONDS`. Scores are kept for one block of chords at a time and
    computed again on the way back, so memory grows little with the piece.
    """
    waits = np.diff(time, prepend=time[0])
    blocks = [slice(k, k + CHORDS_PER_BLOCK) for k in range(0, len(time), CHORDS_PER_BLOCK)]
    before: list[np.ndarray | None] = [None]  # the scores of the last chord before each block
    for block in blocks:
        moves = _Moves.of(waits[block])
        scores = _follow(before[-1], near_each(heard(block), 1), moves)
        before.append(scores[-1].copy())
    moved = np.zeros((COUNT, len(time)))
    state = np.divmod(scores[-1].reshape(COUNT, -1).argmax(axis=1), POSITIONS_PER_BEAT)
    for block, start in zip(reversed(blocks), before[-2::-1], strict=True):
        if block != blocks[-1]:
            moves = _Moves.of(waits[block])
            scores = _follow(start, near_each(heard(block), 1), moves)
        moved[:, block], state = _trace(state, scores, moves)
    beats: np.ndarray = (state[1][:, None] + np.cumsum(moved, axis=1)) / POSITIONS_PER_BEAT
    return beats


def _follow(before: np.ndarray | None, said: np.ndarray, moves: _Moves) -> np.ndarray:
    """The scores of a block of chords, after those of the last chord before it if there is one."""
    scores = np.empty((len(said) + (before is not None), *said.shape[1:]), np.float32)
    scores[0] = said[0] if before is None else before
    for i in range(1, len(scores)):
        k = i - len(scores)  # counted from the end, chords of scores and of moves are the same
        score = scores[i - 1]
        score -= score.max(axis=(1, 2), keepdims=True)
        ready = _after_change(score, moves.change[k])
        ready += moves.likely[k][:, :, None]
        np.add(_moved_on(ready, moves.whole[k], moves.off[k]), said[k], out=scores[i])
    return scores


def _after_change(score: np.ndarray, cost: np.ndarray) -> np.ndarray:
    """The best score at each tempo after a change from another."""
    edge = np.full((COUNT, CHANGES, POSITIONS_PER_BEAT), -np.inf, np.float32)
    padded = np.concatenate([edge, score, edge], axis=1)
    best = score.copy()
    for change in range(1, CHANGES + 1):
        reached = np.maximum(
            padded[:, CHANGES - change : CHANGES - change + WIDTH],
            padded[:, CHANGES + change : CHANGES + change + WIDTH],
        )
        reached -= (change * cost)[:, :, None]
        np.maximum(best, reached, out=best)
    return best


def _moved_on(score: np.ndarray, whole: np.ndarray, cost: np.ndarray) -> np.ndarray:
    """The best score at each place after the wait."""
    around = np.take_along_axis(score, (AROUND - whole[:, :, None]) % POSITIONS_PER_BEAT, axis=2)
    best = np.full(score.shape, -np.inf, np.float32)
    for k in range(len(AWAY)):
        np.maximum(best, around[:, :, k : k + POSITIONS_PER_BEAT] - cost[k][:, :, None], out=best)
    return best


def _trace(
    state: tuple[np.ndarray, np.ndarray], scores: np.ndarray, moves: _Moves
) -> tuple[np.ndarray, tuple[np.ndarray, np.ndarray]]:
    """The best way back through the scores of a block: the places by which each pointer moves.

    `state` holds the tempo and place of each pointer at the last chord; those at the first are
    returned too. Which step was the best is asked again, for one state of each pointer: that is
    far less than to keep it for all.
    """
    pointer, (tempo, place) = np.arange(COUNT), state
    changes = np.arange(-CHANGES, CHANGES + 1)
    moved = np.zeros((COUNT, len(moves.whole)))
    for k in range(-1, -len(scores), -1):
        before = tempo[:, None] - changes
        within = (before >= 0) & (before < WIDTH)
        reached = scores[k - 1][pointer[:, None], before.clip(0, WIDTH - 1)]
        cost = np.where(within, np.abs(changes) * moves.change[k, pointer, tempo][:, None], np.inf)
        reached = reached - cost[:, :, None]
        steps = moves.whole[k, pointer, tempo][:, None] + AWAY
        best = np.take_along_axis(
            reached.max(axis=1), (place[:, None] - steps) % POSITIONS_PER_BEAT, axis=1
        )
        step = steps[pointer, (best - moves.off[k, :, pointer, tempo]).argmax(axis=1)]
        place = (place - step) % POSITIONS_PER_BEAT
        tempo = tempo - changes[reached[pointer, :, place].argmax(axis=1)]
        moved[:, k] = step
    return moved, (tempo, place)
