"""MusicXML 4.0: the score as other programs read it.

A partwise score in the sense of the W3C recommendation (https://www.w3.org/2021/06/musicxml40),
kept to what notation programs are known to read alike:

* One `divisions` for the whole score makes every duration a whole number.
* A measure is written voice by voice, each full with notes and rests, with a `<backup>` between
  two voices.
* Signs between the notes stand where `xml_marks` says.
* A new clef for a measure stands at the end of the measure before (MuseScore 3 forgets others
  when it opens its own file again), and a new key has a double barline before it.
* Each note has an `id` that says which key press made it: `p123` is the first notehead of played
  note 123 (index into `Performance.notes`), `p123-2` the second, which is its tied continuation.
  A head that writes several key presses carries the first of them. The `<notations>` of a head
  with an ornament have an id that says which presses the sign stands for: `p123-folds-124-125`.

The bytes depend on the score alone: no date, no random ids.
"""

import io
import zipfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from itertools import zip_longest
from math import lcm

from lxml import etree
from lxml.etree import _Element as Element

from engrave.accidentals import Line, find_accidentals
from engrave.carriers import carrying_voice
from engrave.layout import TupletSign, shared_rests, stem_directions, tuplet_signs
from engrave.octave_lines import as_written
from engrave.score import (
    Chord,
    Clef,
    Mark,
    Measure,
    Notehead,
    Part,
    Rest,
    Score,
    TimeSignature,
    Voice,
)
from engrave.words import one_line
from engrave.xml_barlines import write_left_barline, write_right_barline
from engrave.xml_marks import Marks, marks_by_voice, marks_of, write_clef, write_mark
from engrave.xml_notes import (
    tie_ends,
    write_notations,
    write_pitch,
    write_tuplet_ends,
    write_two_in_one,
    write_value,
)
from engrave.xml_text import add

DOCTYPE = (
    '<!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 4.0 Partwise//EN"'
    ' "http://www.musicxml.org/dtds/partwise.dtd">'
)
# What the absence of an element means: no accidental, no beam; but stems are left to the reader
# except where two voices share a staff.
SUPPORTS = {"accidental": "yes", "beam": "yes", "stem": "no"}

CONTAINER = b"""<?xml version="1.0" encoding="UTF-8"?>
<container>
  <rootfiles>
    <rootfile full-path="score.musicxml" media-type="application/vnd.recordare.musicxml+xml"/>
  </rootfiles>
</container>
"""
MIMETYPE = b"application/vnd.recordare.musicxml"
ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)


def write_musicxml(score: Score) -> bytes:
    """The score as an uncompressed MusicXML 4.0 document in UTF-8."""
    root = etree.Element("score-partwise", version="4.0")
    _write_head(root, score)
    divisions = _divisions(score)
    key_presses: Counter[int] = Counter()
    for number, part in enumerate(score.parts, 1):
        _PartWriter(root, f"P{number}", part, divisions, key_presses).write()
    return etree.tostring(
        root, encoding="UTF-8", xml_declaration=True, pretty_print=True, doctype=DOCTYPE
    )


