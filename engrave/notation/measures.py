"""Build the written score from placed notes: measures, voices, chords, rests, ties, tuplets, marks.

All decisions about the notes are made before (staff, voice, duration, spelling); here they are
notated by the rules of `note_values`, `beams` and `clefs`. Each voice fills its measures exactly.
Positions are quarter notes; inside a measure, from its barline.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from engrave.music.grid import Bar, Grid
from engrave.music.marks import Dynamic, Hairpin, TempoMark, TempoWords
from engrave.music.note import Articulation, KeySection, Note, Ornaments, PedalNotation
from engrave.music.performance import Instrument
from engrave.music.score import (
    VOICES_PER_STAFF,
    Chord,
    Event,
    Measure,
    Notehead,
    Part,
    Rest,
    Score,
    Unwritten,
    Voice,
)
from engrave.music.values import NoteValue, TimeSignature
from engrave.notation.beams import beam, beam_span_around
from engrave.notation.chords import NoteSigns, WrittenChord, group_chords, write_tremolo
from engrave.notation.clefs import signs_of_staves
from engrave.notation.pedal_marks import pedal_marks
from engrave.notation.rests import hide_rests, rest_spans
from engrave.notation.written_values import TiedValue, VoiceSpan, split_into_values

Mark = Dynamic | Hairpin | TempoWords | TempoMark


@dataclass(frozen=True, slots=True)
class PartMarks:
    """The marks between the notes of one part; positions count from the start of the piece."""

    marks: tuple[Mark, ...] = ()
    pedals: PedalNotation = PedalNotation()


@dataclass(frozen=True, slots=True)
class Signs:
    """The signs on the notes of all parts, and the marks of each part, if it has any."""

    ornaments: Ornaments = Ornaments()
    articulation: Articulation = Articulation()
    parts: tuple[PartMarks, ...] = ()


NO_SIGNS = Signs()


def notate(
    notes: Sequence[Note],
    players: Sequence[Instrument],
    grid: Grid,
    sections: Sequence[KeySection],
    signs: Signs = NO_SIGNS,
) -> Score:
    """The score of spelled notes, a part for each player, in the keys of `sections`.

    Signs, tremolos and rolled chords are written from the ornaments; the presses folded into a sign
    are not among the notes, grace notes are marked as such.
    """
    at_notes = NoteSigns.of(signs.ornaments, signs.articulation)
    unwritten: list[Unwritten] = []
    parts = []
    for k, instrument in enumerate(players):
        own = [note for note in notes if note.part == k]
        bars = _notate_bars(_sounding(own, at_notes, grid, unwritten), instrument, grid)
        marks = signs.parts[k] if signs.parts else PartMarks()
        measures = _measures(bars, instrument, grid, sections, marks)
        parts.append(Part(instrument.name, instrument.staves, measures, instrument.program))
    left = tuple(sorted(unwritten, key=lambda left: left.played))
    return Score(tuple(parts), "", "", unwritten=left)


_Line = tuple[int, int]  # staff and voice
_Bars = list[tuple[Voice, ...]]


def _sounding(
    notes: Sequence[Note], signs: NoteSigns, grid: Grid, unwritten: list[Unwritten]
) -> list[dict[_Line, list[WrittenChord]]]:
    """The chords of each voice that sound in each bar."""
    sounding: list[dict[_Line, list[WrittenChord]]] = [{} for _ in grid.bars]
    for line in sorted({(note.voice_staff, note.voice) for note in notes}):
        own = (note for note in notes if (note.voice_staff, note.voice) == line)
        for chord in group_chords(own, signs, unwritten):
            for k in range(grid.bar_at(chord.onset), len(grid.bars)):
                if grid.bars[k].start >= chord.end:
                    break
                sounding[k].setdefault(line, []).append(chord)
    return sounding


def _notate_bars(
    sounding: Sequence[dict[_Line, list[WrittenChord]]], instrument: Instrument, grid: Grid
) -> _Bars:
    """The voices of each bar."""
    staves = range(1, instrument.staves + 1)
    numbered = enumerate(zip(grid.bars, sounding, strict=True))
    return hide_rests(
        [
            _voices(bar, _missing_before_pickup(grid, k), inside, staves)
            for k, (bar, inside) in numbered
        ]
    )


def _measures(
    bars: _Bars,
    instrument: Instrument,
    grid: Grid,
    sections: Sequence[KeySection],
    marks: PartMarks,
) -> tuple[Measure, ...]:
    """The measures of a part, with signatures, clefs and marks."""
    clef_signs = signs_of_staves(grid, bars, range(1, instrument.staves + 1), instrument.octave)
    first = 0 if _missing_before_pickup(grid, 0) else 1
    own = _in_measures(marks.marks, grid)
    feet = (
        pedal_marks(marks.pedals, grid, bars)
        if marks.pedals != PedalNotation()
        else [[] for _ in bars]
    )
    keys = {section.start: section.key for section in sections}
    return tuple(
        Measure(
            number=first + k,
            length=bar.length,
            voices=bars[k],
            time=_time(grid, k),
            key=keys.get(bar.start),
            clefs=tuple(clef_signs.clefs[k]),
            marks=(*own[k], *feet[k], *clef_signs.lines[k]),
        )
        for k, bar in enumerate(grid.bars)
    )


def _missing_before_pickup(grid: Grid, k: int) -> Fraction:
    """Quarters of a full bar that are missing before a pickup."""
    bar = grid.bars[k]
    return bar.full_length - bar.length if k == 0 else Fraction(0)


def _time(grid: Grid, k: int) -> TimeSignature | None:
    bar, before = grid.bars[k], grid.bars[k - 1]
    if k and (bar.beats, bar.beat_type) == (before.beats, before.beat_type):
        return None
    return TimeSignature(bar.beats, bar.beat_type)


def _voices(
    bar: Bar,
    missing: Fraction,
    sounding: dict[tuple[int, int], list[WrittenChord]],
    staves: Sequence[int],
) -> tuple[Voice, ...]:
    """The voices of one measure; each staff has at least one."""
    voices = []
    cross_staff_beats = _cross_staff_beats(bar, sounding)
    for staff in staves:
        first = VOICES_PER_STAFF * (staff - 1) + 1
        lines = {voice: chords for (s, voice), chords in sounding.items() if s == staff}
        if list(lines) == [2] and not _tied_over(lines[2], bar):
            lines = {1: lines[2]}
        lines.setdefault(1, [])
        for voice, chords in sorted(lines.items()):
            events = beam(_events(chords, bar, missing, cross_staff_beats[staff]), bar, missing)
            voices.append(Voice(first + voice - 1, staff, events))
    return tuple(voices)


def _tied_over(chords: list[WrittenChord], bar: Bar) -> bool:
    return any(chord.onset < bar.start or chord.end > bar.end for chord in chords)


def _cross_staff_beats(
    bar: Bar, sounding: dict[tuple[int, int], list[WrittenChord]]
) -> dict[int, set[Fraction]]:
    """The starts and ends of beats in which lines of the other staff come to each staff."""
    edges: dict[int, set[Fraction]] = defaultdict(set)
    for chord in (chord for chords in sounding.values() for chord in chords):
        if chord.staff:
            beat = beam_span_around(chord.onset, bar)
            edges[chord.staff] |= {beat.start - bar.start, beat.end - bar.start}
    return edges


def _events(
    chords: list[WrittenChord], bar: Bar, missing: Fraction, cross_staff_beats: set[Fraction]
) -> list[Event]:
    """The events of one voice that fill the measure: chords, grace notes and rests.

    A silent bar has one rest, whatever its length; a pickup, which is no full bar, rests of its
    length. Rests divide where a line of the other staff comes and goes.
    """
    if not chords and not missing and not cross_staff_beats:
        return [Rest(Fraction(0), NoteValue("whole"), whole_measure=bar.length)]
    spans: list[VoiceSpan] = []
    position = Fraction(0)
    for k, chord in enumerate(chords):
        onset = max(chord.onset - bar.start, Fraction(0))
        end = min(chord.end - bar.start, bar.length)
        spans.extend(rest_spans(position, onset, cross_staff_beats))
        spans.append(VoiceSpan(onset, end, k))
        position = end
    spans.extend(rest_spans(position, bar.length, cross_staff_beats))
    events: list[Event] = []
    for written in split_into_values(spans, bar, missing):
        staff = None if written.chord is None else chords[written.chord].staff
        events.extend(
            event if isinstance(event, Rest) else replace(event, staff=staff)
            for event in _written(written, chords, bar)
        )
    return events


def _written(written: TiedValue, chords: list[WrittenChord], bar: Bar) -> Iterator[Event]:
    start, stop = written.tuplet_start, written.tuplet_stop
    if written.chord is None:
        yield Rest(written.onset, written.value, tuplet_start=start, tuplet_stop=stop)
        return
    chord = chords[written.chord]
    begins = written.first and chord.onset >= bar.start
    ends = written.last and chord.end <= bar.end
    if begins:
        yield from _small_notes(written.onset, chord.graces)
    if chord.tremolo:
        stood = (_heads(heads, begins) for heads in (chord.heads, chord.second))
        yield from write_tremolo(written, *stood)
        return
    heads = tuple(
        replace(
            head,
            tied_from=not begins,
            tied_to=not ends,
            folded=head.folded if begins else (),
        )
        for head in chord.heads
    )
    yield Chord(
        written.onset,
        written.value,
        heads,
        tuplet_start=start,
        tuplet_stop=stop,
        ornament=chord.ornament if begins else None,
        staccato=chord.signs.staccato and begins and ends,
        accent=chord.signs.accent and begins,
        arpeggiated=chord.signs.arpeggiated and begins,
        fermata=chord.signs.fermata and ends,
        glissando=chord.glissando if begins else None,
    )


def _heads(heads: Sequence[Notehead], begins: bool) -> list[Notehead]:
    """The heads as tied in the first or a later part of their duration."""
    return [replace(head, folded=head.folded if begins else ()) for head in heads]


def _small_notes(onset: Fraction, heads: Sequence[Notehead]) -> Iterator[Chord]:
    """The value of grace notes: one is an eighth; several are 16ths under two beams."""
    if len(heads) == 1:
        yield Chord(onset, NoteValue("eighth"), tuple(heads), grace=True)
        return
    for k, head in enumerate(heads):
        word = "begin" if k == 0 else "end" if k == len(heads) - 1 else "continue"
        yield Chord(onset, NoteValue("16th"), (head,), grace=True, beams=(word, word))


def _in_measures(marks: Sequence[Mark], grid: Grid) -> list[list[Mark]]:
    """The marks of each measure, with positions from its barline."""
    inside: list[list[Mark]] = [[] for _ in grid.bars]
    for mark in marks:
        k = grid.bar_at(mark.onset)
        inside[k].append(replace(mark, onset=mark.onset - grid.bars[k].start))
    return inside
