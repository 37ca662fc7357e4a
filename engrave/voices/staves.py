"""Staff assignment: the number of staves of each player, and passages moved to the lower staff.

A pianist has two staves, and so has any player with notes of both hands. What is one line
throughout and for one hand is written on one staff, whatever plays it: a second one would hold
nothing but rests.

Where the right hand plays so low that its staff would need a bass clef, an engraver often rather
writes the passage on the lower staff, beside the left hand, than change the clef of the upper one
(Gould, *Behind Bars*, 2011, ch. 13, "Keyboard"). So a passage for which the clef would change is
moved, unless the note network clearly assigns it to the upper staff. The left hand, when it is
high, keeps its staff, and the clef changes: in 17 performances of validation pieces of the (n)ASAP
data set 97 % of its notes under a treble clef are on the lower staff in the score, too.

Times are seconds, positions quarter notes; evidence is log odds.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import groupby, pairwise

from engrave.listening.evidence import Evidence
from engrave.music.grid import Grid
from engrave.music.instruments import KEYBOARDS
from engrave.music.note import Note, group_chords
from engrave.music.performance import LEFT, RIGHT, Performance, PlayedNote
from engrave.music.values import STEPS, Pitch
from engrave.notation.clefs import BASS, TREBLE, StaffOnset, choose_clefs

MOST_TOGETHER = 0.02  # of the notes of a line that may overlap the next one,
LEGATO_OVERLAP = 0.5  # if the overlap is longer than this share of the shorter note: legato
MOST_IN_OTHER_HAND = 0.1  # of the notes of a line that the other hand may have taken

# The step of each of the twelve pitch classes: near enough for ledger lines before spelling.
STEP_OF_KEY = (0, 0, 1, 1, 2, 3, 3, 4, 4, 5, 5, 6)

# mean log odds above which a passage stays there; see docs/experiments.md
UPPER_STAFF_LOG_ODDS = 1.5


def assign_staves(performance: Performance) -> Performance:
    """The performance with the number of staves of each player decided.

    All notes on a single staff are the right hand's.
    """
    notes = list(performance.notes)
    players = []
    for k, player in enumerate(performance.players):
        own = performance.played_by(k)
        left = sum(notes[i].hand == LEFT for i in own)
        staves = player.staves
        if player.program not in KEYBOARDS and left in (0, len(own)):
            staves = 1
        if min(left, len(own) - left) <= MOST_IN_OTHER_HAND * len(own) and _is_line(
            [notes[i] for i in own]
        ):
            staves = 1
        if staves == 1:
            for i in own:
                notes[i] = replace(notes[i], hand=RIGHT)
        players.append(replace(player, staves=staves))
    return replace(performance, notes=tuple(notes), players=tuple(players))


def _is_line(notes: Sequence[PlayedNote]) -> bool:
    """Whether almost no two of the notes sound together."""
    against = 0
    for note, after in pairwise(notes):
        shorter = min(note.release - note.onset, after.release - after.onset)
        against += note.release - after.onset > LEGATO_OVERLAP * shorter
    return against <= MOST_TOGETHER * len(notes)


def move_low_passages(notes: Sequence[Note], evidence: Evidence, grid: Grid) -> tuple[Note, ...]:
    """The notes, with low passages of the right hand on the lower staff, if the left hand plays."""
    moved: set[int] = set()
    for part in sorted({note.part for note in notes if note.hand == LEFT}):
        beside = {(n.onset, n.pitch) for n in notes if n.part == part and n.hand == LEFT}
        own = [note for note in notes if note.part == part and note.hand == RIGHT]
        for passage in _low_passages(own, grid):
            played = [note.played for note in passage]
            sure = evidence.upper[played].mean() > UPPER_STAFF_LOG_ODDS
            if not sure and not any((note.onset, note.pitch) in beside for note in passage):
                moved |= set(played)
    return tuple(
        replace(note, staff=LEFT, voice_staff=LEFT) if note.played in moved else note
        for note in notes
    )


def _low_passages(right: Sequence[Note], grid: Grid) -> Iterator[list[Note]]:
    """The right hand's passages under a bass clef, from each change to it to the change back."""
    by_place = group_chords(right)
    staff_onsets = [_staff_onset(chord, grid) for chord in by_place]
    clef_states = choose_clefs(staff_onsets, TREBLE)
    for sign, run in groupby(
        zip(clef_states, by_place, strict=True), key=lambda pair: pair[0].sign
    ):
        if sign == BASS.sign:
            yield [note for _, chord in run for note in chord]


def _staff_onset(chord: Sequence[Note], grid: Grid) -> StaffOnset:
    position = chord[0].onset
    bar = grid.bars[grid.bar_at(position)]
    pitches = tuple(
        Pitch(STEPS[STEP_OF_KEY[note.pitch % 12]], 0, note.pitch // 12 - 1) for note in chord
    )
    opens_beat = (bar.end - position) % bar.beat_length == Fraction(0)
    return StaffOnset(position, pitches, position == bar.start, opens_beat)
