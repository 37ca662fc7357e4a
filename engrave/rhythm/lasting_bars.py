"""Bars of one size all through a pulse: where they begin, for each size that they may have.

A piece keeps its meter, so what each pulse says of barlines is believed only as far as bars of one
size can be laid over all of it. Where the pulse lost or won something a bar may break off, at a
cost; such a bar gets its full number of beats later and is not an odd one (`bar_hypotheses`).
"""

from dataclasses import dataclass

import numpy as np

from engrave.listening import heads
from engrave.listening.evidence import BarEvidence

SIZES = (2, 3, 4, 6, 8, 12, 16)  # pulses in a bar
BREAK = 16.0  # the cost of a bar that breaks off (log)
PLACE_WEIGHT = 0.5  # of the places in the bar that the bar network names, where downbeats count 1


@dataclass(frozen=True, slots=True)
class LastingBars:
    """The place of each pulse in its bar of `size` pulses, and the log likelihood of each pulse."""

    size: int
    index: np.ndarray
    likely: float


def lay_bars(bars: BarEvidence, downbeat: np.ndarray) -> list[LastingBars]:
    """The likeliest bars of each of `SIZES` over pulses of which the reader of bars says this.

    `downbeat` holds the log odds that the notes on each pulse open a bar.
    """
    said = _tables(bars, bars.downbeat + downbeat)
    sizes, most = np.array(SIZES), max(SIZES)
    rows = np.arange(len(SIZES))
    before = np.where(np.arange(most) > 0, np.arange(most) - 1, sizes[:, None] - 1)
    came = np.zeros((len(downbeat), len(SIZES), most), np.int8)
    score = said[0].copy()
    for i in range(1, len(downbeat)):
        best = score.argmax(axis=1)
        broken = score[rows, best] - BREAK
        follows = score[rows[:, None], before]
        breaks = broken[:, None] > follows
        came[i] = np.where(breaks, best[:, None], before)
        score = np.where(breaks, broken[:, None], follows) + said[i]
    index = np.zeros((len(downbeat), len(SIZES)), int)
    place = score.argmax(axis=1)
    for i in range(len(downbeat) - 1, -1, -1):
        index[i] = place
        place = came[i, rows, place].astype(int)
    likely = np.take_along_axis(said, index[:, :, None], axis=2)[:, :, 0].mean(axis=0)
    return [LastingBars(n, index[:, k], float(likely[k])) for k, n in enumerate(SIZES)]


def _tables(bars: BarEvidence, odds: np.ndarray) -> np.ndarray:
    """Log likelihoods (pulse, size, place in the bar); -inf where a bar has no such place."""
    said = np.full((len(odds), len(SIZES), max(SIZES)), -np.inf)
    for k, size in enumerate(SIZES):
        said[:, k, :size] = -np.logaddexp(0, odds)[:, None]
        said[:, k, 0] = -np.logaddexp(0, -odds)
        said[:, k, :size] += PLACE_WEIGHT * _named(bars, size)
    return said


def _named(bars: BarEvidence, size: int) -> np.ndarray:
    """What the reader says of the places of bars of this size; alike for all if it names none."""
    kinds = [k for k, (beats, _) in enumerate(heads.METERS) if beats == size]
    if not kinds:
        return np.full((1, size), -np.log(len(heads.BAR_POSITIONS)))
    columns = [[heads.BAR_POSITIONS.index((k, i)) for i in range(size)] for k in kinds]
    named: np.ndarray = np.logaddexp.reduce([bars.place[:, column] for column in columns])
    return named
