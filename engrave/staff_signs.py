"""Clefs and octave lines in the measures: the readings of each staff (`clefs`) as signs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import groupby, pairwise
from typing import Literal

from engrave.clefs import Moment, Reading, choose_readings, usual_reading
from engrave.grid import Grid
from engrave.layout import crossing_beams
from engrave.score import Chord, Clef, OctaveLine, Voice

LINES: dict[int, Literal["8va", "15ma", "8vb"]] = {1: "8va", 2: "15ma", -1: "8vb"}


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