def write_mxl(score: Score) -> bytes:
    """The score as a compressed MusicXML file (a zip archive)."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as mxl:
        for name, content, method in (
            ("mimetype", MIMETYPE, zipfile.ZIP_STORED),
            ("META-INF/container.xml", CONTAINER, zipfile.ZIP_DEFLATED),
            ("score.musicxml", write_musicxml(score), zipfile.ZIP_DEFLATED),
        ):
            entry = zipfile.ZipInfo(name, ZIP_EPOCH)
            entry.create_system = 3  # whatever machine writes it
            entry.external_attr = 0o644 << 16
            entry.compress_type = method
            mxl.writestr(entry, content)
    return archive.getvalue()


def _write_head(root: Element, score: Score) -> None:
    if title := one_line(score.title):
        add(add(root, "work"), "work-title", title)
    identification = add(root, "identification")
    if composer := one_line(score.composer):
        add(identification, "creator", composer, type="composer")
    if rights := one_line(score.rights):
        add(identification, "rights", rights)
    encoding = add(identification, "encoding")
    add(encoding, "software", "engrave")
    for element, supported in SUPPORTS.items():
        add(encoding, "supports", element=element, type=supported)
    if source := one_line(score.source):
        add(identification, "source", source)
    if date := one_line(score.date):
        facts = add(identification, "miscellaneous")
        add(facts, "miscellaneous-field", date, name="date")
    part_list = add(root, "part-list")
    for number, part in enumerate(score.parts, 1):
        _write_score_part(part_list, part, number)


def _write_score_part(part_list: Element, part: Part, number: int) -> None:
    part_id, name = f"P{number}", one_line(part.name)
    score_part = add(part_list, "score-part", id=part_id)
    add(score_part, "part-name", name)
    instrument = f"{part_id}-I1"
    add(add(score_part, "score-instrument", id=instrument), "instrument-name", name)
    midi = add(score_part, "midi-instrument", id=instrument)
    add(midi, "midi-channel", str((number - 1) % 9 + 1))  # channel 10 is for drums
    add(midi, "midi-program", str(part.program + 1))


def _divisions(score: Score) -> int:
    """The fewest divisions of a quarter note that make every place and length whole."""
    lengths: set[Fraction] = set()
    for part in score.parts:
        for measure in part.measures:
            lengths.add(measure.length)
            lengths |= {mark.onset for mark in (*measure.marks, *measure.clefs)}
            for voice in measure.voices:
                lengths |= {event.onset for event in voice.events}
                lengths |= {_length(event.value) for event in voice.events}
    return lcm(*(length.denominator for length in lengths))


@dataclass(frozen=True, slots=True)
class _VoiceLayout:
    """What one voice of a measure is written with: its marks by place, stems event by event.

    `accidentals` has the sign of each head of the chord with an index; the rests `hidden` (indices)
    are drawn in another voice. `tuplets` has the tuplet of the event with an index.
    """

    marks: Marks
    stems: list[str | None]
    accidentals: dict[int, list[str | None]]
    hidden: frozenset[int]
    tuplets: dict[int, TupletSign]


class _PartWriter:
    """Writes one part; holds what lasts from measure to measure (key, time, altered lines, ids)."""

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
        self.lines: Mapping[Line, int] = {}  # how the measure before left the lines of the staves
        self.octaves: Mapping[
            int, int
        ] = {}  # by which the staves sound higher than they are written
        self.time = TimeSignature(4, 4)

    def write(self) -> None:
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
        stems, tuplets = stem_directions(voices), tuplet_signs(voices)
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
        hidden = carrying_voice(measure, self.part.staves)
        if hidden:
            self.move(xml, -measure.length)
            self.write_hidden(xml, hidden)
        if apart:
            self.write_marks_apart(xml, apart, measure.length)

    def write_attributes(self, xml: Element, measure: Measure) -> None:
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
        tuplets = layout.tuplets
        waiting = layout.marks.copy()
        for index, event in enumerate(voice.events):
            for mark in waiting.pop(event.onset, ()):
                write_mark(xml, mark, self.part.staves)
            if isinstance(event, Rest):
                hidden = event.hidden or index in layout.hidden
                self.write_rest(xml, event, voice, tuplets.get(index), hidden)
            else:
                signs = layout.accidentals[index]
                self.write_chord(xml, event, voice, layout.stems[index], signs, tuplets.get(index))
        for marks in waiting.values():  # at the barline
            for mark in marks:
                write_mark(xml, mark, self.part.staves)

    def write_hidden(self, xml: Element, voice: Voice) -> None:
        """Rests that are not printed, for the pedal to stand at."""
        for rest in voice.events:
            assert isinstance(rest, Rest)
            self.write_rest(xml, rest, voice, None, hidden=True)

    def write_marks_apart(self, xml: Element, marks: list[Mark | Clef], end: Fraction) -> None:
        """Marks in the order of time, after the voices. After this: at the end of the measure."""
        place = end
        for mark in marks:
            self.move(xml, mark.onset - place)
            write_mark(xml, mark, self.part.staves)
            place = mark.onset
        self.move(xml, end - place)

    def move(self, xml: Element, quarters: Fraction) -> None:
        """Go back or forward in the measure."""
        if quarters:
            step = add(xml, "backup" if quarters < 0 else "forward")
            add(step, "duration", self.duration(abs(quarters)))

    def write_rest(
        self, xml: Element, rest: Rest, voice: Voice, tuplet: TupletSign | None, hidden: bool
    ) -> None:
        note = add(xml, "note", **{"print-object": "no"} if hidden else {})
        sign = add(note, "rest")
        add(note, "duration", self.duration(rest.length))
        add(note, "voice", str(voice.number))
        if rest.whole_measure is not None:
            sign.set("measure", "yes")  # and no type: it stands for any length
        else:
            write_value(note, rest.value, None, tuplet)
        add(note, "staff", str(voice.staff))
        if tuplet and (rest.tuplet_start or rest.tuplet_stop):
            write_tuplet_ends(add(note, "notations"), rest, tuplet)

    def write_chord(
        self,
        xml: Element,
        chord: Chord,
        voice: Voice,
        stem: str | None,
        signs: list[str | None],
        tuplet: TupletSign | None,
    ) -> None:
        in_turn = chord.tremolo in ("start", "stop")
        duration = self.duration(chord.length if in_turn else _length(chord.value))
        for index, (head, sign) in enumerate(zip(chord.heads, signs, strict=True)):
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
            write_value(note, chord.value, sign, tuplet)
            if in_turn:
                write_two_in_one(note)
            if stem:
                add(note, "stem", stem)
            add(note, "staff", str(voice.staff_of(chord)))
            if not index:
                for level, beam in enumerate(chord.beams, 1):
                    add(note, "beam", beam, number=str(level))
            write_notations(note, chord, head, None if index else tuplet, first=not index)

    def add_note(self, xml: Element, head: Notehead) -> Element:
        """A note element with the id of its key press, if it has one."""
        if not head.played:
            return add(xml, "note")
        played = head.played[0]
        self.key_presses[played] += 1
        count = self.key_presses[played]
        return add(xml, "note", id=f"p{played}" if count == 1 else f"p{played}-{count}")

    def duration(self, length: Fraction) -> str:
        """A length in quarter notes, in divisions (a whole number by their choice)."""
        return str(length.numerator * self.divisions // length.denominator)


_length = cache(lambda value: value.length)


def _opening_clefs(measure: Measure) -> list[Clef]:
    return [clef for clef in measure.clefs if clef.onset == 0]
