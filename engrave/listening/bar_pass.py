"""Downbeat evidence from the bar network, once beats are known.

The note network works in seconds and must infer the beat itself. The bar network gets features of
each beat (`bar_features`); it was trained on scores alone, so its evidence does not depend on the
player or the recording.
"""

import numpy as np

from engrave.listening.bar_features import NotesInBeats, bar_features
from engrave.listening.evidence import BarEvidence
from engrave.listening.network import BAR_NETWORK, listen_to_beats
from engrave.music.grid import Pulse, interpolate
from engrave.music.performance import Performance, chord_starts


def listen_for_bars(
    performance: Performance, pulse: Pulse, network: str = BAR_NETWORK
) -> BarEvidence:
    """Evidence for each beat of a pulse: whether it opens a bar, which beat it is, its level."""
    notes = performance.notes
    starts = np.array(chord_starts(notes))
    heads = starts[np.searchsorted(starts, np.arange(len(notes)), side="right") - 1]
    onsets = np.array([note.onset for note in notes])[heads]
    ends = np.array([note.release for note in notes])
    index = np.arange(len(pulse.times), dtype=float)
    onset, end = (interpolate(seconds, pulse.times, index) for seconds in (onsets, ends))
    pitch = np.array([note.pitch for note in notes], float)
    rows = bar_features(NotesInBeats(onset, end, pitch), len(index))
    return BarEvidence(**listen_to_beats(rows, network))
