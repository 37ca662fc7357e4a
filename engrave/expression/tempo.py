"""Tempo marks: the one at the beginning; *rit.* and *a tempo* where the player slows down.

The tempo is that of the felt beat (a dotted quarter in 6/8, a half in 2/2): the median over the
opening, so that neither a free upbeat nor a closing ritardando moves it. It is rounded to the steps
of Maelzel's metronome, and the Italian word is the one printed beside that step on common
metronomes (the ranges differ a little from maker to maker).

Players slow down a little at every phrase; that needs no words. So a ritardando is written only
where each of its beats is longer than those before it in the piece, and the last is far longer,
more so the freer the whole is played; and not where the words would come often, for then it is a
matter of style. The close of the piece needs less, since there nothing else follows. (Gould,
*Behind Bars*, 2011, ch. 6; of how performers do it: Todd, *J. Acoust. Soc. Am.* 77, 1985.)

Positions are quarters from the start of the piece; tempi are seconds in a quarter.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from math import inf

import numpy as np

from engrave.music.grid import STRAIGHT, Bar, Grid
from engrave.music.marks import TempoMark, TempoWords
from engrave.music.note import Note
from engrave.music.values import NOTE_TYPES, NoteValue

OPENING_BARS = 32  # bars over which the tempo is measured; a shorter piece counts as a whole

# Maelzel's steps (40 to 208), continued with the same increments below and above.
METRONOME = (
    *range(10, 60, 2),
    *range(60, 72, 3),
    *range(72, 120, 4),
    *range(120, 144, 6),
    *range(144, 400, 8),
)

# The word for felt beats per minute up to, not including, the number.
TEMPO_WORDS: tuple[tuple[float, str], ...] = (
    (40, "Grave"),
    (52, "Largo"),
    (60, "Larghetto"),
    (72, "Adagio"),
    (92, "Andante"),
    (108, "Moderato"),
    (120, "Allegretto"),
    (152, "Allegro"),
    (176, "Vivace"),
    (200, "Presto"),
    (inf, "Prestissimo"),
)
SWING = "Swing"
EVEN_DEVIATION = 0.002  # relative difference of beats of equal length

BEATS_BEFORE = 16  # beats whose median is the reference tempo
# Beat duration relative to the reference, at least: of every beat of a ritardando, of its last.
SLOWER_RATIO, MUCH_SLOWER_RATIO = 1.15, 1.7
CLOSING_RATIO = 1.4  # the same for the longest beat at the close of the piece
LEAST_DEPARTURE = 3.0  # the last beat departs so many times further than nine in ten beats do
BACK_RATIO, BEATS_BACK = 1.12, 4  # at most, for the median of so many beats that follow
FEWEST_BEATS, MOST_BEATS = 2, 8  # beats of a ritardando
LEAST_BARS_PER_RITARDANDO = 16  # bars for each *rit.* of the piece, at least


def mark_tempo(grid: Grid) -> TempoMark:
    """The mark for the start of the piece, in beats of the first full bar's time signature."""
    bar = _first_full_bar(grid)
    per_minute = 60 / (_seconds_per_quarter(grid) * float(bar.beat_length))
    steps = np.array(METRONOME)
    step = int(steps[np.argmin(np.abs(np.log(steps / per_minute)))])
    whole = max(round(per_minute), METRONOME[0])
    if _is_even(grid) and abs(per_minute / whole - 1) < EVEN_DEVIATION:
        step = whole  # a tempo that was set by hand
    word = _look_up(TEMPO_WORDS, step) if grid.swing == STRAIGHT else SWING
    return TempoMark(Fraction(0), _note_value(bar.beat_length), step, word)


def _is_even(grid: Grid) -> bool:
    """Whether all beats of the opening have one length, as a machine counts them."""
    close = grid.bars[min(OPENING_BARS, len(grid.bars)) - 1].end
    quarter_seconds = [
        (t1 - t0) / float(q1 - q0)
        for (t0, q0), (t1, q1) in pairwise(zip(grid.times, grid.quarters, strict=True))
        if q0 < close
    ]
    return max(quarter_seconds) <= (1 + EVEN_DEVIATION) * min(quarter_seconds)


