"""One line for two hands: where it goes from staff to staff under one beam.

A run or a broken chord that begins in one hand and goes on in the other is one line to whoever
hears it. Staff by staff it would fall into pieces with rests inside the beat; an engraver lets the
line go over to the other staff, and one beam holds it together (Gould, *Behind Bars*, 2011, ch. 13,
"Keyboard"). So it is beat by beat where a voice of each hand has nothing but its part of the line,
four or more chords follow one another, and the line goes up from the lower staff and down from the
upper one by small steps. A note that was held to the end of the beat only because its own voice had
nothing more to say ends with the next one of the line. A note that begins the beat and is held on
is a bass or a melody, and no line. Where accidentals would be lost each hand keeps its part.

Of 58 such beats (in 17 validation pieces of the (n)ASAP data set, and in the densest pages of 26
others) the true score has 55 in one voice; it lets 25 of these cross the staves, and has the others
on one staff, where the reader was of two minds. With a leap, or with three notes, there are two
voices as often as one.

Places and lengths are quarter notes.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import groupby, pairwise, product
from operator import sub

from engrave.music.grid import Bar, Grid
from engrave.music.note import PlacedNote, Section
from engrave.music.values import Pitch
from engrave.notation.accidentals import key_alterations
from engrave.notation.beams import Beat, beat_around
from engrave.notation.note_values import SHORTEST

FEWEST = 4  # chords of a line in a beat
STEP = 5  # semitones from staff to staff, at most

_Voice = tuple[int, int]  # hand, and the number of the voice in it


@dataclass(frozen=True, slots=True)
class Lines:
    """The notes, and for each the hand and the number of the voice that its line is written in.

    A note stands on the staff of the hand that plays it, whatever its line.
    """

    notes: tuple[PlacedNote, ...]
    hand: tuple[int, ...]
    voice: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Crossing:
    """The line that voices of the two hands share in a beat: its notes (indices), and its chords.

    Grace notes are members too, but no chords.
    """

    beat: Beat
    voices: tuple[_Voice, _Voice]
    members: list[int]
    chords: list[list[int]]


def cross_staves(
    notes: Sequence[PlacedNote],
    hand: Sequence[int],
    voice: Sequence[int],
    pitches: Sequence[Pitch],
    sections: Sequence[Section],
    grid: Grid,
) -> Lines:
    """The lines of all players; of player k the hands are 2k + 1 (right) and 2k + 2.

    A line stands in the voice in which it begins, and goes on there from beat to beat. `pitches`
    names the notes, `sections` are those of the keys.
    """
    written, line = list(notes), list(zip(hand, voice, strict=True))
    homes: dict[tuple[_Voice, _Voice], tuple[Fraction, _Voice]] = {}  # until when, and where
    signs = _Signs(notes, hand, pitches, sections, grid)
    for crossing in _crossings(notes, hand, voice, grid):
        until, home = homes.get(crossing.voices, (None, None))
        if home is None or until != crossing.beat.start:
            home = line[crossing.chords[0][0]]
        if not signs.allow(crossing, home[0]):
            continue
        homes[crossing.voices] = crossing.beat.end, home
        for i in crossing.members:
            line[i] = home
        for chord, following in pairwise(crossing.chords):
            length = notes[following[0]].onset - notes[chord[0]].onset
            for i in chord:
                written[i] = replace(notes[i], length=length)
    return Lines(tuple(written), tuple(h for h, _ in line), tuple(v for _, v in line))


def _crossings(
    notes: Sequence[PlacedNote], hand: Sequence[int], voice: Sequence[int], grid: Grid
) -> Iterator[_Crossing]:
    for beat, sounding in _sounding(notes, list(zip(hand, voice, strict=True)), grid):
        for upper, lower in product(sounding, sounding):
            if upper[0] % 2 == 1 and lower[0] == upper[0] + 1:
                members = sounding[upper] + sounding[lower]
                chords = _chords(notes, members)
                if _is_line(chords, notes, hand, beat):
                    yield _Crossing(beat, (upper, lower), members, chords)


def _sounding(
    notes: Sequence[PlacedNote], line: Sequence[_Voice], grid: Grid
) -> Iterator[tuple[Beat, dict[_Voice, list[int]]]]:
    """The beats in order, each with the notes (indices) of each voice that sound in it."""
    beats = [beat for bar in grid.bars for beat in _beats(bar)]
    starts = [beat.start for beat in beats]
    sounding: list[dict[_Voice, list[int]]] = [{} for _ in beats]
    for i, note in enumerate(notes):
        first = bisect_right(starts, note.onset) - 1
        for k in range(first, max(bisect_left(starts, note.end), first + 1)):
            sounding[k].setdefault(line[i], []).append(i)
    yield from zip(beats, sounding, strict=True)


def _beats(bar: Bar) -> Iterator[Beat]:
    place = bar.start
    while place < bar.end:
        beat = beat_around(place, bar)
        yield beat
        place = beat.end


class _Signs:
    """Where accidentals would be lost if a line went to the other staff.

    MuseScore reckons visitors to the staff of their voice, and drops accidentals that it thinks
    needless on a line of the staff that has had one. So a visitor's line (step and octave) has one
    alteration in the bar, and if that is not of the key, the voice's own staff has not this line.
    """

    def __init__(
        self,
        notes: Sequence[PlacedNote],
        hand: Sequence[int],
        pitches: Sequence[Pitch],
        sections: Sequence[Section],
        grid: Grid,
    ) -> None:
        self.pitches, self.hand, self.sections, self.grid = pitches, hand, sections, grid
        self.met: dict[tuple[int, int, str, int], set[tuple[int, int]]] = defaultdict(set)
        for note, player, pitch in zip(notes, hand, pitches, strict=True):
            first = grid.bar_at(note.onset)
            last = grid.bar_at(max(note.onset, note.end - SHORTEST))
            for bar in range(first, last + 1):
                self._line(bar, player, pitch).add((player, pitch.alter))

    def allow(self, crossing: _Crossing, home: int) -> bool:
        """Whether the line may stand in a voice of this hand."""
        place = crossing.beat.start
        key = [section.key for section in self.sections if section.start <= place][-1]
        for i in (i for i in crossing.members if self.hand[i] != home):
            pitch = self.pitches[i]
            line = self._line(self.grid.bar_at(place), home, pitch)
            signed = pitch.alter != key_alterations(key.fifths)[pitch.step]
            if len({alter for _, alter in line}) > 1 or (signed and (home, pitch.alter) in line):
                return False
        return True

    def _line(self, bar: int, player: int, pitch: Pitch) -> set[tuple[int, int]]:
        """Who plays on a line in a bar, and how it is altered: hands, alterations."""
        return self.met[bar, (player - 1) // 2, pitch.step, pitch.octave]


def _chords(notes: Sequence[PlacedNote], members: Sequence[int]) -> list[list[int]]:
    """The notes that begin together, in order of time; grace notes are left out."""
    ordered = sorted((i for i in members if not notes[i].grace), key=lambda i: notes[i].onset)
    return [list(chord) for _, chord in groupby(ordered, key=lambda i: notes[i].onset)]


def _is_line(
    chords: Sequence[list[int]], notes: Sequence[PlacedNote], hand: Sequence[int], beat: Beat
) -> bool:
    """Whether the chords fill the beat one after the other, and change hands by small steps."""
    if len(chords) < FEWEST or notes[chords[0][0]].onset != beat.start:
        return False
    players = [{hand[i] for i in chord} for chord in chords]
    places = [*(notes[chord[0]].onset for chord in chords), beat.end]
    half = (beat.end - beat.start) / 2
    if any(len(player) > 1 for player in players) or max(map(sub, places[1:], places)) > half:
        return False
    changes = [a != b for a, b in pairwise(players)]
    return all(
        _reaches(chord, goal, notes, beat, may_be_held)
        for chord, goal, may_be_held in zip(
            chords, places[1:], [False, *changes[1:], False], strict=True
        )
    ) and all(
        _small_step(chord, following, notes, hand)
        for chord, following, change in zip(chords, chords[1:], changes, strict=False)
        if change
    )


def _reaches(
    chord: Sequence[int], goal: Fraction, notes: Sequence[PlacedNote], beat: Beat, held: bool
) -> bool:
    """Whether a chord ends at the goal, or is only held on in the beat where that may be."""
    ends = {notes[i].end for i in chord}
    return ends == {goal} or (held and goal <= min(ends) and max(ends) <= beat.end)


def _small_step(
    chord: Sequence[int], following: Sequence[int], notes: Sequence[PlacedNote], hand: Sequence[int]
) -> bool:
    """Whether the line goes by a small step to where the other staff is."""
    steps = (notes[j].pitch - notes[i].pitch for i, j in product(chord, following))
    step = min(steps, key=abs)
    return 0 < (step if hand[chord[0]] % 2 == 0 else -step) <= STEP
