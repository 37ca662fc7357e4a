"""MusicXML 4.0: the score as other programs read it.

A partwise score in the sense of the W3C recommendation (https://www.w3.org/2021/06/musicxml40),
kept to what notation programs are known to read alike:

* One `divisions` for the whole score makes every duration a whole number.
* A measure is written voice by voice, each full with notes and rests, with a `<backup>` between
  two voices.
* A mark (tempo, dynamic, clef) stands in the stream of a voice right before an event that starts
  at its place: programs ignore an `<offset>`. The pedal, and marks at whose place nothing starts,
  follow after all voices, reached by `<backup>` and `<forward>`: programs pair pedal marks in the
  order of writing, and only there it can always be the order of time.
* A new clef for a measure stands at the end of the measure before (MuseScore 3 forgets others
  when it opens its own file again), and a new key has a double barline before it.
* Each note has an `id` that says which key press made it: `p123` is the first notehead of played
  note 123 (index into `Performance.notes`), `p123-2` the second, which is its tied continuation.
  A head that writes several key presses carries the first of them. The `<notations>` of a head
  with an ornament have an id that says which presses the sign stands for: `p123-folds-124-125`.

The bytes depend on the score alone: no date, no random ids.
"""

import io
import re
import zipfile
from collections import Counter
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from itertools import zip_longest
from math import lcm

from lxml import etree
from lxml.etree import _Element as Element

from engrave.carriers import carrying_voice
from engrave.layout import TupletSign, find_accidentals, stem_directions, tuplet_signs
from engrave.score import (
    Chord,
    Clef,
    Dynamic,
    Event,
    Mark,
    Measure,
    Notehead,
    NoteValue,
    Part,
    PedalMark,
    PedalWords,
    Pitch,
    Rest,
    Score,
    TempoMark,
    TimeSignature,
    Voice,
)

DOCTYPE = (
    '<!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 4.0 Partwise//EN"'
    ' "http://www.musicxml.org/dtds/partwise.dtd">'
)
# What the absence of an element means: no accidental, no beam; but stems are left to the reader
# except where two voices share a staff.
SUPPORTS = {"accidental": "yes", "beam": "yes", "stem": "no"}
# Signs that are elements of their own in MusicXML; any other is written as text.
DYNAMICS = {"pppp", "ppp", "pp", "p", "mp", "mf", "f", "ff", "fff", "ffff", "fp", "sf", "sfz"}
# No wavy line: MuseScore 3 does not write a trill again whose line ends at a barline.
ORNAMENTS = {"trill": "trill-mark", "turn": "turn"}
SHOW_NUMBER = {"show-number": "actual"}
# Of marks at one place, which comes first; the pedal goes up before it goes down again.
MARK_ORDER = {Clef: 0, TempoMark: 1, Dynamic: 2, PedalWords: 3, PedalMark: 4}
ILLEGAL_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

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


def _add(parent: Element, tag: str, text: str | None = None, **attributes: str) -> Element:
    """A new last child of `parent`."""
    child = etree.SubElement(parent, tag, attributes)
    if text is not None:
        child.text = text
    return child


def _plain(text: str) -> str:
    """A stranger's text on one line, without the characters that XML cannot hold."""
    return " ".join(ILLEGAL_IN_XML.sub("", text).split())


def _write_head(root: Element, score: Score) -> None:
    if title := _plain(score.title):
        _add(_add(root, "work"), "work-title", title)
    identification = _add(root, "identification")
    if composer := _plain(score.composer):
        _add(identification, "creator", composer, type="composer")
    encoding = _add(identification, "encoding")
    _add(encoding, "software", "engrave")
    for element, supported in SUPPORTS.items():
        _add(encoding, "supports", element=element, type=supported)
    part_list = _add(root, "part-list")
    for number, part in enumerate(score.parts, 1):
        _write_score_part(part_list, f"P{number}", _plain(part.name), number)


def _write_score_part(part_list: Element, part_id: str, name: str, number: int) -> None:
    score_part = _add(part_list, "score-part", id=part_id)
    _add(score_part, "part-name", name)
    instrument = f"{part_id}-I1"
    _add(_add(score_part, "score-instrument", id=instrument), "instrument-name", name)
    midi = _add(score_part, "midi-instrument", id=instrument)
    _add(midi, "midi-channel", str((number - 1) % 9 + 1))  # channel 10 is for drums
    _add(midi, "midi-program", "1")


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


