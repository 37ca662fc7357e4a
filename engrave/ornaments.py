"""Which played notes an engraver writes as ornaments: trills, turns, mordents and their like.

A player presses many keys where the page has one note with a sign. What may be an ornament is a
matter of figure and speed (Gould, *Behind Bars*, 2011, ch. 5; C. P. E. Bach, *Versuch*, 1753,
ch. 2): a trill (`trills`) alternates between a note and the one a tone or semitone above it, a turn
goes around its note; grace notes (`graces`), rolled chords (`rolls`), tremolos (`tremolos`) and
glissandos (`glissandos`) have rooms of their own. Runs look alike, so the figure alone is not
enough: it is about as fast as the 32nds of the pace around it, or faster, and rests on its last
note; or the learned reader is sure of it. In doubt the notes are written.

A mordent (note, neighbour, note) is written as two grace notes before its last press: MuseScore 3.2
loses the rest of a measure in which it reads a mordent sign.

Times are seconds, intervals semitones; evidence is log odds.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from engrave.glissandos import find_glissandos
from engrave.graces import find_graces
from engrave.grid import Grid
from engrave.listen import Evidence
from engrave.performance import Performance, PlayedNote
from engrave.rolls import find_rolls, struck_beside
from engrave.tremolos import Tremolo, find_tremolos
from engrave.trills import QUICKEST, SLOWEST, find_trills, thirty_second

# Turns and mordents: the last press is held longest. In 91 performances of the (n)ASAP data set 97
# of 102 turns that rest on their last note so long and go so fast are not written out there, and 53
# of 60 mordents, which must be faster still.
WIDEST = 2  # from the note to its neighbour
FIGURE_EVIDENCE = 0.0  # the reader's log odds of a trill, turn or mordent at one of its presses
RESTS = (
    1.5  # times as long as the others: so long is the last press held if the reader is not sure,
)
TURN_PACE, MORDENT_PACE = 1.2, 0.75  # 32nds: so long is a step then at most
TURNS = ((0, 1, 0, -1, 0), (1, 0, -1, 0))  # above, on and below the note
MORDENTS = ((0, 1, 0), (0, -1, 0))


@dataclass(frozen=True, slots=True)
class Ornament:
    """A sign on one written note, and the key presses (indices) that it stands for.

    The written note is the press `main`; `folded` are the others. It sounds from `onset` to
    `release` (seconds), from the first press of all to when the last of them was let go.
    """

    kind: Literal["trill", "turn"]
    main: int
    folded: tuple[int, ...]
    onset: float
    release: float


@dataclass(frozen=True, slots=True)
class Ornaments:
    """The ornaments of a performance; every key press is in one of them at most.

    `graces` are single presses written small, `rolled` the presses of each chord that takes the
    arpeggio sign, low to high; those `beside` have no sign of their own: the bass that one hand
    strikes where the other begins to roll. `mordents` are the presses of each mordent: the last is
    its main note, the others are among the graces. `tremolos` have a bar each. Of the presses of
    each of `glissandos` the first and the last are written.
    """

    graces: frozenset[int] = frozenset()
    signs: tuple[Ornament, ...] = ()
    rolled: tuple[tuple[int, ...], ...] = ()
    mordents: tuple[tuple[int, ...], ...] = ()
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
    mordents: list[tuple[int, ...]] = []
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
        turns = _turns(notes, left, evidence, grid)
        left = _without(left, _presses(turns))
        figures = _mordents(notes, left, evidence, grid)
        small = {i for figure in figures for i in figure[:-1]}
        small |= find_graces(notes, _without(left, small), evidence)
        glissandos += swept
        tremolos += found
        signs += [*trills, *turns]
        mordents += map(tuple, figures)
        graces |= small
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
        tuple(mordents),
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

    That is the mean of its onsets, where listeners who mark the beats put theirs too. A mordent is
    played on the beat: its main note counts from the first press, and its small notes before it.
    Of a tremolo only the first chord is left, from beat to beat; of a glissando the first key, held
    up to the last, and this.
    """
    notes = performance.notes
    lasting = {sign.main: (sign.onset, sign.release) for sign in ornaments.signs}
    lasting |= {i: (t.onset, t.release) for t in ornaments.tremolos for i in t.chords[0]}
    lasting |= {a: (notes[a].onset, notes[b].onset) for a, *_, b in ornaments.glissandos}
    struck: dict[int, float] = {}
    for figure in ornaments.mordents:
        late = notes[figure[-1]].onset - notes[figure[0]].onset
        struck |= {i: notes[i].onset - late for i in figure}
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
    notes: Sequence[PlayedNote], run: Sequence[int], kind: Literal["trill", "turn"], main: int
) -> Ornament:
    release = max(notes[i].release for i in run)
    folded = tuple(i for i in run if i != main)
    return Ornament(kind, main, folded, notes[run[0]].onset, release)


def _turns(
    notes: Sequence[PlayedNote], hand: Sequence[int], evidence: Evidence, grid: Grid
) -> list[Ornament]:
    """Turns around a note, whose first press is the written one."""
    return [
        _ornament(
            notes, figure, "turn", next(i for i, s in zip(figure, shape, strict=True) if not s)
        )
        for figure, shape in _figures(notes, hand, TURNS, TURN_PACE, evidence, grid)
    ]


def _mordents(
    notes: Sequence[PlayedNote], hand: Sequence[int], evidence: Evidence, grid: Grid
) -> list[list[int]]:
    return [figure for figure, _ in _figures(notes, hand, MORDENTS, MORDENT_PACE, evidence, grid)]


def _figures(
    notes: Sequence[PlayedNote],
    hand: Sequence[int],
    shapes: Sequence[tuple[int, ...]],
    pace: float,
    evidence: Evidence,
    grid: Grid,
) -> Iterator[tuple[list[int], tuple[int, ...]]]:
    """Presses of a hand that go as one of the shapes says, and this; none is in two of them."""
    trill = evidence.flag("trill")
    k = 0
    while k < len(hand):
        for shape in shapes:
            figure = list(hand[k : k + len(shape)])
            sure = trill[figure].max() > FIGURE_EVIDENCE
            if _goes(notes, figure, shape) and (sure or _stands_out(notes, figure, pace, grid)):
                yield figure, shape
                k += len(figure) - 1
                break
        k += 1


def _goes(notes: Sequence[PlayedNote], figure: list[int], shape: tuple[int, ...]) -> bool:
    """Whether quick presses go around a note as `shape` says, the last held longest."""
    if len(figure) < len(shape):
        return False
    centre = notes[figure[shape.index(0)]].pitch
    away = [notes[i].pitch - centre for i in figure]
    steps = np.diff([notes[i].onset for i in figure])
    held = _held(notes, figure)
    return bool(
        all(np.sign(a) == s and abs(a) <= WIDEST for a, s in zip(away, shape, strict=True))
        and min(steps) >= QUICKEST
        and max(steps) <= SLOWEST
        and held[-1] >= max(held)
    )


def _stands_out(
    notes: Sequence[PlayedNote], figure: Sequence[int], pace: float, grid: Grid
) -> bool:
    """Whether a figure is faster than `pace` 32nds and rests on its last note."""
    *quick, last = _held(notes, figure)
    onset = notes[figure[0]].onset
    step = (notes[figure[-1]].onset - onset) / len(quick)
    return last >= RESTS * max(quick) and step < pace * thirty_second(grid, onset)


def _held(notes: Sequence[PlayedNote], figure: Sequence[int]) -> list[float]:
    return [notes[i].release - notes[i].onset for i in figure]