def _first_full_bar(grid: Grid) -> Bar:
    return next((bar for bar in grid.bars if bar.length == bar.full_length), grid.bars[0])


def _seconds_per_quarter(grid: Grid) -> float:
    """Median over the beats of the opening bars; a grid whose beats begin later counts whole."""
    close = grid.bars[min(OPENING_BARS, len(grid.bars)) - 1].end
    quarter_seconds = [
        ((t1 - t0) / float(q1 - q0), q0)
        for (t0, q0), (t1, q1) in pairwise(zip(grid.times, grid.quarters, strict=True))
    ]
    return float(
        np.median([p for p, q in quarter_seconds if q < close] or [p for p, _ in quarter_seconds])
    )


def _note_value(length: Fraction) -> NoteValue:
    """The plain or dotted note of this length in quarters."""
    values = (NoteValue(kind, dots) for kind in NOTE_TYPES for dots in (0, 1))
    return next(value for value in values if value.length == length)


def _look_up(table: tuple[tuple[float, str], ...], number: float) -> str:
    return next(word for limit, word in table if number < limit)


def mark_ritardandos(notes: Sequence[Note], grid: Grid) -> tuple[TempoWords, ...]:
    """The *rit.* and *a tempo* marks, each at a beat on which a note begins."""
    struck = {note.onset for note in notes if not note.grace}
    last = max(struck, default=Fraction(0))
    beats = [k for k, q in enumerate(grid.quarters) if 0 <= q <= last]
    if len(beats) < BEATS_BEFORE:
        return ()
    positions = [grid.quarters[k] for k in beats]
    slowness = _slowness(np.array([grid.times[k] for k in beats]), positions)
    later = slowness[BEATS_BEFORE:]
    free = 1 + LEAST_DEPARTURE * (float(np.quantile(later, 0.9)) - 1) if len(later) else 1
    inner = [
        words
        for words in _slowings(slowness, max(MUCH_SLOWER_RATIO, free))
        if positions[words[0]] in struck and positions[words[1]] in struck
    ]
    if len(inner) * LEAST_BARS_PER_RITARDANDO > len(grid.bars):
        inner = []
    found = [
        TempoWords(positions[k], words)
        for start, stop in inner
        for k, words in ((start, "rit."), (stop, "a tempo"))
    ]
    close = _close(slowness)
    if (
        close is not None
        and positions[close] in struck
        and all(w.onset < positions[close] for w in found)
    ):
        found.append(TempoWords(positions[close], "rit."))
    return tuple(found)


def _slowness(times: np.ndarray, positions: Sequence[Fraction]) -> np.ndarray:
    """Duration of each beat relative to the median of those before it."""
    quarter_seconds = np.diff(times) / np.diff([float(position) for position in positions])
    return np.array(
        [
            p / np.median(quarter_seconds[max(0, k - BEATS_BEFORE) : k] if k else p)
            for k, p in enumerate(quarter_seconds)
        ]
    )


def _slowings(slowness: np.ndarray, much: float) -> Iterator[tuple[int, int]]:
    """The first beat of each ritardando, and the beat with which the old tempo is back."""
    for start, stop in _runs(slowness):
        back = slowness[stop : stop + BEATS_BACK]
        back_again = len(back) == BEATS_BACK and float(np.median(back)) <= BACK_RATIO
        if start >= BEATS_BEFORE and slowness[stop - 1] >= much and back_again:
            yield start, stop


def _close(slowness: np.ndarray) -> int | None:
    """The first beat of a ritardando that leads to the last chord."""
    for start, stop in _runs(slowness):
        if stop == len(slowness) and slowness[start:].max() >= CLOSING_RATIO:
            return start
    return None


def _runs(slowness: np.ndarray) -> Iterator[tuple[int, int]]:
    """Consecutive beats that are all longer than those before, as (first, behind the last)."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], slowness >= SLOWER_RATIO, [0]])))
    for start, stop in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        if FEWEST_BEATS <= stop - start <= MOST_BEATS:
            yield start, stop