_Marks = dict[Fraction, list[Mark | Clef]]


@dataclass(frozen=True, slots=True)
class _VoiceLayout:
    """What one voice of a measure is written with: its marks by place, stems, accidentals."""

    marks: _Marks
    stem: str | None
    accidentals: dict[int, list[str | None]]  # index of a chord -> the sign of each head


class _PartWriter:
    """Writes one part; holds what lasts from measure to measure (key, time, used note ids)."""

    def __init__(
        self,
        root: Element,
        part_id: str,
        part: Part,
        divisions: int,
        key_presses: Counter[int],
    ) -> None:
        self.xml = _add(root, "part", id=part_id)
        self.part = part
        self.divisions = divisions
        self.key_presses = key_presses
        self.fifths = 0
        self.time = TimeSignature(4, 4)

    def write(self) -> None:
        for measure, following in zip_longest(self.part.measures, self.part.measures[1:]):
            self.write_measure(measure, _opening_clefs(following) if following else [])
            if following is None:
                _write_barline(self.xml[-1], "light-heavy")
            elif following.key and following.key.fifths != self.fifths:
                _write_barline(self.xml[-1], "light-light")

    def write_measure(self, measure: Measure, next_clefs: list[Clef]) -> None:
        """A measure; the clefs of the next one stand before the barline, as engravers put them."""
        self.fifths = measure.key.fifths if measure.key else self.fifths
        self.time = measure.time or self.time
        xml = _add(self.xml, "measure", number=str(measure.number))
        full = Fraction(4 * self.time.beats, self.time.beat_type)
        if measure.number == 0 or measure.length != full:
            xml.set("implicit", "yes")
        self.write_attributes(xml, measure)
        voices = sorted(measure.voices, key=lambda voice: voice.number)
        coming = [replace(clef, onset=measure.length) for clef in next_clefs]
        streams, apart = _marks_by_voice([*_marks(measure), *coming], voices)
        accidentals = find_accidentals(voices, self.fifths)
        stems = stem_directions(voices)
        for index, voice in enumerate(voices):
            if index:
                self.move(xml, -measure.length)
            layout = _VoiceLayout(streams[index], stems[index], accidentals[index])
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
        attributes = _add(xml, "attributes")
        if first:
            _add(attributes, "divisions", str(self.divisions))
        if measure.key:
            key = _add(attributes, "key")
            _add(key, "fifths", str(measure.key.fifths))
            _add(key, "mode", measure.key.mode)
        if measure.time:
            time = _add(attributes, "time")
            _add(time, "beats", str(measure.time.beats))
            _add(time, "beat-type", str(measure.time.beat_type))
        if first:
            _add(attributes, "staves", str(self.part.staves))
            for clef in _opening_clefs(measure):
                _write_clef(attributes, clef)

    def write_voice(self, xml: Element, voice: Voice, layout: _VoiceLayout) -> None:
        tuplets = tuplet_signs(voice.events)
        waiting = layout.marks.copy()
        for index, event in enumerate(voice.events):
            for mark in waiting.pop(event.onset, ()):
                _write_mark(xml, mark, self.part.staves)
            if isinstance(event, Rest):
                self.write_rest(xml, event, voice, tuplets.get(index))
            else:
                signs = layout.accidentals[index]
                self.write_chord(xml, event, voice, layout.stem, signs, tuplets.get(index))

    def write_hidden(self, xml: Element, voice: Voice) -> None:
        """Rests that are not printed, for the pedal to stand at."""
        for rest in voice.events:
            assert isinstance(rest, Rest)
            self.write_rest(xml, rest, voice, None)
            xml[-1].set("print-object", "no")

    def write_marks_apart(self, xml: Element, marks: list[Mark | Clef], end: Fraction) -> None:
        """Marks in the order of time, after the voices. After this: at the end of the measure."""
        place = end
        for mark in marks:
            self.move(xml, mark.onset - place)
            _write_mark(xml, mark, self.part.staves)
            place = mark.onset
        self.move(xml, end - place)

    def move(self, xml: Element, quarters: Fraction) -> None:
        """Go back or forward in the measure."""
        if quarters:
            step = _add(xml, "backup" if quarters < 0 else "forward")
            _add(step, "duration", self.duration(abs(quarters)))

    def write_rest(self, xml: Element, rest: Rest, voice: Voice, tuplet: TupletSign | None) -> None:
        note = _add(xml, "note")
        sign = _add(note, "rest")
        _add(note, "duration", self.duration(rest.length))
        _add(note, "voice", str(voice.number))
        if rest.whole_measure is not None:
            sign.set("measure", "yes")  # and no type: it stands for any length
        else:
            _write_value(note, rest.value, None, tuplet)
        _add(note, "staff", str(voice.staff))
        if tuplet and (rest.tuplet_start or rest.tuplet_stop):
            _write_tuplet_ends(_add(note, "notations"), rest, tuplet)

    def write_chord(
        self,
        xml: Element,
        chord: Chord,
        voice: Voice,
        stem: str | None,
        signs: list[str | None],
        tuplet: TupletSign | None,
    ) -> None:
        duration = self.duration(_length(chord.value))
        for index, (head, sign) in enumerate(zip(chord.heads, signs, strict=True)):
            note = self.add_note(xml, head)
            if chord.grace:
                _add(note, "grace", slash="yes" if chord.value.type == "eighth" else "no")
            if index:
                _add(note, "chord")
            _write_pitch(note, head.pitch)
            if not chord.grace:
                _add(note, "duration", duration)
            for end in _tie_ends(head):
                _add(note, "tie", type=end)
            _add(note, "voice", str(voice.number))
            _write_value(note, chord.value, sign, tuplet)
            if stem:
                _add(note, "stem", stem)
            _add(note, "staff", str(voice.staff))
            if not index:
                for level, beam in enumerate(chord.beams, 1):
                    _add(note, "beam", beam, number=str(level))
            _write_notations(note, chord, head, None if index else tuplet, first=not index)

    def add_note(self, xml: Element, head: Notehead) -> Element:
        """A note element with the id of its key press, if it has one."""
        if not head.played:
            return _add(xml, "note")
        played = head.played[0]
        self.key_presses[played] += 1
        count = self.key_presses[played]
        return _add(xml, "note", id=f"p{played}" if count == 1 else f"p{played}-{count}")

    def duration(self, length: Fraction) -> str:
        """A length in quarter notes, in divisions (a whole number by their choice)."""
        return str(length.numerator * self.divisions // length.denominator)


_length = cache(lambda value: value.length)


def _opening_clefs(measure: Measure) -> list[Clef]:
    return [clef for clef in measure.clefs if clef.onset == 0]


def _marks(measure: Measure) -> list[Mark | Clef]:
    """What stands in a measure between its notes."""
    return [*measure.marks, *(clef for clef in measure.clefs if clef.onset > 0)]


def _marks_by_voice(
    marks: list[Mark | Clef], voices: list[Voice]
) -> tuple[list[_Marks], list[Mark | Clef]]:
    """For each voice the marks of its stream, by place; and the marks that stand apart.

    A mark goes to the first voice (a clef: of its staff) in which something starts at its place.
    """
    streams: list[_Marks] = [{} for _ in voices]
    apart: list[Mark | Clef] = []
    for mark in sorted(marks, key=_mark_order):
        apart_from_notes = isinstance(mark, PedalMark | PedalWords)
        carrier = None if apart_from_notes else _carrier(mark, voices)
        if carrier is None:
            apart.append(mark)
        else:
            streams[carrier].setdefault(mark.onset, []).append(mark)
    return streams, apart


def _carrier(mark: Mark | Clef, voices: list[Voice]) -> int | None:
    for index, voice in enumerate(voices):
        on_staff = not isinstance(mark, Clef) or voice.staff == mark.staff
        if on_staff and any(event.onset == mark.onset for event in voice.events):
            return index
    return None


def _mark_order(mark: Mark | Clef) -> tuple[Fraction, int, bool]:
    return mark.onset, MARK_ORDER[type(mark)], getattr(mark, "kind", "") == "start"


def _write_value(
    note: Element, value: NoteValue, accidental: str | None, tuplet: TupletSign | None
) -> None:
    _add(note, "type", value.type)
    for _ in range(value.dots):
        _add(note, "dot")
    if accidental:
        _add(note, "accidental", accidental)
    if value.actual != value.normal:
        modification = _add(note, "time-modification")
        _add(modification, "actual-notes", str(value.actual))
        _add(modification, "normal-notes", str(value.normal))
        if tuplet and tuplet.unit and (value.dots or value.type != tuplet.unit):
            _add(modification, "normal-type", tuplet.unit)


def _write_pitch(note: Element, pitch: Pitch) -> None:
    xml = _add(note, "pitch")
    _add(xml, "step", pitch.step)
    if pitch.alter:
        _add(xml, "alter", str(pitch.alter))
    _add(xml, "octave", str(pitch.octave))


def _tie_ends(head: Notehead) -> list[str]:
    return ["stop"] * head.tied_from + ["start"] * head.tied_to


def _write_notations(
    note: Element, chord: Chord, head: Notehead, tuplet: TupletSign | None, first: bool
) -> None:
    """Ties and arpeggios belong to each head; tuplets, ornaments, articulations to the first."""
    notations = etree.Element("notations")
    if head.folded:
        notations.set("id", "-".join([f"p{head.played[0]}-folds", *map(str, head.folded)]))
    for end in _tie_ends(head):
        _add(notations, "tied", type=end)
    if tuplet:
        _write_tuplet_ends(notations, chord, tuplet)
    if chord.ornament and first:
        _add(_add(notations, "ornaments"), ORNAMENTS[chord.ornament])
    if chord.staccato and first:
        _add(_add(notations, "articulations"), "staccato")
    if chord.arpeggiated:
        _add(notations, "arpeggiate")
    if len(notations) or head.folded:
        note.append(notations)


def _write_tuplet_ends(notations: Element, event: Event, tuplet: TupletSign) -> None:
    if event.tuplet_start:
        bracket = "yes" if tuplet.bracket else "no"
        _add(notations, "tuplet", type="start", bracket=bracket, **SHOW_NUMBER)
    if event.tuplet_stop:
        _add(notations, "tuplet", type="stop")


def _write_barline(xml: Element, style: str) -> None:
    _add(_add(xml, "barline", location="right"), "bar-style", style)


def _write_clef(attributes: Element, clef: Clef) -> None:
    xml = _add(attributes, "clef", number=str(clef.staff))
    _add(xml, "sign", clef.sign)
    _add(xml, "line", str(clef.line))


def _write_mark(xml: Element, mark: Mark | Clef, staves: int) -> None:
    if isinstance(mark, Clef):
        _write_clef(_add(xml, "attributes"), mark)
        return
    if isinstance(mark, PedalMark) and mark.look == "none":
        damper = {"damper-pedal": "yes" if mark.kind == "start" else "no"}
        etree.SubElement(xml, "sound", damper)
        return
    placement = "above" if isinstance(mark, TempoMark | PedalWords) else "below"
    direction = _add(xml, "direction", placement=placement)
    if isinstance(mark, TempoMark):
        _write_tempo(direction, mark)
    elif isinstance(mark, Dynamic):
        _write_dynamic(direction, mark)
    elif isinstance(mark, PedalWords):
        words = {"font-style": "italic"}
        etree.SubElement(_add(direction, "direction-type"), "words", words).text = mark.words
    else:
        sign = "yes" if mark.look == "sign" else "no"
        _add(_add(direction, "direction-type"), "pedal", type=mark.kind, line="yes", sign=sign)
    _add(direction, "staff", str(staves if isinstance(mark, PedalMark | PedalWords) else 1))
    if isinstance(mark, TempoMark):
        quarters = mark.per_minute * _length(mark.beat)
        _add(direction, "sound", tempo=f"{float(quarters):.6g}")


def _write_dynamic(direction: Element, mark: Dynamic) -> None:
    dynamics = _add(_add(direction, "direction-type"), "dynamics")
    if mark.sign in DYNAMICS:
        _add(dynamics, mark.sign)
    else:
        _add(dynamics, "other-dynamics", _plain(mark.sign))


def _write_tempo(direction: Element, mark: TempoMark) -> None:
    if words := _plain(mark.words):
        _add(_add(direction, "direction-type"), "words", words)
    metronome = _add(_add(direction, "direction-type"), "metronome", parentheses="no")
    _add(metronome, "beat-unit", mark.beat.type)
    for _ in range(mark.beat.dots):
        _add(metronome, "beat-unit-dot")
    _add(metronome, "per-minute", str(mark.per_minute))
