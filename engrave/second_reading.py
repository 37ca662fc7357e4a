"""The second reading: what each note is on the page, now that beat and bars are known.

The learned reader of `listen` hears a performance in seconds. Here another small network is told
where each note stands in its bar, on which staff, and how long its key was held beside the next
notes of the hand (`placed_features`); it answers how long the note is written, and in which voice.

Places are in quarter notes.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from engrave import reading
from engrave.grid import Grid, PlacedNote
from engrave.listen import WEIGHTS, Evidence, read_places
from engrave.performance import Performance
from engrave.placed_features import Places, describe_places

FIRST = 0.4  # share of the first reading in the voices
UNREAD = {name: np.full(count, -np.log(count)) for name, count in reading.PLACED_HEADS.items()}


@dataclass(frozen=True, slots=True)
class PlacedEvidence:
    """Log probabilities of the classes of `reading.PLACED_HEADS`; the first axis is the note.

    Of grace notes nothing is known: all is equally likely.
    """

    voice: np.ndarray
    value: np.ndarray
    fills: np.ndarray


def read_again(
    performance: Performance,
    notes: Sequence[PlacedNote],
    staff: Sequence[int],
    grid: Grid,
    evidence: Evidence,
    weights: str = WEIGHTS[0],
) -> PlacedEvidence:
    """What each of the placed notes looks like; `staff` counts over all players, two for each."""
    said = {name: np.tile(row, (len(notes), 1)) for name, row in UNREAD.items()}
    for player in sorted({(number - 1) // 2 for number in staff}):
        members = sorted(
            (i for i, note in enumerate(notes) if not note.grace and (staff[i] - 1) // 2 == player),
            key=lambda i: (notes[i].onset, notes[i].pitch),
        )
        if members:
            rows = describe_places(_places(performance, notes, staff, grid, members))
            parts = reading.split(read_places(rows, weights), reading.PLACED_HEADS)
            for name, part in parts.items():
                said[name][members] = part
    said["voice"] += FIRST * (evidence.voice[[note.played for note in notes]] - said["voice"])
    return PlacedEvidence(**said)


def _places(
    performance: Performance,
    notes: Sequence[PlacedNote],
    staff: Sequence[int],
    grid: Grid,
    members: Iterable[int],
) -> Places:
    first = grid.bars[0]
    columns = []
    for i in members:
        note = notes[i]
        k = grid.bar_at(note.onset)
        bar = grid.bars[k]
        skipped = first.full_length - first.length if k == 0 else 0
        columns.append(
            (
                *(note.onset, note.end, note.pitch, performance.notes[note.played].velocity),
                *(staff[i] % 2, bar.beat_length, note.onset - bar.start + skipped),
                *(bar.full_length, bar.compound),
            )
        )
    onset, end, pitch, velocity, upper, beat, place, bar, triple = np.array(columns, float).T
    pace = grid.time_at(onset + beat / 2) - grid.time_at(onset - beat / 2)
    return Places(onset, end, pitch, velocity, upper == 1, beat, place, bar, triple == 1, pace)
