"""Tempo mark: how fast the music begins.

The tempo is that of the felt beat (a dotted quarter in 6/8, a half in 2/2): the median over the
opening, so that neither an upbeat taken freely nor a closing ritardando moves it. It is rounded
to the steps of Maelzel's metronome, and the Italian word is the one printed beside that step on
common metronomes (the ranges differ a little from maker to maker).
"""

from fractions import Fraction
from itertools import pairwise
from math import inf

import numpy as np

from engrave.grid import EVEN, Bar, Grid
from engrave.score import NOTE_TYPES, NoteValue, TempoMark

OPENING_BARS = 32  # the tempo mark speaks for these; a shorter piece counts as a whole

# Maelzel's steps (40 to 208), carried on with the same stride below and above.
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
EVENLY = 0.002  # share by which beats of one length may differ


def tempo_mark(grid: Grid) -> TempoMark:
    """The mark for the start of the piece, in beats of the first full bar's time signature."""
    bar = _first_full_bar(grid)
    per_minute = 60 / (_seconds_per_quarter(grid) * float(bar.beat_length))
    steps = np.array(METRONOME)
    step = int(steps[np.argmin(np.abs(np.log(steps / per_minute)))])
    whole = max(round(per_minute), METRONOME[0])
    if _is_even(grid) and abs(per_minute / whole - 1) < EVENLY:
        step = whole  # somebody set it
    word = _look_up(TEMPO_WORDS, step) if grid.swing == EVEN else SWING
    return TempoMark(Fraction(0), _note_value(bar.beat_length), step, word)


def _is_even(grid: Grid) -> bool:
    """Whether all beats of the opening are of one length, as a machine counts them."""
    close = grid.bars[min(OPENING_BARS, len(grid.bars)) - 1].end
    paces = [
        (t1 - t0) / float(q1 - q0)
        for (t0, q0), (t1, q1) in pairwise(zip(grid.times, grid.quarters, strict=True))
        if q0 < close
    ]
    return max(paces) <= (1 + EVENLY) * min(paces)


def _first_full_bar(grid: Grid) -> Bar:
    return next((bar for bar in grid.bars if bar.length == bar.full_length), grid.bars[0])


def _seconds_per_quarter(grid: Grid) -> float:
    """Median over the beats of the opening bars; a grid whose beats begin later counts whole."""
    close = grid.bars[min(OPENING_BARS, len(grid.bars)) - 1].end
    pace = [
        ((t1 - t0) / float(q1 - q0), q0)
        for (t0, q0), (t1, q1) in pairwise(zip(grid.times, grid.quarters, strict=True))
    ]
    return float(np.median([p for p, q in pace if q < close] or [p for p, _ in pace]))


def _note_value(length: Fraction) -> NoteValue:
    """The plain or dotted note of this length in quarters."""
    values = (NoteValue(kind, dots) for kind in NOTE_TYPES for dots in (0, 1))
    return next(value for value in values if value.length == length)


def _look_up(table: tuple[tuple[float, str], ...], number: float) -> str:
    return next(word for limit, word in table if number < limit)
