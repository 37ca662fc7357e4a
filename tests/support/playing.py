"""Playing for tests: key presses in a line, grids of even beats, and how well beats are found."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np

from engrave.music.grid import Bar, Grid
from engrave.music.performance import LEFT, RIGHT, Performance, PlayedNote


def press(
    onset: float, pitch: int = 60, held: float | None = None, velocity: int = 64
) -> PlayedNote:
    """One key press at `onset`, held for so many seconds (0.3 if not said)."""
    return PlayedNote(float(onset), float(onset + (0.3 if held is None else held)), pitch, velocity)


def play(notes: Iterable[PlayedNote]) -> Performance:
    return Performance(tuple(sorted(notes, key=lambda note: (note.onset, note.pitch))))


def with_hands(performance: Performance) -> Performance:
    """Played by the right hand from middle C on, and by the left one below."""
    notes = (replace(n, hand=RIGHT if n.pitch >= 60 else LEFT) for n in performance.notes)
    return replace(performance, notes=tuple(notes))


def even_grid(
    beats: int, beat_type: int, bars: int = 4, seconds: float = 0.5, pickup: int = 0
) -> Grid:
    """Full bars of felt beats of so many seconds from 0 on, after a pickup of `pickup` beats."""
    full = Fraction(4 * beats, beat_type)
    unit = Bar(Fraction(0), full, beats, beat_type).beat_length
    lengths = [unit * pickup] * bool(pickup) + [full] * bars
    starts = [sum(lengths[:i], Fraction(0)) for i in range(len(lengths))]
    laid = tuple(Bar(s, n, beats, beat_type) for s, n in zip(starts, lengths, strict=True))
    count = int(laid[-1].end / unit) + 1
    return Grid(
        tuple(seconds * i for i in range(count)), tuple(unit * i for i in range(count)), laid
    )


def beat_f_measure(true: Sequence[float], found: Sequence[float], window: float = 0.07) -> float:
    """Harmonic mean of recall and precision; a beat is found within `window` seconds, only once."""
    times, left = np.asarray(true), list(found)
    for time in times:
        near = [t for t in left if abs(t - time) <= window]
        if near:
            left.remove(min(near, key=lambda t: abs(t - time)))
    hits = len(found) - len(left)
    return 2 * hits / (len(times) + len(found))
