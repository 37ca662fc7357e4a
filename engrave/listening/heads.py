"""The questions that the reader answers for each note, and what may be answered.

A head of the network gives one number for each class: its log odds against the others of the same
question (softmax), or, where only one number is asked, the log odds of yes (logistic).
"""

from collections.abc import Mapping

import numpy as np

# Where in its beat a note stands (shares of the felt beat); one class more: anywhere else.
PHASES = (0.0, 1 / 8, 1 / 6, 1 / 4, 1 / 3, 3 / 8, 1 / 2, 5 / 8, 2 / 3, 3 / 4, 5 / 6, 7 / 8)
# How long it is written (felt beats); one class more: any other length.
VALUES = (
    *(1 / 8, 1 / 6, 1 / 4, 1 / 3, 3 / 8, 1 / 2, 2 / 3, 3 / 4),
    *(1.0, 4 / 3, 3 / 2, 5 / 3, 7 / 4, 2.0, 3.0, 4.0),
)
# Bars: (felt beats, whether these divide in three); one class more: any other.
METERS = ((2, False), (3, False), (4, False), (2, True), (3, True), (4, True))
FLAGS = ("grace", "staccato", "trill", "arpeggio", "tremolo", "extra")
PEDAL_AHEAD = 0.08  # a foot that moves so many seconds before a chord moves for it
LOG_BEAT_SECONDS = np.linspace(np.log(0.15), np.log(4.0), 32)  # log seconds per felt beat

NOTE_HEADS = {
    "onbeat": 1,
    "downbeat": 1,
    "phase": len(PHASES) + 1,
    "index": 8,  # of the felt beat in its bar; the last class: that or any later one
    "meter": len(METERS) + 1,
    "unit": 4,  # the lower figure of the time signature: 2, 4, 8, 16
    "value": len(VALUES) + 1,
    "upper": 1,
    "voice": 4,  # the only one in bar and staff, upper, lower, inner
    "fifth": 35,  # the name on the line of fifths, from F double flat (-15) to B double sharp
    "key": 15,  # sharps of the signature, from -7
    "pace": len(LOG_BEAT_SECONDS),
    "flags": len(FLAGS),
    # Where no pedal was recorded: is it down halfway from this chord to the next; does it go down,
    # does it come up, between the two (each chord reckoned `PEDAL_AHEAD` seconds early)?
    "pedal_down": 1,
    "pedal_press": 1,
    "pedal_lift": 1,
}
NOTE_OUTPUTS = sum(NOTE_HEADS.values())

# What the second reading says of a note on the grid, as above but in the beats of the grid.
PLACED_HEADS = {"voice": 4, "value": len(VALUES) + 1}
# And before, of a note in these beats: where in its beat it stands.
TIMED_HEADS = {"phase": len(PHASES) + 1}

# What the reader of bars says of a beat: whether it opens a bar; which beat of which bar it is (a
# class of `METERS` and an index, one class more: any other); how long it is, in true beats (1, 2,
# 1/2, 3, 1/3, 3/2, 2/3), one class more: it lies between the true ones.
BAR_POSITIONS = tuple((k, i) for k, (beats, _) in enumerate(METERS) for i in range(beats))
BAR_HEADS = {"downbeat": 1, "place": len(BAR_POSITIONS) + 1, "level": 8}


def split_heads(
    answers: np.ndarray, widths: Mapping[str, int] = NOTE_HEADS
) -> dict[str, np.ndarray]:
    """The columns of a (notes, answers) array by question."""
    ends = np.cumsum(list(widths.values()))
    return dict(zip(widths, np.split(answers, ends[:-1], axis=-1), strict=True))
