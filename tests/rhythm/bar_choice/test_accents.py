"""What makes one beat heavier than another."""

import numpy as np

from engrave.rhythm.bar_choice.accents import ACCENTS, Chroma, accents
from samples.tunes import line
from tests.support.placed import placed


def test_accents_of_silence_are_none():
    music = placed(line("60 r 62"))
    row = dict(zip(ACCENTS, accents(music, Chroma(music), np.array([1.0]), 1.0)[0], strict=True))
    assert row["struck"] == row["gap"] == row["held"] == row["bass change"] == 0
