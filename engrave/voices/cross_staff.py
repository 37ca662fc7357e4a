"""Cross-staff beaming: a line of both hands written in one voice, under a beam from staff to staff.

A run or a broken chord that begins in one hand and goes on in the other is heard as one line. Staff
by staff it would fall into pieces with rests inside the beat; an engraver lets the line go over to
the other staff, and one beam holds it together (Gould, *Behind Bars*, 2011, ch. 13, "Keyboard").
Here this is done beat by beat where a voice of each hand has nothing but its part of the line, four
or more chords follow one another, and the line goes up from the lower staff and down from the upper
one by small steps. A note that was extended to the end of the beat only because its own voice has
no further note ends with the next one of the line. A note that begins the beat and is held on is a
bass or a melody, and no line. Where accidentals would be lost each hand keeps its part.

Of 58 such beats (in 17 validation pieces of the (n)ASAP data set, and in the densest pages of 26
others) the true score has 55 in one voice; it lets 25 of these cross the staves, and has the others
on one staff, where the staff evidence was undecided. With a leap, or with three notes, there are
two voices as often as one.

Positions and durations are quarter notes.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise, product
from operator import sub

from engrave.music.grid import Bar, Grid
from engrave.music.note import KeySection, Note, group_chords
from engrave.notation.accidentals import key_alterations
from engrave.notation.beams import BeamSpan, beam_span_around
from engrave.notation.note_values import SHORTEST_VALUE

FEWEST_CHORDS = 4  # chords of a line in a beat, at least
LARGEST_STEP = 5  # semitones from staff to staff, at most
LOWER = 2  # number of the staff

_Voice = tuple[int, int, int]  # part, staff, and the number of the voice on it


@dataclass(frozen=True, slots=True)
class _Crossing:
    """A line that voices of the two hands share in a beat: its notes, and its chords.

    Grace notes are members too, but no chords.
    """

    beat: BeamSpan
    voices: tuple[_Voice, _Voice]
    members: list[Note]
    chords: list[list[Note]]


def join_across_staves(
    notes: Sequence[Note], sections: Sequence[KeySection], grid: Grid
) -> tuple[Note, ...]:
    """The notes, each line that goes from staff to staff in a single voice.

    That is the voice in which the line begins, and the line stays there from beat to beat; each
    note stands on the staff where it stood. `sections` are those of the keys.
    """
    written = {note.played: note for note in notes}
    homes: dict[tuple[_Voice, _Voice], tuple[Fraction, _Voice]] = {}  # until when, and where
    guard = _AccidentalGuard(notes, sections, grid)
    for crossing in _crossings(notes, grid):
        until, home = homes.get(crossing.voices, (None, None))
        if home is None or until != crossing.beat.start:
            home = _voice(written[crossing.chords[0][0].played])
        if not guard.allow(crossing, home[1]):
            continue
        homes[crossing.voices] = crossing.beat.end, home
        for note in crossing.members:
            moved = replace(written[note.played], voice_staff=home[1], voice=home[2])
            written[note.played] = moved
        for chord, following in pairwise(crossing.chords):
            duration = following[0].onset - chord[0].onset
            for note in chord:
                written[note.played] = replace(written[note.played], duration=duration)
    return tuple(written.values())


def _voice(note: Note) -> _Voice:
    return note.part, note.voice_staff, note.voice


def _crossings(notes: Sequence[Note], grid: Grid) -> Iterator[_Crossing]:
    for beat, sounding in _sounding(notes, grid):
        for upper, lower in product(sounding, sounding):
            if upper[0] == lower[0] and (upper[1], lower[1]) == (1, 2):
                members = sounding[upper] + sounding[lower]
                chords = group_chords(note for note in members if not note.grace)
                if _is_line(chords, beat):
                    yield _Crossing(beat, (upper, lower), members, chords)


def _sounding(
    notes: Sequence[Note], grid: Grid
) -> Iterator[tuple[BeamSpan, dict[_Voice, list[Note]]]]:
    """The beats in order, each with the notes of each voice that sound in it."""
    beats = [beat for bar in grid.bars for beat in _beats(bar)]
    starts = [beat.start for beat in beats]
    sounding: list[dict[_Voice, list[Note]]] = [{} for _ in beats]
    for note in notes:
        first = bisect_right(starts, note.onset) - 1
        for k in range(first, max(bisect_left(starts, note.end), first + 1)):
            sounding[k].setdefault(_voice(note), []).append(note)
    yield from zip(beats, sounding, strict=True)


def _beats(bar: Bar) -> Iterator[BeamSpan]:
    position = bar.start
    while position < bar.end:
        beat = beam_span_around(position, bar)
        yield beat
        position = beat.end


class _AccidentalGuard:
    """Checks whether accidentals would be lost if a line went to the other staff.

    MuseScore assigns cross-staff notes to the staff of their voice, and drops accidentals that it
    considers needless on a line of that staff that has had one. So a cross-staff note's line (step
    and octave) must have one alteration in the bar, and if that is not of the key, the voice's own
    staff must not use this line.
    """

    def __init__(self, notes: Sequence[Note], sections: Sequence[KeySection], grid: Grid) -> None:
        self.sections, self.grid = sections, grid
        self.met: dict[tuple[int, int, str, int], set[tuple[int, int]]] = defaultdict(set)
        for note in notes:
            first = grid.bar_at(note.onset)
            last = grid.bar_at(max(note.onset, note.end - SHORTEST_VALUE))
            for bar in range(first, last + 1):
                self._staff_position(bar, note).add((note.staff, note.name.alter))

    def allow(self, crossing: _Crossing, home: int) -> bool:
        """Whether the line may stand in a voice of this staff."""
        position = crossing.beat.start
        key = [section.key for section in self.sections if section.start <= position][-1]
        for note in (note for note in crossing.members if note.staff != home):
            pitch = note.name
            line = self._staff_position(self.grid.bar_at(position), note)
            signed = pitch.alter != key_alterations(key.fifths)[pitch.step]
            if len({alter for _, alter in line}) > 1 or (signed and (home, pitch.alter) in line):
                return False
        return True

    def _staff_position(self, bar: int, note: Note) -> set[tuple[int, int]]:
        """The staves on which a note's step and octave occur in a bar, with the alterations."""
        return self.met[bar, note.part, note.name.step, note.name.octave]


