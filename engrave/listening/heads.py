"""Outputs of the networks: the heads (questions) and the classes of each.

A head has one number per class: log odds against the other classes of the head (softmax), or, where
it has only one number, the log odds of yes (logistic).
"""

from collections.abc import Mapping

import numpy as np

# Position of a note in its beat (shares of the felt beat); one more class: any other.
PHASES = (0.0, 1 / 8, 1 / 6, 1 / 4, 1 / 3, 3 / 8, 1 / 2, 5 / 8, 2 / 3, 3 / 4, 5 / 6, 7 / 8)
# Note value (felt beats); one more class: any other.
VALUES = (
    *(1 / 8, 1 / 6, 1 / 4, 1 / 3, 3 / 8, 1 / 2, 2 / 3, 3 / 4),
    *(1.0, 4 / 3, 3 / 2, 5 / 3, 7 / 4, 2.0, 3.0, 4.0),
)
# Meter of the bar: (felt beats, whether these divide in three); one more class: any other.
METERS = ((2, False), (3, False), (4, False), (2, True), (3, True), (4, True))
FLAGS = ("grace", "staccato", "trill", "arpeggio", "tremolo", "extra")
PEDAL_AHEAD = 0.08  # seconds: a pedal move this long before a chord belongs to the chord
LOG_BEAT_SECONDS = np.linspace(np.log(0.15), np.log(4.0), 32)  # log seconds per felt beat

NOTE_HEADS = {
    "onbeat": 1,
    "downbeat": 1,
    "phase": len(PHASES) + 1,
    "index": 8,  # felt beat of the bar, from 0; the last class: that or any later one
    "meter": len(METERS) + 1,
    "unit": 4,  # lower number of the time signature: 2, 4, 8, 16
    "value": len(VALUES) + 1,
    "upper": 1,
    "voice": 4,  # only voice of its bar and staff, upper, lower, inner
    "fifth": 35,  # spelling on the line of fifths, from F double flat (-15) to B double sharp
    "key": 15,  # sharps of the key signature, from -7
    "pace": len(LOG_BEAT_SECONDS),
    "flags": len(FLAGS),
    # Inferred pedal: is it down halfway from this chord to the next; is it pressed, is it lifted,
    # between the two (each chord taken `PEDAL_AHEAD` seconds early)?
    "pedal_down": 1,
    "pedal_press": 1,
    "pedal_lift": 1,
}
NOTE_OUTPUTS = sum(NOTE_HEADS.values())

# Second pass, for a note on the grid: as above, but in beats of the grid.
PLACED_HEADS = {"voice": 4, "value": len(VALUES) + 1}
# Second pass, for a note that is not quantized yet: its position in the beat of the grid.
TIMED_HEADS = {"phase": len(PHASES) + 1}

# Bar network, for each beat: whether it opens a bar; which beat of which bar it is (a class of
# `METERS` and an index, one more class: any other); its duration in true beats (1, 2, 1/2, 3, 1/3,
# 3/2, 2/3), one more class: it lies between true beats.
BAR_POSITIONS = tuple((k, i) for k, (beats, _) in enumerate(METERS) for i in range(beats))
BAR_HEADS = {"downbeat": 1, "place": len(BAR_POSITIONS) + 1, "level": 8}


def split_heads(
    answers: np.ndarray, widths: Mapping[str, int] = NOTE_HEADS
) -> dict[str, np.ndarray]:
    """Split a (notes, outputs) array into one array per head."""
    ends = np.cumsum(list(widths.values()))
    return dict(zip(widths, np.split(answers, ends[:-1], axis=-1), strict=True))
