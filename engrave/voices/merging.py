"""Merging of voices: two voices of a bar become one where they never overlap.

Two lines of a staff are written with stems of their own where they overlap. In a bar where they
only take turns, or move together, they are read as one line: then all is written as one voice,
without the rests that two would need (Gould, *Behind Bars*, 2011, "Two voices on a staff"). Between
bars of two voices a bar in which they move together keeps its two stems, as in a hymn-book.

Positions are in quarter notes.
"""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

from engrave.music.grid import Bar, Grid
from engrave.music.note import Note, group_chords

ONLY_VOICE = 1  # number of the only voice of a bar and staff

_Place = tuple[int, int, int]  # index of the bar, part, staff


def merge_voices(notes: Sequence[Note], grid: Grid) -> tuple[Note, ...]:
    """The notes, with one voice where the voices of a bar and staff never overlap.

    A bar into or out of which a note of a second voice is tied stays as it is, and so does one
    between two such bars, if its voices have the same onsets.
    """
    bars: dict[_Place, list[Note]] = {}
    for note in notes:
        last = note.onset if note.grace else note.end
        for bar in range(grid.bar_at(note.onset), len(grid.bars)):
            if grid.bars[bar].start >= last and bar > grid.bar_at(note.onset):
                break
            bars.setdefault((bar, note.part, note.staff), []).append(note)
    two = {
        bar_and_staff
        for bar_and_staff, inside in bars.items()
        if any(n.voice != ONLY_VOICE for n in inside)
    }
    free = {
        bar_and_staff
        for bar_and_staff in two
        if _is_free(bars[bar_and_staff], grid.bars[bar_and_staff[0]])
    }
    united: set[int] = set()
    for bar_and_staff in free:
        bar, *staff = bar_and_staff
        between = {(bar - 1, *staff), (bar + 1, *staff)} <= two - free
        if not (between and _move_together(bars[bar_and_staff])):
            united |= {note.played for note in bars[bar_and_staff]}
    return tuple(
        replace(note, voice=ONLY_VOICE) if note.played in united else note for note in notes
    )


def _is_free(notes: Sequence[Note], bar: Bar) -> bool:
    """Whether the notes of a bar and staff can be written as one voice."""
    tied = [note for note in notes if note.onset < bar.start or note.end > bar.end]
    return all(note.voice == ONLY_VOICE for note in tied) and _take_turns(notes)


def _move_together(notes: Sequence[Note]) -> bool:
    """Whether the voices have the same onsets."""
    positions = [{note.onset for note in notes if note.voice == number} for number in (1, 2)]
    return positions[0] == positions[1]


def _take_turns(notes: Sequence[Note]) -> bool:
    """Whether each chord has one duration and ends before the next one begins."""
    spans: list[tuple[Fraction, Fraction]] = []
    for chord in group_chords(note for note in notes if not note.grace):
        ends = {note.end for note in chord}
        if len(ends) > 1:
            return False
        spans.append((chord[0].onset, ends.pop()))
    return all(end <= onset for (_, end), (onset, _) in pairwise(spans))
