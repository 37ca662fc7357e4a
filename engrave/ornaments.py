"""Which played notes an engraver writes as ornaments: trills, turns, mordents and their like.

A player presses many keys where the page has one note with a sign. What may be an ornament is a
matter of figure and speed (Gould, *Behind Bars*, 2011, ch. 5; C. P. E. Bach, *Versuch*, 1753,
ch. 2): a trill (`trills`) alternates between a note and the one a tone or semitone above it, a turn
goes around its note, a mordent to a neighbour and back; grace notes (`graces`), rolled chords
(`rolls`), tremolos (`tremolos`) and glissandos (`glissandos`) have rooms of their own. Runs look
alike, so the figure alone is not enough: it is about as fast as the 32nds of the pace around it, or
faster, and rests on its last note; or the learned reader is sure of it. In doubt the notes are
written.

Times are seconds, intervals semitones; evidence is log odds.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from engrave.glissandos import find_glissandos
from engrave.graces import find_graces
from engrave.grid import Grid
from engrave.listen import Evidence
from engrave.performance import Performance, PlayedNote
from engrave.rolls import find_rolls, struck_beside
from engrave.score import OrnamentKind
from engrave.tremolos import Tremolo, find_tremolos
from engrave.trills import QUICKEST, SLOWEST, find_trills, thirty_second

WIDEST = 2  # from the note to its neighbour
FIGURE_EVIDENCE = 0.0  # the reader's log odds of a trill, turn or mordent at one of its presses
BRUSHED = 0.6  # of the force of the first or last press: what is softer was touched in passing
FIGURE_PACE = 1.2  # 32nds: so long is a step at most if the reader is not sure


@dataclass(frozen=True, slots=True)
class _Figure:
    """Quick presses above (1), on (0) and below a note (-1), the last of which is held longest.

    If the reader is not sure, a step lasts `slowest` seconds at most, the last press is held
    `rests` times as long as any other at least, and the press before all is `entry` steps away.
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


@dataclass(frozen=True, slots=True)
class Ornament:
    """A sign on one written note, and the key presses (indices) that it stands for.

    The written note is the press `main`; `folded` are the others. It sounds from `onset` to
    `release` (seconds), from the first press of all to when the last of them was let go.
    """

    kind: OrnamentKind
    main: int
    folded: tuple[int, ...]
    onset: float
    release: float


