"""Outputs of the networks as arrays: evidence for the later stages."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from engrave.listening import heads


def probability(log_odds: np.ndarray) -> np.ndarray:
    """Probabilities that correspond to log odds."""
    shares: np.ndarray = 1 / (1 + np.exp(-log_odds))
    return shares


@dataclass(frozen=True, slots=True)
class Evidence:
    """Output of the note network, as arrays whose first axis is the played note.

    `onbeat`, `downbeat`, `upper` (staff), `pedal_down`, `pedal_press`, `pedal_lift` are log odds,
    and so is each column of `flags` (`heads.FLAGS`). The others are log probabilities of the
    classes of `heads.NOTE_HEADS`.
    """

    onbeat: np.ndarray
    downbeat: np.ndarray
    phase: np.ndarray
    index: np.ndarray
    meter: np.ndarray
    unit: np.ndarray
    value: np.ndarray
    upper: np.ndarray
    voice: np.ndarray
    fifth: np.ndarray
    key: np.ndarray
    pace: np.ndarray
    flags: np.ndarray
    pedal_down: np.ndarray
    pedal_press: np.ndarray
    pedal_lift: np.ndarray

    def flag(self, name: str) -> np.ndarray:
        """Log odds that each note has this flag of `heads.FLAGS`."""
        odds: np.ndarray = self.flags[:, heads.FLAGS.index(name)]
        return odds

    def take(self, notes: Sequence[int] | np.ndarray) -> "Evidence":
        """The evidence of these notes (indices) only, in this order."""
        index = np.asarray(notes, int)
        return Evidence(**{f.name: getattr(self, f.name)[index] for f in fields(self)})


@dataclass(frozen=True, slots=True)
class PedalEvidence:
    """Evidence for the sustain pedal as log odds, at each of `times` (seconds, even frames).

    `down`: the pedal is down; `press`, `lift`: it is pressed or lifted within one and a half
    frames. `used` is the probable share of the time (0 to 1) with the pedal down, by the note
    network.
    """

    times: np.ndarray
    down: np.ndarray
    press: np.ndarray
    lift: np.ndarray
    used: float


@dataclass(frozen=True, slots=True)
class SecondEvidence:
    """Output of the second pass, as arrays whose first axis is the note.

    They are log probabilities of the classes of `heads.PLACED_HEADS`. `value` is in beats of the
    grid. Grace notes have no evidence.
    """

    voice: np.ndarray
    value: np.ndarray


@dataclass(frozen=True, slots=True)
class BarEvidence:
    """Output of the bar network, as arrays whose first axis is the beat.

    `downbeat` holds log odds, `place` log probabilities of `heads.BAR_POSITIONS`, `level` those of
    the duration of the tracked beat in true beats (`heads.BAR_HEADS`).
    """

    downbeat: np.ndarray
    place: np.ndarray
    level: np.ndarray