def _is_line(chords: Sequence[list[Note]], beat: BeamSpan) -> bool:
    """Whether the chords fill the beat one after the other, and change staves by small steps."""
    if len(chords) < FEWEST_CHORDS or chords[0][0].onset != beat.start:
        return False
    staves = [{note.staff for note in chord} for chord in chords]
    positions = [*(chord[0].onset for chord in chords), beat.end]
    half = (beat.end - beat.start) / 2
    if any(len(staff) > 1 for staff in staves) or max(map(sub, positions[1:], positions)) > half:
        return False
    changes = [a != b for a, b in pairwise(staves)]
    return all(
        _reaches(chord, goal, beat, may_be_held)
        for chord, goal, may_be_held in zip(
            chords, positions[1:], [False, *changes[1:], False], strict=True
        )
    ) and all(
        _small_step(chord, following)
        for chord, following, change in zip(chords, chords[1:], changes, strict=False)
        if change
    )


def _reaches(chord: Sequence[Note], goal: Fraction, beat: BeamSpan, held: bool) -> bool:
    """Whether a chord ends at the goal or, if `held`, later within the beat."""
    ends = {note.end for note in chord}
    return ends == {goal} or (held and goal <= min(ends) and max(ends) <= beat.end)


def _small_step(chord: Sequence[Note], following: Sequence[Note]) -> bool:
    """Whether the line goes by a small step to where the other staff is."""
    steps = (b.pitch - a.pitch for a, b in product(chord, following))
    step = min(steps, key=abs)
    return 0 < (step if chord[0].staff == LOWER else -step) <= LARGEST_STEP