@dataclass(frozen=True, slots=True)
class Ornaments:
    """The ornaments of a performance; every key press is in one of them at most.

    `graces` are single presses written small, `rolled` the presses of each chord that takes the
    arpeggio sign, low to high; those `beside` have no sign of their own: the bass that one hand
    strikes where the other begins to roll. `tremolos` have a bar each. Of the presses of each of
    `glissandos` the first and the last are written.
    """

    graces: frozenset[int] = frozenset()
    signs: tuple[Ornament, ...] = ()
    rolled: tuple[tuple[int, ...], ...] = ()
    beside: frozenset[int] = frozenset()
    tremolos: tuple[Tremolo, ...] = ()
    glissandos: tuple[tuple[int, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Folded:
    """A performance as it is written: ornamented notes at full length, rolled chords at once.

    `kept` are the indices that its notes have in the whole performance; `graces` are the grace
    notes, counted in the new one.
    """

    performance: Performance
    kept: tuple[int, ...]
    graces: frozenset[int]


def find_ornaments(
    performance: Performance, staff: Sequence[int], evidence: Evidence, grid: Grid
) -> Ornaments:
    """The ornaments of a performance; `staff` is the hand of each note."""
    notes = performance.notes
    signs: list[Ornament] = []
    graces: set[int] = set()
    tremolos: list[Tremolo] = []
    glissandos: list[tuple[int, ...]] = []
    for hand in sorted(set(staff)):
        left = [i for i, s in enumerate(staff) if s == hand]
        swept = list(find_glissandos(notes, left))
        left = _without(left, {i for run in swept for i in run})
        found = list(find_tremolos(notes, left, grid))
        left = _without(left, {i for tremolo in found for i in tremolo.presses})
        trills = list(_trills(notes, left, evidence, grid))
        left = _without(left, _presses(trills))
        turns = list(_figures(notes, left, TURNS, evidence, grid))
        left = _without(left, _presses(turns))
        mordents = list(_figures(notes, left, MORDENTS, evidence, grid))
        left = _without(left, _presses(mordents))
        glissandos += swept
        tremolos += found
        signs += [*trills, *turns, *mordents]
        graces |= find_graces(notes, left, evidence)
    several = {i for tremolo in tremolos for i in tremolo.presses}
    several |= {i for run in glissandos for i in run}
    written = _without(range(len(notes)), _presses(signs) | graces | several)
    players = [
        [i for i in written if notes[i].player == k] for k in range(len(performance.players))
    ]
    rolled = tuple(roll for left in players for roll in find_rolls(notes, left, evidence))
    return Ornaments(
        frozenset(graces),
        tuple(sorted(signs, key=lambda sign: sign.main)),
        rolled,
        frozenset(i for roll in rolled for i in struck_beside(notes, roll, staff)),
        tuple(tremolos),
        tuple(glissandos),
    )


def _presses(signs: Iterable[Ornament]) -> set[int]:
    return {i for sign in signs for i in (sign.main, *sign.folded)}


def _without(indices: Iterable[int], taken: set[int]) -> list[int]:
    return [i for i in indices if i not in taken]


def fold(performance: Performance, ornaments: Ornaments) -> Folded:
    """Each sign as one note from its first press to its end, each rolled chord as of one moment.

    That is the mean of its onsets, where listeners who mark the beats put theirs too. Of a tremolo
    only the first chord is left, from beat to beat; of a glissando the first key, held up to the
    last, and this.
    """
    notes = performance.notes
    lasting = {sign.main: (sign.onset, sign.release) for sign in ornaments.signs}
    lasting |= {i: (t.onset, t.release) for t in ornaments.tremolos for i in t.chords[0]}
    lasting |= {a: (notes[a].onset, notes[b].onset) for a, *_, b in ornaments.glissandos}
    struck: dict[int, float] = {}
    for chord in ornaments.rolled:
        struck |= dict.fromkeys(chord, sum(notes[i].onset for i in chord) / len(chord))
    folded = {i for sign in ornaments.signs for i in sign.folded}
    folded |= {i for t in ornaments.tremolos for i in t.presses if i not in t.chords[0]}
    folded |= {i for run in ornaments.glissandos for i in run[1:-1]}
    presses = [
        (_as_written(replace(note, onset=struck.get(i, note.onset)), lasting.get(i)), i)
        for i, note in enumerate(notes)
        if i not in folded
    ]
    presses.sort(key=lambda press: (press[0].onset, press[0].pitch))
    kept = tuple(i for _, i in presses)
    place = {i: k for k, i in enumerate(kept)}
    return Folded(
        replace(performance, notes=tuple(note for note, _ in presses)),
        kept,
        frozenset(place[i] for i in ornaments.graces),
    )


def _as_written(note: PlayedNote, lasting: tuple[float, float] | None) -> PlayedNote:
    return note if lasting is None else replace(note, onset=lasting[0], release=lasting[1])


def _trills(
    notes: Sequence[PlayedNote], hand: Sequence[int], evidence: Evidence, grid: Grid
) -> Iterator[Ornament]:
    """Trills of one hand: the lower of the two notes is the written one."""
    for run in find_trills(notes, hand, evidence, grid):
        lower = min(notes[i].pitch for i in run[:2])
        yield _ornament(notes, run, "trill", next(i for i in run if notes[i].pitch == lower))


def _ornament(
    notes: Sequence[PlayedNote], run: Sequence[int], kind: OrnamentKind, main: int
) -> Ornament:
    release = max(notes[i].release for i in run)
    folded = tuple(i for i in run if i != main)
    return Ornament(kind, main, folded, notes[run[0]].onset, release)


def _figures(
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
            if not _goes(notes, run, figure.shape):
                continue
            entry = notes[run[0]].onset - notes[hand[k - 1]].onset if k else np.inf
            sure = trill[run].max() > FIGURE_EVIDENCE
            if sure or _stands_out(notes, run, figure, entry, grid):
                yield _ornament(notes, run, figure.kind, run[figure.shape.index(0)])
                k += len(run) - 1
                break
        k += 1


def _goes(notes: Sequence[PlayedNote], run: list[int], shape: tuple[int, ...]) -> bool:
    """Whether quick presses go around a note as `shape` says, the last held longest."""
    if len(run) < len(shape):
        return False
    centre = notes[run[shape.index(0)]].pitch
    away = [notes[i].pitch - centre for i in run]
    steps = np.diff([notes[i].onset for i in run])
    held = _held(notes, run)
    first, *inner, last = (notes[i].velocity for i in run)
    return bool(
        all(np.sign(a) == s and abs(a) <= WIDEST for a, s in zip(away, shape, strict=True))
        and min(steps) >= QUICKEST
        and max(steps) <= SLOWEST
        and held[-1] >= max(held)
        and min(inner) >= BRUSHED * max(first, last)
    )


def _stands_out(
    notes: Sequence[PlayedNote], run: Sequence[int], figure: _Figure, entry: float, grid: Grid
) -> bool:
    """Whether a run is quick as its figure is, rests on its last note, and begins afresh.

    `entry` is the time since the press before it.
    """
    *quick, last = _held(notes, run)
    onset = notes[run[0]].onset
    step = (notes[run[-1]].onset - onset) / len(quick)
    slowest = min(figure.slowest, FIGURE_PACE * thirty_second(grid, onset))
    return last >= figure.rests * max(quick) and step < slowest and entry >= figure.entry * step


def _held(notes: Sequence[PlayedNote], run: Sequence[int]) -> list[float]:
    return [notes[i].release - notes[i].onset for i in run]
