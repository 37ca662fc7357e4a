"""Melody and bass among the notes on a grid."""

from samples.tunes import line
from tests.support.placed import placed


def test_notes_that_sound_below_a_melody_are_not_of_it():
    music = placed([(0, 4, 79)], line("48 60 48 60"))
    assert music.melody_gap.tolist() == [4, 0, 0, 0]
    assert music.bass_held[0] == 1
