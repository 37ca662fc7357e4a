"""Positions of the notes of a written score, as classes of the note network's heads.

Each note has a beat of the grid and a class of its position in the beat (`heads.PHASES`).
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from engrave.listening import heads
from engrave.music.grid import Grid
from engrave.music.iterate import heads_in
from engrave.music.score import Measure, Score

PHASE_CLASS = {Fraction(p).limit_denominator(24): k for k, p in enumerate(heads.PHASES)}


@dataclass(frozen=True, slots=True)
class WrittenPositions:
    """Positions of the written notes: arrays over those that have a duration.

    `note` is the index of the first key press that is written there, `bar` and `beat` are indices
    into the bars and the beats of the grid, `phase` is a class of `heads`, `first` says whether the
    note stands on a barline, `upper` whether on the upper staff, `shared` whether its part has two
    of them. `numbers` are those of the bars on the page.
    """

    grid: Grid
    numbers: tuple[int, ...]
    note: np.ndarray
    bar: np.ndarray
    beat: np.ndarray
    phase: np.ndarray
    first: np.ndarray
    upper: np.ndarray
    shared: np.ndarray

    @classmethod
    def of(cls, score: Score, grid: Grid) -> "WrittenPositions":
        """The notes of a score as they were played, with repeats unfolded."""
        rows = [
            (
                *(note, bar, *_position_in_beat(grid.bars[bar].start + onset, grid)),
                *(onset == 0, staff == 1, part.staves == 2),
            )
            for part in score.parts
            for note, bar, onset, staff in _written(score.as_played(part))
        ]
        note, bar, beat, phase, first, upper, shared = np.array(rows, int).reshape(-1, 7).T
        numbers = tuple(measure.number for measure in score.as_played(score.parts[0]))
        first = (first == 1) & (np.array(numbers)[bar] > 0)  # no barline stands before a pickup
        return cls(grid, numbers, note, bar, beat, phase, first, upper == 1, shared == 1)


def _written(measures: Sequence[Measure]) -> Iterator[tuple[int, int, Fraction, int]]:
    """Key press, bar, position in it and staff of each note that begins there.

    What is written once and played twice counts for the first time.
    """
    seen: set[int] = set()
    for bar, measure in enumerate(measures):
        if measure.number in seen:
            continue
        seen.add(measure.number)
        for voice, chord, head in heads_in(measure):
            if head.played and not (chord.grace or head.tied_from):
                first = min((head.played[0], *head.folded))
                yield first, bar, chord.onset, voice.staff_of(chord)


def _position_in_beat(position: Fraction, grid: Grid) -> tuple[int, int]:
    """The beat of the grid in which a position lies, and its class of `heads.PHASES`."""
    k = min(max(bisect_right(grid.quarters, position) - 1, 0), len(grid.quarters) - 2)
    phase = (position - grid.quarters[k]) / (grid.quarters[k + 1] - grid.quarters[k])
    return k, PHASE_CLASS.get(phase, len(heads.PHASES))
