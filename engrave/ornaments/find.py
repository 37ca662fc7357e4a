"""Ornament detection: which key presses are written as trills, turns, mordents and the like.

A player presses many keys where the page has one note with a sign. Ornaments are recognized by
figure and speed (Gould, *Behind Bars*, 2011, ch. 5; C. P. E. Bach, *Versuch*, 1753, ch. 2): a trill
(`trills`) alternates between a note and the one a tone or semitone above it, a turn goes around its
note, a mordent to a neighbour and back (`figures`); grace notes (`grace_notes`), rolled chords
(`arpeggios`), tremolos (`tremolos`) and glissandos (`glissandos`) have modules of their own. Runs
look alike, so the figure alone is not enough: it must be about as fast as the 32nds of the local
tempo, or faster, and rest on its last note; or the note network must be sure of it. In doubt the
notes are written.

Times are seconds, intervals semitones; evidence is log odds.
"""

from collections.abc import Iterable, Iterator, Sequence

from engrave.listening.evidence import Evidence
from engrave.music.grid import Grid
from engrave.music.note import Ornament, Ornaments, Tremolo
from engrave.music.performance import Performance, PlayedNote
from engrave.ornaments.arpeggios import find_arpeggios, struck_with
from engrave.ornaments.figures import MORDENTS, TURNS, find_figures, ornament
from engrave.ornaments.glissandos import find_glissandos
from engrave.ornaments.grace_notes import find_grace_notes
from engrave.ornaments.tremolos import find_tremolos
from engrave.ornaments.trills import find_trills


def find_ornaments(performance: Performance, evidence: Evidence, grid: Grid) -> Ornaments:
    """The ornaments of a performance, hand by hand."""
    notes = performance.notes
    signs: list[Ornament] = []
    graces: set[int] = set()
    tremolos: list[Tremolo] = []
    glissandos: list[tuple[int, ...]] = []
    for hand in sorted({(note.player, note.hand) for note in notes}):
        left = [i for i, note in enumerate(notes) if (note.player, note.hand) == hand]
        swept = list(find_glissandos(notes, left))
        left = _without(left, {i for run in swept for i in run})
        found = list(find_tremolos(notes, left, grid))
        left = _without(left, {i for tremolo in found for i in tremolo.presses})
        trills = list(_trills(notes, left, evidence, grid))
        left = _without(left, _presses(trills))
        turns = list(find_figures(notes, left, TURNS, evidence, grid))
        left = _without(left, _presses(turns))
        mordents = list(find_figures(notes, left, MORDENTS, evidence, grid))
        left = _without(left, _presses(mordents))
        glissandos += swept
        tremolos += found
        signs += [*trills, *turns, *mordents]
        graces |= find_grace_notes(notes, left, evidence)
    several = {i for tremolo in tremolos for i in tremolo.presses}
    several |= {i for run in glissandos for i in run}
    written = _without(range(len(notes)), _presses(signs) | graces | several)
    players = [
        [i for i in written if notes[i].player == k] for k in range(len(performance.players))
    ]
    rolled = tuple(roll for left in players for roll in find_arpeggios(notes, left, evidence))
    return Ornaments(
        frozenset(graces),
        tuple(sorted(signs, key=lambda sign: sign.main)),
        rolled,
        frozenset(i for roll in rolled for i in struck_with(notes, roll)),
        tuple(tremolos),
        tuple(glissandos),
    )


def _presses(signs: Iterable[Ornament]) -> set[int]:
    return {i for sign in signs for i in (sign.main, *sign.folded)}


def _without(indices: Iterable[int], taken: set[int]) -> list[int]:
    return [i for i in indices if i not in taken]


def _trills(
    notes: Sequence[PlayedNote], hand: Sequence[int], evidence: Evidence, grid: Grid
) -> Iterator[Ornament]:
    """Trills of one hand: the lower of the two notes is the written one."""
    for run in find_trills(notes, hand, evidence, grid):
        lower = min(notes[i].pitch for i in run[:2])
        yield ornament(notes, run, "trill", next(i for i in run if notes[i].pitch == lower))
