"""Music on a grid of even beats, from lines of a tune."""

import numpy as np

from engrave.music.performance import Performance, PlayedNote
from engrave.rhythm.bar_choice.placed_music import PlacedMusic
from samples.tunes import Line


def placed(*lines: Line) -> PlacedMusic:
    """Music at a second a unit."""
    notes = sorted(note for one in lines for note in one)
    played = tuple(PlayedNote(on, on + length, pitch, 64) for on, length, pitch in notes)
    onset, end = (np.array([getattr(n, name) for n in played]) for name in ("onset", "release"))
    return PlacedMusic.of(Performance(played), onset, end)
