"""What comes back after a time, and where it begins."""

import numpy as np

from engrave.rhythm.bar_choice.repetition import KINDS, Cells, returns
from samples.tunes import line
from tests.support.placed import placed


def test_phrases_begin_where_what_follows_comes_back():
    music = placed(line("67 60 62 64:2 65 67 69:5 71 60 62 64:2 65 67 69:4 72:2"))
    begins = returns(Cells.of(music), np.arange(29) * 4, 3)
    assert begins[1] > max(begins[2:12]) and begins[13] > max(begins[14:])


def test_another_key_has_the_same_steps_and_other_pitches():
    cells = Cells.of(placed(line("60 64 67 65 62 66 69 67")))
    alike = dict(zip(KINDS, cells.alike(16), strict=True))
    assert alike["rhythm"] > 0 and alike["steps"] > 0
    assert alike["melody"] == alike["bass"] == 0
