"""Candidate positions for pedal marks, with their times in the performance and their costs.

Programs that read a file lose marks that stand where nothing begins on the lower staff, unless
something can be made to begin there (`notation.pedal_marks`); and readers expect marks at notes: of
the lower staff rather than of the upper, and at these rather than at a silent eighth of the bar (E.
Gould, "Behind Bars", 2011).

Positions are quarter notes from the start of the first bar, times are seconds.
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

# Cost of a press, in seconds of wrong pedal, where a note begins on the upper staff only, and where
# none begins.
UPPER_STAFF_COST, SILENCE_COST = 0.02, 0.04
SILENCE_GRID = Fraction(1, 2)  # quarters between candidate positions in silence


@dataclass(frozen=True, slots=True, eq=False)
class MarkPositions:
    """Candidate positions for marks from the first note to the end of the last, in order.

    `quarters` are positions, `seconds` their times, `cost` is that of a press there in seconds of
    wrong pedal (infinite: not allowed).
    """

    quarters: tuple[Fraction, ...]
    seconds: np.ndarray
    cost: np.ndarray


def candidate_positions(
    performance: Performance, notes: Sequence[Note], grid: Grid
) -> MarkPositions:
    """The candidate positions for the marks of these notes; there is at least one note."""
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
    """Each candidate position with the cost of a press there."""
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
    """The performed time of each onset: the median of its notes (grace notes come before)."""
    played: dict[Fraction, list[float]] = {}
    for note in sorted(notes, key=lambda note: (note.onset, note.grace)):
        if not note.grace or note.onset not in played:
            played.setdefault(note.onset, []).append(performance.notes[note.played].onset)
    return {quarter: median(times) for quarter, times in played.items()}
