"""*rit.* and *a tempo*: where the player clearly slows down, and goes on as before.

Players slow down a little at every phrase; that needs no words. So a slowing is written only where
each of its beats is longer than those before it in the piece, and the last is far longer, more so
the freer the whole is played; and not where the words would come often, for then it is the style.
The close of the piece needs less, since there nothing else follows. (Gould, *Behind Bars*, 2011,
ch. 6; of how performers do it: Todd, *J. Acoust. Soc. Am.* 77, 1985.)

Places are quarters from the start of the piece; pace is seconds in a quarter.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction

import numpy as np

from engrave.grid import Grid, PlacedNote
from engrave.score import TempoWords

BEFORE = 16  # beats whose median is the tempo from which the player departs
SLOWER, MUCH_SLOWER = 1.15, 1.7  # times as long: every beat of a slowing, and its last but
AT_CLOSE = 1.4  # this at the close of the piece
FREE = 3.0  # the last beat departs so many times further than nine in ten beats do
BACK, BEATS_BACK = 1.12, 4  # so many beats that follow have the old tempo again
FEWEST, MOST = 2, 8  # beats of a slowing
RARE = 16  # bars for each *rit.* of the piece, at least


def mark_ritenuto(notes: Sequence[PlacedNote], grid: Grid) -> tuple[TempoWords, ...]:
    """The words, each at a beat on which a note begins."""
    struck = {note.onset for note in notes if not note.grace}
    last = max(struck, default=Fraction(0))
    beats = [k for k, q in enumerate(grid.quarters) if 0 <= q <= last]
    if len(beats) < BEFORE:
        return ()
    places = [grid.quarters[k] for k in beats]
    slowness = _slowness(np.array([grid.times[k] for k in beats]), places)
    later = slowness[BEFORE:]
    free = 1 + FREE * (float(np.quantile(later, 0.9)) - 1) if len(later) else 1
    inner = [
        words
        for words in _slowings(slowness, max(MUCH_SLOWER, free))
        if places[words[0]] in struck and places[words[1]] in struck
    ]
    if len(inner) * RARE > len(grid.bars):
        inner = []
    found = [
        TempoWords(places[k], words)
        for start, stop in inner
        for k, words in ((start, "rit."), (stop, "a tempo"))
    ]
    close = _close(slowness)
    if (
        close is not None
        and places[close] in struck
        and all(w.onset < places[close] for w in found)
    ):
        found.append(TempoWords(places[close], "rit."))
    return tuple(found)


def _slowness(times: np.ndarray, places: Sequence[Fraction]) -> np.ndarray:
    """How many times longer each beat is than those before it."""
    pace = np.diff(times) / np.diff([float(place) for place in places])
    return np.array(
        [p / np.median(pace[max(0, k - BEFORE) : k] if k else p) for k, p in enumerate(pace)]
    )


def _slowings(slowness: np.ndarray, much: float) -> Iterator[tuple[int, int]]:
    """The first beat of each slowing, and the beat with which the old tempo is back."""
    for start, stop in _runs(slowness):
        back = slowness[stop : stop + BEATS_BACK]
        back_again = len(back) == BEATS_BACK and float(np.median(back)) <= BACK
        if start >= BEFORE and slowness[stop - 1] >= much and back_again:
            yield start, stop


def _close(slowness: np.ndarray) -> int | None:
    """The first beat of a slowing that leads to the last chord."""
    for start, stop in _runs(slowness):
        if stop == len(slowness) and slowness[start:].max() >= AT_CLOSE:
            return start
    return None


def _runs(slowness: np.ndarray) -> Iterator[tuple[int, int]]:
    """Beats in a row that are all longer than those before, as (first, behind the last)."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], slowness >= SLOWER, [0]])))
    for start, stop in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        if FEWEST <= stop - start <= MOST:
            yield start, stop
