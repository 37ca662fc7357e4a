"""One voice where one serves.

Two lines of a staff are written with stems of their own where they overlap. In a bar where they
only take turns, or move together, they are one line to the reader: then all is written as one
voice, without the rests that two would need (Gould, *Behind Bars*, 2011, "Two voices on a staff").
Between bars of two voices a bar in which they move together keeps its two stems, as in a hymn-book.

Places are in quarter notes.
"""

from collections.abc import Sequence
from fractions import Fraction
from itertools import groupby, pairwise

from engrave.music.grid import Grid
from engrave.music.note import PlacedNote

ONLY = 1  # the number of the voice that is alone


def unite_voices(
    notes: Sequence[PlacedNote], staff: Sequence[int], voice: Sequence[int], grid: Grid
) -> tuple[int, ...]:
    """The voice of each note, where the voices of a bar and staff that never overlap are one.

    A bar into or out of which a note of a second voice is tied stays as it is, and so does one
    between two that do, if its voices begin everything together.
    """
    united = list(voice)
    bars: dict[tuple[int, int], list[int]] = {}
    for i, note in enumerate(notes):
        last = note.onset if note.grace else note.end
        for bar in range(grid.bar_at(note.onset), len(grid.bars)):
            if grid.bars[bar].start >= last and bar > grid.bar_at(note.onset):
                break
            bars.setdefault((bar, staff[i]), []).append(i)
    two = {place for place, members in bars.items() if any(voice[i] != ONLY for i in members)}
    free = {place for place in two if _is_free(place[0], bars[place], notes, voice, grid)}
    for bar, hand in free:
        members = bars[bar, hand]
        between = {(bar - 1, hand), (bar + 1, hand)} <= two - free
        if not (between and _move_together([(notes[i].onset, voice[i]) for i in members])):
            for i in members:
                united[i] = ONLY
    return tuple(united)


def _is_free(
    bar: int,
    members: Sequence[int],
    notes: Sequence[PlacedNote],
    voice: Sequence[int],
    grid: Grid,
) -> bool:
    """Whether the notes of a bar and staff can be written as one voice."""
    start, end = grid.bars[bar].start, grid.bars[bar].end
    tied = [i for i in members if notes[i].onset < start or notes[i].end > end]
    return all(voice[i] == ONLY for i in tied) and _take_turns([notes[i] for i in members])


def _move_together(entries: Sequence[tuple[Fraction, int]]) -> bool:
    """Whether the voices begin at the same places."""
    places = [{onset for onset, voice in entries if voice == number} for number in (1, 2)]
    return places[0] == places[1]


def _take_turns(notes: Sequence[PlacedNote]) -> bool:
    """Whether each chord has one length and ends before the next one begins."""
    spans: list[tuple[Fraction, Fraction]] = []
    written = sorted((n for n in notes if not n.grace), key=lambda note: note.onset)
    for onset, chord in groupby(written, key=lambda note: note.onset):
        ends = {note.end for note in chord}
        if len(ends) > 1:
            return False
        spans.append((onset, ends.pop()))
    return all(end <= onset for (_, end), (onset, _) in pairwise(spans))
