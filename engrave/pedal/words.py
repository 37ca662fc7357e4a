"""Pedal words: *una corda* and *tre corde* for the soft pedal, *simile* for the sustain pedal.

The soft pedal is written where it holds for whole sections; otherwise it is a nuance of the
player's that has no place on the page: a press of a few bars is left out, and a short lift is
ignored. Where the sustain pedal does the same in bar after bar, two bars show how and the others
need not (E. Gould, "Behind Bars", 2011).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np

from engrave.music.grid import Grid
from engrave.music.note import Note, PedalSpan, PedalWord
from engrave.music.performance import Performance
from engrave.pedal.presses import PedalPress, down_intervals

SHORTEST_SECONDS = 3.0  # seconds between two words, at least: time to read them
# Bars for which the soft pedal is down, at least, and for which it is up.
SHORTEST_SECTION, SHORTEST_PAUSE = 4, 2
# Bars that show the pattern; the fewest bars alike for which *simile* is written.
SHOWN_BARS, FEWEST_ALIKE_BARS = 2, 4


def mark_soft_pedal(
    performance: Performance, notes: Sequence[Note], grid: Grid
) -> tuple[PedalWord, ...]:
    """*Una corda* and *tre corde* in turn, each at the nearest onset of the lower staff."""
    lower = [note for note in notes if note.staff == 2 and not note.grace]
    at = {performance.notes[note.played].onset: note.onset for note in lower}
    if not at:
        return ()
    last = max(note.release for note in performance.notes)
    words: list[PedalWord] = []
    for press in _sections(
        down_intervals(performance.soft, performance.notes[0].onset, last), grid
    ):
        start, stop = (
            at[min(at, key=lambda second: abs(second - time))] for time in (press.start, press.stop)
        )
        if start < stop and (not words or words[-1].quarter <= start):
            words.append(PedalWord(start, "una corda"))
            words += [PedalWord(stop, "tre corde")] if press.stop < last else []
    return tuple(words)


def _sections(presses: Iterable[PedalPress], grid: Grid) -> list[PedalPress]:
    """Sections with the soft pedal down: first joined by seconds, then by bars."""
    for seconds, bars_up, bars_down in (
        (SHORTEST_SECONDS, 0, 0),
        (0.0, SHORTEST_PAUSE, SHORTEST_SECTION),
    ):
        joined: list[PedalPress] = []
        for press in presses:
            if joined and not _lasts(joined[-1].stop, press.start, seconds, bars_up, grid):
                joined[-1] = PedalPress(joined[-1].start, press.stop)
            else:
                joined.append(press)
        presses = [p for p in joined if _lasts(p.start, p.stop, seconds, bars_down, grid)]
    return list(presses)


def _lasts(start: float, stop: float, seconds: float, bars: int, grid: Grid) -> bool:
    """Whether the time from `start` to `stop` is at least so many seconds and so many bars."""
    lines = [*(float(bar.start) for bar in grid.bars), float(grid.bars[-1].end)]
    positions = np.interp(grid.quarter_at(np.array([start, stop])), lines, np.arange(len(lines)))
    return stop - start >= seconds and bool(positions[1] - positions[0] >= bars)


@dataclass(frozen=True, slots=True)
class Abbreviated:
    """Pedal spans, of which not all are shown, and the positions of *simile*."""

    spans: tuple[PedalSpan, ...]
    words: tuple[PedalWord, ...]


def abbreviate(spans: Sequence[PedalSpan], grid: Grid) -> Abbreviated:
    """Show only the first bars of a repeated pedal pattern, and write *simile* after them."""
    by_bar: list[list[PedalSpan]] = [[] for _ in grid.bars]
    for span in spans:
        by_bar[grid.bar_at(span.start)].append(span)
    patterns = [
        (bar.length, tuple((s.start - bar.start, s.stop - bar.start) for s in inside))
        for bar, inside in zip(grid.bars, by_bar, strict=True)
    ]
    kept: list[PedalSpan] = []
    words: list[PedalWord] = []
    for (_, pattern), group in groupby(range(len(patterns)), key=patterns.__getitem__):
        bars = list(group)
        hidden = bars[SHOWN_BARS:] if pattern and len(bars) >= FEWEST_ALIKE_BARS else []
        if hidden:
            words.append(PedalWord(by_bar[hidden[0]][0].start, "simile"))
        for k in bars:
            kept.extend(replace(span, shown=k not in hidden) for span in by_bar[k])
    return Abbreviated(tuple(kept), tuple(words))
