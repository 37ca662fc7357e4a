"""The bars as a network hears them once beats are known: of each beat, whether it opens a bar.

The reader of notes hears a performance in seconds and has to feel the beat while it reads. This one
is told what happens on each beat (`bar_features`); it has learned from scores alone, so it does not
care who plays or what.
"""

import numpy as np

from engrave.listening.bar_features import NotesInBeats, bar_features
from engrave.listening.evidence import BarEvidence
from engrave.listening.network import BAR_READER, read_bars
from engrave.music.grid import Pulse, along
from engrave.music.performance import Performance, chord_starts


def listen_for_bars(
    performance: Performance, pulse: Pulse, reader: str = BAR_READER
) -> BarEvidence:
    """What each beat of a pulse looks like in its surroundings, to one of the readers of bars."""
    notes = performance.notes
    starts = np.array(chord_starts(notes))
    heads = starts[np.searchsorted(starts, np.arange(len(notes)), side="right") - 1]
    onsets = np.array([note.onset for note in notes])[heads]
    ends = np.array([note.release for note in notes])
    index = np.arange(len(pulse.times), dtype=float)
    onset, end = (along(seconds, pulse.times, index) for seconds in (onsets, ends))
    pitch = np.array([note.pitch for note in notes], float)
    rows = bar_features(NotesInBeats(onset, end, pitch), len(index))
    return BarEvidence(**read_bars(rows, reader))
