"""Which notes of a score belong together: hands, chords, the highest voice."""

import numpy as np

from training.player.habits import Array

MIDDLE_C = 60


def is_low(notes: Array) -> Array:
    """The notes of the lower hand; without staves, those below middle C."""
    return np.where(notes["staff"] > 0, notes["staff"] > 1, notes["pitch"] < MIDDLE_C)


def chord_of(notes: Array) -> Array:
    """A running number for the notes of one score onset."""
    return np.cumsum(np.append(True, np.diff(notes["score_onset"]) > 0)) - 1


def is_top(notes: Array) -> Array:
    """The highest note of every onset (sorted by pitch within it: the last)."""
    return np.append(np.diff(notes["score_onset"]) > 0, True)
