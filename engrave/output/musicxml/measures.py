"""The measures of a part in MusicXML, with octave lines as written.

Under an octave line MusicXML keeps the sounding pitch; the pitch at which noteheads are drawn is
`as_written`. Durations are counted in divisions of a quarter note.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import zip_longest

from lxml.etree import _Element as Element

from engrave.music.marks import Clef, Mark, OctaveLine
from engrave.music.score import Chord, Event, Measure, Notehead, Part, Rest, Voice
from engrave.music.values import TimeSignature
from engrave.notation.accidentals import StaffPosition, find_accidentals
from engrave.notation.beams import stem_directions
from engrave.notation.pedal_marks import anchor_voice
from engrave.notation.rests import shared_rests
from engrave.notation.tuplets import TupletBracket, tuplet_brackets
from engrave.output.musicxml.barlines import write_left_barline, write_right_barline
from engrave.output.musicxml.directions import (
    Marks,
    marks_by_voice,
    marks_of,
    write_clef,
    write_mark,
)
from engrave.output.musicxml.elements import add
from engrave.output.musicxml.notes import (
    length_of,
    tie_ends,
    write_notations,
    write_pitch,
    write_tuplet_ends,
    write_two_in_one,
    write_value,
)

OCTAVES = {"8va": 1, "15ma": 2, "8vb": -1}  # by which it sounds higher than written


@dataclass(frozen=True, slots=True)
class AsWritten:
    """Voices with their notes at written pitch, and the octaves of each staff after them."""

    voices: list[Voice]
    octaves: Mapping[int, int]


def as_written(measure: Measure, voices: Sequence[Voice], before: Mapping[int, int]) -> AsWritten:
    """The voices of a measure; `before` are the octaves under which its staves begin."""
    ends = [mark for mark in measure.marks if isinstance(mark, OctaveLine)]
    ends.sort(key=lambda end: (end.onset, end.kind == "start"))

    def octaves(staff: int, onset: Fraction) -> int:
        there = [end for end in ends if end.staff == staff and end.onset <= onset]
        if not there:
            return before.get(staff, 0)
        return OCTAVES[there[-1].line] if there[-1].kind == "start" else 0

    written = [
        replace(
            voice,
            events=tuple(_lower(e, octaves(voice.staff_of(e), e.onset)) for e in voice.events),
        )
        for voice in voices
    ]
    return AsWritten(written, {v.staff: octaves(v.staff, measure.length) for v in voices})


def _lower(event: Event, octaves: int) -> Event:
    if isinstance(event, Rest) or not octaves:
        return event
    heads = (
        replace(head, pitch=replace(head.pitch, octave=head.pitch.octave - octaves))
        for head in event.heads
    )
    return replace(event, heads=tuple(heads))


@dataclass(frozen=True, slots=True)
class _VoiceLayout:
    """Layout of one voice of a measure: its marks by position, stems event by event.

    `accidentals` has the sign of each head of the chord with an index; the rests `hidden` (indices)
    are drawn in another voice. `tuplets` has the tuplet of the event with an index.
    """

    marks: Marks
    stems: list[str | None]
    accidentals: dict[int, list[str | None]]
    hidden: frozenset[int]
    tuplets: dict[int, TupletBracket]


@dataclass(frozen=True, slots=True)
class _ChordSigns:
    """Signs of one chord: its stem, the accidental of each head, its tuplet."""

    stem: str | None
    accidentals: list[str | None]
    tuplet: TupletBracket | None


class PartWriter:
    """Writes one part; holds the state from measure to measure (key, time, altered lines, ids)."""

    def __init__(
        self,
        root: Element,
        part_id: str,
        part: Part,
        divisions: int,
        key_presses: Counter[int],
    ) -> None:
        self.xml = add(root, "part", id=part_id)
        self.part = part
        self.divisions = divisions
        self.key_presses = key_presses
        self.fifths = 0
        # how the measure before left the lines of the staves
        self.lines: Mapping[StaffPosition, int] = {}
        self.octaves: Mapping[
            int, int
        ] = {}  # by which the staves sound higher than they are written
        self.time = TimeSignature(4, 4)

    def write(self) -> None:
        """All measures of the part."""
        before: Measure | None = None
        for measure, following in zip_longest(self.part.measures, self.part.measures[1:]):
            self.write_measure(measure, _opening_clefs(following) if following else [])
            write_left_barline(self.xml[-1], measure, before)
            turns = following and following.key and following.key.fifths != self.fifths
            write_right_barline(self.xml[-1], measure, following, bool(turns))
            before = measure

    def write_measure(self, measure: Measure, next_clefs: list[Clef]) -> None:
        """A measure; the clefs of the next one stand before the barline, as engravers put them."""
        if measure.key:
            self.fifths, self.lines = measure.key.fifths, {}
        self.time = measure.time or self.time
        xml = add(self.xml, "measure", number=str(measure.number))
        full = Fraction(4 * self.time.beats, self.time.beat_type)
        if measure.number == 0 or measure.length != full:
            xml.set("implicit", "yes")
        self.write_attributes(xml, measure)
        voices = sorted(measure.voices, key=lambda voice: voice.number)
        coming = [replace(clef, onset=measure.length) for clef in next_clefs]
        streams, apart = marks_by_voice([*marks_of(measure), *coming], voices)
        written = as_written(measure, voices, self.octaves)
        self.octaves = written.octaves
        accidentals = find_accidentals(written.voices, self.fifths, self.lines)
        self.lines = accidentals.last
        stems, tuplets = stem_directions(voices), tuplet_brackets(voices)
        shared = shared_rests(voices)
        for index, voice in enumerate(voices):
            if index:
                self.move(xml, -measure.length)
            layout = _VoiceLayout(
                streams[index],
                stems[index],
                accidentals.signs[index],
                frozenset(k for v, k in shared if v == index),
                tuplets[index],
            )
            self.write_voice(xml, voice, layout)
        hidden = anchor_voice(measure, self.part.staves)
        if hidden:
            self.move(xml, -measure.length)
            self.write_hidden(xml, hidden)
        if apart:
            self.write_marks_apart(xml, apart, measure.length)

    def write_attributes(self, xml: Element, measure: Measure) -> None:
        """Divisions, key, time, staves and clefs, where they change."""
        first = len(self.xml) == 1
        if not (first or measure.key or measure.time):
            return
        attributes = add(xml, "attributes")
        if first:
            add(attributes, "divisions", str(self.divisions))
        if measure.key:
            key = add(attributes, "key")
            add(key, "fifths", str(measure.key.fifths))
            add(key, "mode", measure.key.mode)
        if measure.time:
            time = add(attributes, "time")
            add(time, "beats", str(measure.time.beats))
            add(time, "beat-type", str(measure.time.beat_type))
        if first:
            add(attributes, "staves", str(self.part.staves))
            for clef in _opening_clefs(measure):
                write_clef(attributes, clef)

    def write_voice(self, xml: Element, voice: Voice, layout: _VoiceLayout) -> None:
        """The chords and rests of a voice, with the marks before them."""
        tuplets = layout.tuplets
        waiting = layout.marks.copy()
        for index, event in enumerate(voice.events):
            for mark in waiting.pop(event.onset, ()):
                write_mark(xml, mark, self.part.staves)
            if isinstance(event, Rest):
                hidden = event.hidden or index in layout.hidden
                self.write_rest(xml, event, voice, tuplets.get(index), hidden)
            else:
                signs = _ChordSigns(
                    layout.stems[index], layout.accidentals[index], tuplets.get(index)
                )
                self.write_chord(xml, event, voice, signs)
        for marks in waiting.values():  # at the barline
            for mark in marks:
                write_mark(xml, mark, self.part.staves)

    def write_hidden(self, xml: Element, voice: Voice) -> None:
        """Rests that are not printed, as anchors of pedal marks."""
        for rest in voice.events:
            assert isinstance(rest, Rest)
            self.write_rest(xml, rest, voice, None, hidden=True)

    def write_marks_apart(self, xml: Element, marks: list[Mark | Clef], end: Fraction) -> None:
        """Marks in order of time, after the voices. After this: at the end of the measure."""
        position = end
        for mark in marks:
            self.move(xml, mark.onset - position)
            write_mark(xml, mark, self.part.staves)
            position = mark.onset
        self.move(xml, end - position)

    def move(self, xml: Element, quarters: Fraction) -> None:
        """Go back or forward in the measure."""
        if quarters:
            step = add(xml, "backup" if quarters < 0 else "forward")
            add(step, "duration", self.duration(abs(quarters)))

    def write_rest(
        self, xml: Element, rest: Rest, voice: Voice, tuplet: TupletBracket | None, hidden: bool
    ) -> None:
        """A `<note>` with a `<rest>`."""
        note = add(xml, "note", **{"print-object": "no"} if hidden else {})
        sign = add(note, "rest")
        add(note, "duration", self.duration(rest.length))
        add(note, "voice", str(voice.number))
        if rest.whole_measure is not None:
            sign.set("measure", "yes")  # and no type: it stands for any duration
        else:
            write_value(note, rest.value, None, tuplet)
        add(note, "staff", str(voice.staff))
        if tuplet and (rest.tuplet_start or rest.tuplet_stop):
            write_tuplet_ends(add(note, "notations"), rest, tuplet)

    def write_chord(self, xml: Element, chord: Chord, voice: Voice, signs: _ChordSigns) -> None:
        """A `<note>` for each head of a chord."""
        in_turn = chord.tremolo in ("start", "stop")
        duration = self.duration(chord.length if in_turn else length_of(chord.value))
        for index, (head, sign) in enumerate(zip(chord.heads, signs.accidentals, strict=True)):
            note = self.add_note(xml, head)
            if chord.grace:
                add(note, "grace", slash="yes" if chord.value.type == "eighth" else "no")
            if index:
                add(note, "chord")
            write_pitch(note, head.pitch)
            if not chord.grace:
                add(note, "duration", duration)
            for end in tie_ends(head):
                add(note, "tie", type=end)
            add(note, "voice", str(voice.number))
            write_value(note, chord.value, sign, signs.tuplet)
            if in_turn:
                write_two_in_one(note)
            if signs.stem:
                add(note, "stem", signs.stem)
            add(note, "staff", str(voice.staff_of(chord)))
            if not index:
                for level, beam in enumerate(chord.beams, 1):
                    add(note, "beam", beam, number=str(level))
            write_notations(note, chord, head, None if index else signs.tuplet, first=not index)

    def add_note(self, xml: Element, head: Notehead) -> Element:
        """A note element with the id of its key press, if it has one."""
        if not head.played:
            return add(xml, "note")
        played = head.played[0]
        self.key_presses[played] += 1
        count = self.key_presses[played]
        return add(xml, "note", id=f"p{played}" if count == 1 else f"p{played}-{count}")

    def duration(self, length: Fraction) -> str:
        """A duration in quarter notes as divisions (a whole number by their choice)."""
        return str(length.numerator * self.divisions // length.denominator)


def _opening_clefs(measure: Measure) -> list[Clef]:
    return [clef for clef in measure.clefs if clef.onset == 0]
