"""A performance laid on its score, for measuring.

A chord's time is the mean of its onsets; the score's clock is linear between chords. Units:
seconds, positions in 10080ths of a quarter.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from engrave.music.performance import PEDAL_DOWN
from training.player.chords import is_low
from training.player.habits import Array
from training.player.ornaments import MORDENT, TRILL, TURN
from training.player.tempo_curve import GRACE, BeatGrid, beat_grid

ORNAMENTED = GRACE | TRILL | MORDENT | TURN


@dataclass(frozen=True, slots=True)
class Aligned:
    """A performance with its score: main notes by place and pitch, and the chords' times."""

    notes: Array  # matched, without grace notes
    grace: Array
    added: Array
    omitted: Array
    low: Array
    chord: Array  # index into position and time, for each note
    position: Array
    time: Array
    grid: BeatGrid
    presses: Array  # rows of seconds down, seconds up, depth: sustain pedal

    def at(self, position: Array) -> Array:
        """Seconds of positions in the score, linear between the beats."""
        return np.interp(position, self.position, self.time)


def aligned(row: Mapping[str, Any]) -> Aligned:
    """A row of `training.data.corpora.performances`, with chords out of order left out."""
    notes = row["notes"]
    matched = notes[notes["matched"]]
    matched = matched[np.lexsort((matched["pitch"], matched["score_onset"]))]
    main = matched[(matched["flags"] & GRACE == 0) & (matched["duration"] > 0)]
    position, chord = np.unique(main["score_onset"], return_inverse=True)
    time = np.bincount(chord, main["onset"]) / np.bincount(chord)
    # Whoever stands before an earlier or after a later neighbour is an error of the alignment.
    good = (time >= np.maximum.accumulate(time)) & (time <= np.minimum.accumulate(time[::-1])[::-1])
    kept = good[chord]
    main, chord = main[kept], (np.cumsum(good) - 1)[chord[kept]]
    return Aligned(
        notes=main,
        grace=matched[matched["flags"] & GRACE > 0],
        added=notes[~notes["matched"]],
        omitted=row["omitted"],
        low=is_low(main),
        chord=chord,
        position=position[good],
        time=time[good],
        grid=beat_grid(main),
        presses=pedal_presses(row["pedals"], float(notes["onset"][-1])),
    )


def pedal_presses(moves: Array, stop: float) -> Array:
    """Rows (seconds down, seconds up, deepest value) of the sustain pedal."""
    moves = moves[~moves["soft"]]
    down = moves["value"] >= PEDAL_DOWN
    edge = np.diff(np.concatenate([[0], down.astype(int), [0]]))
    first, after = np.flatnonzero(edge == 1), np.flatnonzero(edge == -1)
    time = np.append(moves["time"], max(stop, moves["time"][-1] if len(moves) else 0.0))
    depth = [moves["value"][a:b].max() for a, b in zip(first, after, strict=True)]
    return np.column_stack([time[first], time[after], np.array(depth, float)])


def half_square(values: Array, lag: int) -> float:
    """The variogram: half the mean square of differences over `lag` steps; nan if there is none."""
    squares = (values[lag:] - values[:-lag]) ** 2
    squares = squares[np.isfinite(squares)]
    return float(np.mean(squares)) / 2 if len(squares) else float("nan")


def scale(values: Array) -> float:
    """The standard deviation, as half of the values within the quartiles tell it."""
    return float(1.4826 * np.median(np.abs(values - np.median(values))))


def extent(values: Array, group: Array) -> Array:
    """Largest minus smallest value of each group of two or more."""
    order = np.lexsort((values, group))
    starts = np.flatnonzero(np.append(True, np.diff(group[order]) > 0))
    stops = np.append(starts[1:], len(order)) - 1
    many = stops > starts
    extents: Array = values[order][stops[many]] - values[order][starts[many]]
    return extents
