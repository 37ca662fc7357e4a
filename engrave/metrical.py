"""How a rhythm usually goes on: what it costs that after this place in the beat that one is next.

A metrical Markov model (Raphael, *Automated rhythm transcription*, ISMIR 2001; Takeda et al.,
*Hidden Markov model for automatic transcription of MIDI signals*, 2002): the onsets of both hands
are merged, and each place depends on the one before. A dotted eighth is followed by its sixteenth,
a third of a beat by the next third; that the music leaps from the second sixteenth over the beat
is rare. The counts are those of the piano parts of songs that are free of rights (OpenScore
Lieder, CC0; `training/rhythms.py` counts them): `weights/rhythms.csv` has a row for each step,

    compound (1: a dotted beat), ahead (beats ahead: 0, 1, or 2 and more), place, next, count

with places in 120ths of the beat.
"""

from functools import cache
from pathlib import Path

import numpy as np

from engrave.divisions import TICKS

COUNTS = Path(__file__).parent / "weights" / "rhythms.csv"
FAR = 2  # beats ahead from which on all are counted together

WEIGHT = 0.6
UNKNOWN = 2e-3  # probability of anything that is not in the counts
MOST = 7.0  # no step is held more unusual (a cost, before it is weighed)


def step_cost(
    compound: np.ndarray, beats: np.ndarray, place: np.ndarray, following: np.ndarray
) -> np.ndarray:
    """What each step forward costs; arrays that fit each other, places in 120ths of their beats.

    `compound` says whether the beat that is reached is a dotted one, `beats` how many beats ahead
    (0 or more) it is.
    """
    table: np.ndarray = _costs()
    return table[compound, np.minimum(beats, FAR), place, following]


@cache
def _costs() -> np.ndarray:
    """(compound, beats ahead, place, next place): costs."""
    counts = np.zeros((2, FAR + 1, TICKS, TICKS))
    *where, count = np.loadtxt(COUNTS, int, delimiter=",", skiprows=1).T
    counts[tuple(where)] = count
    of_place = counts.sum(axis=(1, 3), keepdims=True)
    likely = counts / np.maximum(of_place, 1)
    likely = (1 - UNKNOWN) * likely + UNKNOWN / (2 * (FAR + 1))
    return WEIGHT * np.minimum(-np.log(likely), MOST)
