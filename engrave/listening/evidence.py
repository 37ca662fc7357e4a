"""What the networks answer: evidence for the stages, as arrays."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from engrave.listening import heads


def probability(log_odds: np.ndarray) -> np.ndarray:
    """The probabilities of yes that the log odds stand for."""
    shares: np.ndarray = 1 / (1 + np.exp(-log_odds))
    return shares


@dataclass(frozen=True, slots=True)
class Evidence:
    """The reader's answers for each played note, as arrays whose first axis is the note.

    `onbeat`, `downbeat`, `upper` (staff), `pedal_down`, `pedal_press`, `pedal_lift` are log odds of
    yes, and so is each column of `flags` (`heads.FLAGS`). The others are log probabilities of the
    classes of `heads`.
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
        """Log odds that a note has this flag of `heads.FLAGS`."""
        odds: np.ndarray = self.flags[:, heads.FLAGS.index(name)]
        return odds

    def take(self, notes: Sequence[int] | np.ndarray) -> "Evidence":
        """The evidence of these notes alone, in this order."""
        index = np.asarray(notes, int)
        return Evidence(**{f.name: getattr(self, f.name)[index] for f in fields(self)})


@dataclass(frozen=True, slots=True)
class PedalEvidence:
    """What a foot would do at each of `times` (seconds, even moments), as log odds of yes.

    Is the pedal `down`; is there a `press` or a `lift` within a moment and a half? `used` is the
    share of the time for which it is probably down, as the reader of notes hears it.
    """

    times: np.ndarray
    down: np.ndarray
    press: np.ndarray
    lift: np.ndarray
    used: float


@dataclass(frozen=True, slots=True)
class SecondEvidence:
    """Log probabilities of the classes of `heads.PLACED_HEADS`; the first axis is the note.

    `value` is in beats of the grid. Of grace notes the second reading says nothing.
    """

    voice: np.ndarray
    value: np.ndarray


@dataclass(frozen=True, slots=True)
class BarEvidence:
    """What is heard of each beat, arrays whose first axis is the beat.

    `downbeat` holds log odds, `place` log probabilities of `heads.BAR_POSITIONS`, `level` those of
    how long the beat is in true ones (`heads.BAR_HEADS`).
    """

    downbeat: np.ndarray
    place: np.ndarray
    level: np.ndarray
