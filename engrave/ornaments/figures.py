"""Turns and mordents: quick figures around a note.

Times are seconds, intervals semitones; evidence is log odds.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from engrave.listening.evidence import Evidence
from engrave.music.grid import Grid
from engrave.music.note import Ornament
from engrave.music.performance import PlayedNote
from engrave.music.score import OrnamentKind
from engrave.ornaments.trills import QUICKEST, SLOWEST, thirty_second

WIDEST_STEP = 2  # semitones from the note to its neighbour
# log odds by the note network of a trill, turn or mordent at one of its presses
FIGURE_EVIDENCE = 0.0
# Of the velocity of the first or last press: a softer key was touched by accident.
BRUSHED_SHARE = 0.6
LONGEST_UNSURE_STEP = 1.2  # 32nds: longest step without evidence from the note network


@dataclass(frozen=True, slots=True)
class _Figure:
    """Quick presses above (1), on (0) and below a note (-1), the last of which is held longest.

    Without evidence from the note network, a step lasts `slowest` seconds at most, the last press
    is held at least `rests` times as long as any other, and the press before is `entry` steps away.
    """

    kind: OrnamentKind
    shape: tuple[int, ...]
    slowest: float = SLOWEST
    rests: float = 1.5
    entry: float = 0.0


# In 91 performances of the (n)ASAP data set 97 of 102 such turns are not written out, and 78 of 87
# such mordents.
TURNS = (_Figure("turn", (0, 1, 0, -1, 0)), _Figure("turn", (1, 0, -1, 0)))
MORDENTS = (
    _Figure("inverted-mordent", (0, 1, 0), slowest=0.1, rests=2.0, entry=1.5),
    _Figure("mordent", (0, -1, 0), slowest=0.1, rests=2.0, entry=1.5),
)


def ornament(
    notes: Sequence[PlayedNote], run: Sequence[int], kind: OrnamentKind, main: int
) -> Ornament:
    """The ornament of a run of key presses of which `main` stays on the page."""
    release = max(notes[i].release for i in run)
    folded = tuple(i for i in run if i != main)
    return Ornament(kind, main, folded, notes[run[0]].onset, release)


def find_figures(
    notes: Sequence[PlayedNote],
    hand: Sequence[int],
    figures: Sequence[_Figure],
    evidence: Evidence,
    grid: Grid,
) -> Iterator[Ornament]:
    """Figures around a note whose first press is the written one; no press is in two of them."""
    trill = evidence.flag("trill")
    k = 0
    while k < len(hand):
        for figure in figures:
            run = list(hand[k : k + len(figure.shape)])
            if not _has_shape(notes, run, figure.shape):
                continue
            entry = notes[run[0]].onset - notes[hand[k - 1]].onset if k else np.inf
            sure = trill[run].max() > FIGURE_EVIDENCE
            if sure or _stands_out(notes, run, figure, entry, grid):
                yield ornament(notes, run, figure.kind, run[figure.shape.index(0)])
                k += len(run) - 1
                break
        k += 1


def _has_shape(notes: Sequence[PlayedNote], run: list[int], shape: tuple[int, ...]) -> bool:
    """Whether quick presses go around a note as `shape` says, the last held longest."""
    if len(run) < len(shape):
        return False
    centre = notes[run[shape.index(0)]].pitch
    away = [notes[i].pitch - centre for i in run]
    steps = np.diff([notes[i].onset for i in run])
    held = _held(notes, run)
    first, *inner, last = (notes[i].velocity for i in run)
    return bool(
        all(np.sign(a) == s and abs(a) <= WIDEST_STEP for a, s in zip(away, shape, strict=True))
        and min(steps) >= QUICKEST
        and max(steps) <= SLOWEST
        and held[-1] >= max(held)
        and min(inner) >= BRUSHED_SHARE * max(first, last)
    )


def _stands_out(
    notes: Sequence[PlayedNote], run: Sequence[int], figure: _Figure, entry: float, grid: Grid
) -> bool:
    """Whether a run is quick as its figure is, rests on its last note, and begins afresh.

    `entry` is the time in seconds since the press before it.
    """
    *quick, last = _held(notes, run)
    onset = notes[run[0]].onset
    step = (notes[run[-1]].onset - onset) / len(quick)
    slowest = min(figure.slowest, LONGEST_UNSURE_STEP * thirty_second(grid, onset))
    return last >= figure.rests * max(quick) and step < slowest and entry >= figure.entry * step


def _held(notes: Sequence[PlayedNote], run: Sequence[int]) -> list[float]:
    return [notes[i].release - notes[i].onset for i in run]
