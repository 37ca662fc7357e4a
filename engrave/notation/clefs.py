"""Clefs and octave lines: how a staff is read, changed where that saves many ledger lines.

The right hand begins in treble, the left in bass clef, unless they play elsewhere for long. A
change costs as much as it disturbs: least at a barline, more at a beat, and nowhere else may it
stand, so it comes neither for two notes nor in the middle of a figure. An octave line (8va, 15ma,
8vb) is read more slowly than what stands as it sounds, and pianists know the shape of chords on
ledger lines: it is for passages in the extremes (Gould, *Behind Bars*, 2011, ch. 1). The best
reading of the whole staff is found by dynamic programming (Viterbi 1967), then written as signs in
the measures.

The costs were set on every fourth staff of 204 scores of the (n)ASAP data set. There 98.7 % of the
chords stand in the clef of the score, with half as many changes; three in four chords under our
octave lines have one there too, and half of those that have one there.

Costs are ledger lines; places are quarters from the start of the piece.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import groupby, pairwise
from typing import Literal

import numpy as np

from engrave.music.grid import Grid
from engrave.music.marks import Clef, OctaveLine
from engrave.music.score import Chord, Voice
from engrave.music.values import STEPS, Pitch
from engrave.notation.beams import crossing_beams

MOST_LINES = 3  # ledger lines that are read without counting; each further one
COUNTED = 2  # costs so much more
AT_BARLINE, AT_BEAT = 8.0, 12.0  # what a change of clef costs
OCTAVE_LINE = 15.0  # what it costs to begin or to end an octave line, and
TRANSPOSED = 2.5  # what it costs to read one more chord under it (15ma: three times as much),
FEW_LINES = 2  # twice if the chord would have fewer ledger lines than these without it
FORBIDDEN = 1e6


@dataclass(frozen=True, slots=True)
class Reading:
    """How a staff is read: a clef, and the octaves by which it sounds higher than written."""

    sign: str
    line: int
    octaves: int = 0


TREBLE, BASS = Reading("G", 2), Reading("F", 4)
USUAL = {1: TREBLE, 2: BASS}
LOWEST_LINE = {"G": Pitch("E", 0, 4), "F": Pitch("G", 0, 2)}
STAFF = 8  # steps from the lowest line to the highest

# Whether a bar, and a beat, opens, and whether an octave line holds all of it or none.
KINDS = tuple(
    (bar, beat, whole)
    for bar, beat in ((True, True), (False, True), (False, False))
    for whole in (False, True)
)

LINES: dict[int, Literal["8va", "15ma", "8vb"]] = {1: "8va", 2: "15ma", -1: "8vb"}
READINGS = (TREBLE, BASS, Reading("G", 2, 1), Reading("G", 2, 2), Reading("F", 4, -1))


@dataclass(frozen=True, slots=True)
class Moment:
    """What a staff begins to sound at a place, and whether a bar or a beat begins there.

    `whole`: an octave line holds all of this bar or none of it; `plain`: none.
    """

    place: Fraction
    pitches: tuple[Pitch, ...]
    opens_bar: bool
    opens_beat: bool
    whole: bool = False
    plain: bool = False


def usual_reading(moments: Sequence[Moment], staff: int, staves: int) -> Reading:
    """How a staff begins as a rule: one alone with the clef that suits most of its music."""
    if staves > 1:
        return USUAL[staff]
    return min((TREBLE, BASS), key=lambda clef: sum(_effort(m.pitches, clef) for m in moments))


def choose_readings(moments: Sequence[Moment], usual: Reading) -> list[Reading]:
    """How a staff is read at each of the moments; `usual` is how it begins as a rule."""
    if not moments:
        return []
    readings = sorted(READINGS, key=lambda reading: reading != usual)
    change = {kind: _changes(readings, *kind) for kind in KINDS}
    outside = _changes(readings, opens_bar=True, opens_beat=True)[0]  # as if from the usual one
    total = outside + _efforts(moments[0], readings)
    back: list[np.ndarray] = []
    for moment in moments[1:]:
        ways = total[:, None] + change[moment.opens_bar, moment.opens_beat, moment.whole]
        back.append(ways.argmin(axis=0))
        total = ways.min(axis=0) + _efforts(moment, readings)
    octave_lines = [OCTAVE_LINE * (reading.octaves != 0) for reading in readings]
    state = int((total + octave_lines).argmin())
    path = [state]
    for come in reversed(back):
        state = int(come[state])
        path.append(state)
    return [readings[state] for state in reversed(path)]


def _changes(
    readings: Sequence[Reading], opens_bar: bool, opens_beat: bool, whole: bool = False
) -> np.ndarray:
    """What it costs to go from one reading to another."""
    clef = AT_BARLINE if opens_bar else AT_BEAT if opens_beat else FORBIDDEN
    octave_line = FORBIDDEN if whole and not opens_bar else OCTAVE_LINE
    costs = [list(_change(before, clef, octave_line, readings)) for before in readings]
    return np.array(costs)


def _change(
    before: Reading, clef: float, octave_line: float, readings: Sequence[Reading]
) -> Iterator[float]:
    for after in readings:
        cost = clef if before.sign != after.sign else 0.0
        if before.octaves != after.octaves:
            cost += octave_line * ((before.octaves != 0) + (after.octaves != 0))
        yield cost


def _efforts(moment: Moment, readings: Sequence[Reading]) -> np.ndarray:
    """How hard the moment is to read in each way."""
    return np.array(
        [
            _effort(moment.pitches, reading) + FORBIDDEN * (moment.plain and reading.octaves != 0)
            for reading in readings
        ]
    )


def _effort(pitches: Sequence[Pitch], reading: Reading) -> float:
    """How hard it is to read a chord: its ledger lines, and the octaves to reckon with."""
    sounding = _ledger_lines(pitches, reading, 0)
    if not reading.octaves:
        return sounding
    needless = 2 if sounding < FEW_LINES else 1
    written = _ledger_lines(pitches, reading, reading.octaves)
    return written + needless * TRANSPOSED * (2 * abs(reading.octaves) - 1)


def _ledger_lines(pitches: Sequence[Pitch], reading: Reading, octaves: int) -> float:
    """The ledger lines above and below the staff, those hard to count weighed more."""
    if not pitches:
        return 0.0
    places = [_place(p) - 7 * octaves - _place(LOWEST_LINE[reading.sign]) for p in pitches]
    above, below = max(max(places) - STAFF, 0) // 2, max(-min(places), 0) // 2
    return float(sum(n + COUNTED * max(n - MOST_LINES, 0) for n in (above, below)))


def _place(pitch: Pitch) -> int:
    """Steps above C0."""
    return 7 * pitch.octave + STEPS.index(pitch.step)


@dataclass(frozen=True, slots=True)
class StaffSigns:
    """For each measure the clefs and the ends of octave lines that stand in it."""

    clefs: list[list[Clef]]
    lines: list[list[OctaveLine]]


def staff_signs(
    grid: Grid, bars: Sequence[tuple[Voice, ...]], staves: Sequence[int], octave: int = 0
) -> StaffSigns:
    """The signs of all staves; `bars` are what is written in each bar.

    The instrument sounds so many octaves higher than written, and its clefs say so.
    """
    signs = StaffSigns([[] for _ in bars], [[] for _ in bars])
    for staff in staves:
        moments = _moments(grid, bars, staff, octave)
        usual = usual_reading(moments, staff, len(staves))
        readings = choose_readings(moments, usual)
        opening = readings[0] if readings else usual
        signs.clefs[0].append(Clef(staff, opening.sign, opening.line, octave=octave))
        for (_, before), (moment, now) in pairwise(zip(moments, readings, strict=True)):
            if before.sign != now.sign:
                k = grid.bar_at(moment.place)
                onset = moment.place - grid.bars[k].start
                signs.clefs[k].append(Clef(staff, now.sign, now.line, onset, octave))
        ends = _ends(grid, bars, staff)
        for line in _octave_lines(moments, readings, staff, ends):
            k = grid.bar_at(line.onset)
            if line.kind == "stop" and line.onset == grid.bars[k].start:
                k -= 1  # at the barline that closes the measure
            signs.lines[k].append(replace(line, onset=line.onset - grid.bars[k].start))
    return signs


def _moments(
    grid: Grid, bars: Sequence[tuple[Voice, ...]], staff: int, octave: int
) -> list[Moment]:
    """Where the staff has chords, with all that begins there, as it is written.

    No octave line begins or ends under a tie, and none comes where a line goes from staff to staff:
    programs take a visitor's octave from the staff of its voice.
    """
    found: list[Moment] = []
    for bar, voices in zip(grid.bars, bars, strict=True):
        chords = [chord for voice in voices for chord in voice.chords_on(staff)]
        chords.sort(key=lambda chord: chord.onset)
        visited = any(next(crossing_beams(voice), None) for voice in voices)
        for onset, together in groupby(chords, key=lambda chord: chord.onset):
            heads = [head for chord in together for head in chord.heads]
            pitches = tuple(replace(h.pitch, octave=h.pitch.octave - octave) for h in heads)
            opens_beat = (bar.length - onset) % bar.beat_length == 0
            whole = _shared(voices, staff) or _altered_in_two_ways(chords)
            tied = any(head.tied_from for head in heads)
            place, opens_bar = bar.start + onset, onset == 0 and not tied
            found.append(Moment(place, pitches, opens_bar, opens_beat, whole or tied, visited))
    return found


def _shared(voices: Sequence[Voice], staff: int) -> bool:
    return sum(voice.staff == staff or bool(voice.chords_on(staff)) for voice in voices) > 1


def _altered_in_two_ways(chords: Sequence[Chord]) -> bool:
    """Whether a step has different accidentals.

    MuseScore 3 forgets those that only an octave line inside the bar makes necessary, by bringing
    two octaves to one line.
    """
    pitches = {(head.pitch.step, head.pitch.alter) for chord in chords for head in chord.heads}
    return len(pitches) > len({step for step, _ in pitches})


def _ends(grid: Grid, bars: Sequence[tuple[Voice, ...]], staff: int) -> list[Fraction]:
    """Where an octave line may end: with any event; in a bar that voices share with the bar."""
    return sorted(
        bar.end if _shared(voices, staff) else bar.start + event.onset + event.length
        for bar, voices in zip(grid.bars, bars, strict=True)
        for voice in voices
        if voice.staff == staff
        for event in voice.events
    )


def _octave_lines(
    moments: Sequence[Moment], readings: Sequence[Reading], staff: int, ends: Sequence[Fraction]
) -> Iterator[OctaveLine]:
    """The lines begin with a chord and end with the last one under them."""
    runs = groupby(zip(moments, readings, strict=True), key=lambda pair: pair[1].octaves)
    for octaves, members in runs:
        places = [moment.place for moment, _ in members]
        if octaves:
            stop = next(end for end in ends if end > places[-1])
            yield OctaveLine(places[0], staff, LINES[octaves], "start")
            yield OctaveLine(stop, staff, LINES[octaves], "stop")
