"""Additive meters: where bars of five and seven beats divide, 3 + 2 or 2 + 3, 4 + 3 or 3 + 4.

The time signature does not say it, the performance does: long notes, bass notes and loud notes
begin where a part of the bar does (Lerdahl and Jackendoff, *A Generative Theory of Tonal Music*,
1983, ch. 4: the rules of length, bass and stress). So the weights of both positions are compared
over all bars that follow one another in one time signature; in doubt the greater part comes first.

Positions and durations are quarter notes.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import groupby, pairwise

from engrave.music.grid import Bar, Grid
from engrave.music.note import Note
from engrave.music.performance import PlayedNote

ADDITIVE_BEATS = (5, 7)  # beats in a bar that divides into unequal parts
# Ratio of the weights from which on the lesser part comes first.
LEAST_WEIGHT_RATIO = 1.25


def group_beats_of_bars(notes: Sequence[Note], played: Sequence[PlayedNote], grid: Grid) -> Grid:
    """The grid, with the bars divided as the notes suggest."""
    weights = _weights(notes, played)
    bars: list[Bar] = []
    for (beats, _), run in groupby(grid.bars, key=lambda bar: (bar.beats, bar.beat_type)):
        alike = list(run)
        short_group_first = beats in ADDITIVE_BEATS and _short_group_first(alike, weights)
        bars += [replace(bar, short_group_first=short_group_first) for bar in alike]
    return replace(grid, bars=tuple(bars))


def _short_group_first(bars: Sequence[Bar], weights: dict[Fraction, float]) -> bool:
    late, early = (
        sum(weights.get(bar.end - bar.full_length + bar.division, 0.0) for bar in way)
        for way in (bars, [replace(bar, short_group_first=True) for bar in bars])
    )
    return early > LEAST_WEIGHT_RATIO * late


def _weights(notes: Sequence[Note], played: Sequence[PlayedNote]) -> dict[Fraction, float]:
    """Weight of each position: for each note that begins there its length times its velocity.

    A note counts until the next one of its hand, however soon the key was released.
    """
    weights: dict[Fraction, float] = defaultdict(float)
    for own in sorted({(note.part, note.hand) for note in notes}):
        line = [note for note in notes if (note.part, note.hand) == own and not note.grace]
        positions = sorted({note.onset for note in line})
        until = dict(pairwise(positions))
        for note in line:
            length = until.get(note.onset, note.end) - note.onset
            weights[note.onset] += float(length) * played[note.played].velocity
    return weights
