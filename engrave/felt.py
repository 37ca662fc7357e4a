"""How long the beat is that the reader has in mind, in quarter notes.

The reader tells note values in felt beats, and may feel another beat than the one that was chosen:
twice as long, a third of it. Which one it is, shows in what it says of the pace, and in the values
themselves: most notes last until the next one of their hand.
"""

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from engrave import reading
from engrave.grid import Grid, PlacedNote
from engrave.listen import Evidence

AROUND = 12  # notes on each side that are asked
RATIOS = tuple(map(Fraction, ("1/3", "1/2", "1", "2", "3")))  # the reader's beat to the chosen one
PACE_DEVIATION = 0.4  # of the logarithm of the beat
OTHERWISE = 8.0  # log odds against another beat than the chosen one
UNSEEN = 0.05  # likelihood of a value that the next onset does not agree with
VALUES = np.log(reading.VALUES)


def felt_beats(
    notes: Sequence[PlacedNote], staff: Sequence[int], grid: Grid, evidence: Evidence
) -> tuple[Fraction, ...]:
    """The reader's beat at each note, in quarter notes."""
    if not notes:
        return ()
    beats = [grid.bars[grid.bar_at(note.onset)].beat_length for note in notes]
    played = [note.played for note in notes]
    onsets = np.array([float(note.onset) for note in notes])
    spans = grid.time_at(onsets + np.array(beats, float)) - grid.time_at(onsets)
    ratios = np.log(np.array(RATIOS, float))
    paces = np.exp(evidence.pace[played])
    pace = (paces * reading.PACES).sum(axis=1) / paces.sum(axis=1) - np.log(spans)
    likely = -0.5 * ((pace[:, None] - ratios) / PACE_DEVIATION) ** 2
    gaps = np.log(_gaps(notes, staff) / np.array(beats, float))
    near = np.abs(gaps[:, None, None] - ratios[:, None] - VALUES) < 0.05
    values = np.exp(evidence.value[played][:, : len(VALUES)])
    likely += np.log((near * values[:, None, :]).sum(axis=2) + UNSEEN)
    sums = np.concatenate([np.zeros((1, len(RATIOS))), np.cumsum(likely, axis=0)])
    at = np.arange(len(notes))
    around = sums[np.minimum(at + AROUND + 1, len(notes))] - sums[np.maximum(at - AROUND, 0)]
    around[:, [ratio != 1 for ratio in RATIOS]] -= OTHERWISE
    nearest = around.argmax(axis=1).tolist()
    return tuple(beat * RATIOS[k] for beat, k in zip(beats, nearest, strict=True))


def _gaps(notes: Sequence[PlacedNote], staff: Sequence[int]) -> np.ndarray:
    """How long after each note the next one of its hand begins, in quarters (the last: a lot)."""
    gaps = np.full(len(notes), 1e3)
    for hand in set(staff):
        members = sorted((note.onset, i) for i, note in enumerate(notes) if staff[i] == hand)
        later = None
        following = None
        for onset, i in reversed(members):
            if later is None or onset < later:
                following, later = later, onset
            if following is not None:
                gaps[i] = float(following - onset)
    return gaps
