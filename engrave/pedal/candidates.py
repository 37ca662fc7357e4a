"""Where a mark of the pedal may stand, and when what is written there was played.

Programs that read a page lose marks that stand where nothing begins on the lower staff or can be
made to (`notation.pedal_marks`); and a reader wants them at notes: rather of the lower staff than
of the upper, and rather at these than at a silent eighth of the bar (E. Gould, "Behind Bars",
2011).

Places are quarter notes from the start of the first bar, times are seconds.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from statistics import median

import numpy as np

from engrave.music.grid import Grid
from engrave.music.note import Note
from engrave.music.performance import Performance
from engrave.notation.pedal_marks import can_be_anchored

# What a press costs, in seconds of false pedal, where only the upper staff begins a note; where
# none does.
UPPER_STAFF_COST, SILENCE_COST = 0.02, 0.04
SILENCE_GRID = Fraction(1, 2)  # quarters between the places of a bar at which silence may be marked


@dataclass(frozen=True, slots=True, eq=False)
class MarkPositions:
    """The places for marks from the first note to the end of the last, in order.

    `cost` is what it costs to press there (infinite: nobody does).
    """

    quarters: tuple[Fraction, ...]
    seconds: np.ndarray
    cost: np.ndarray


def candidate_positions(
    performance: Performance, notes: Sequence[Note], grid: Grid
) -> MarkPositions:
    """The places for the marks of these notes; there is at least one note."""
    costs = _costs(notes, grid)
    first = min(note.onset for note in notes)
    last = max(max(note.end for note in notes), first + SILENCE_GRID)
    quarters = sorted(costs, key=float)
    quarters = quarters[bisect_left(quarters, first) : bisect_left(quarters, last) + 1]
    elapsed = grid.time_at(np.array(quarters, float)).tolist()
    played = _played_at(performance, notes)
    seconds = [played.get(q, second) for q, second in zip(quarters, elapsed, strict=True)]
    cost = np.array([costs[q] for q in quarters])
    return MarkPositions(tuple(quarters), np.maximum.accumulate(seconds), cost)


def _costs(notes: Sequence[Note], grid: Grid) -> dict[Fraction, float]:
    """The places for marks, each with what it costs to press there."""
    costs: dict[Fraction, float] = {}
    for bar in grid.bars:
        for k in range(int(bar.length / SILENCE_GRID) + 1):
            costs[bar.start + k * SILENCE_GRID] = SILENCE_COST
    costs[grid.bars[-1].end] = np.inf
    lower = [note for note in notes if note.staff == 2]
    for note in lower:
        costs.setdefault(note.end, SILENCE_COST)
    onsets = {note.onset for note in lower}
    upper = list({note.onset for note in notes} - onsets)
    starts = np.array([bar.start for bar in grid.bars], float)
    bars = np.searchsorted(starts, np.array(upper, float), side="right") - 1
    for onset, bar in zip(upper, bars.tolist(), strict=True):
        if can_be_anchored(onset - grid.bars[bar].start):
            costs[onset] = UPPER_STAFF_COST
    return costs | dict.fromkeys(onsets, 0.0)


def _played_at(performance: Performance, notes: Sequence[Note]) -> dict[Fraction, float]:
    """When what is written at each onset was played: its middle note (grace notes come before)."""
    played: dict[Fraction, list[float]] = {}
    for note in sorted(notes, key=lambda note: (note.onset, note.grace)):
        if not note.grace or note.onset not in played:
            played.setdefault(note.onset, []).append(performance.notes[note.played].onset)
    return {quarter: median(times) for quarter, times in played.items()}
