"""The signature of a MusicXML file: everything that its page says, as facts with exact places.

Layout (print, positions, fonts) and playback (sound other than tempo, MIDI instruments) are left
out. Everything else that stands in a direction or with a note is a fact.

Normalised, each because the two ways of writing it mean the same:

- Heads of a chord are sorted low to high: their order in the file carries nothing.
- Voices are counted from 1 on each staff, in the order of their numbers: a file may call the
  first voice of staff 2 "5" (MuseScore always does) or anything else.
- A rest without a type that fills its measure is a whole-measure rest, with or without
  `measure="yes"` (MuseScore leaves that out).
- A pedal, dynamic, clef or tempo mark at the end of a measure stands at the start of the next:
  it is the same moment, and MuseScore stores only moments.
- A hidden note or rest (`print-object="no"`) says only that it is there and for how long:
  nobody sees its voice. (MuseScore makes one of a gap that `<forward>` leaves in a first voice.)
- An implicit measure after the first has no number: MuseScore calls them "X1", "X2", ..., and
  nobody sees them.
- A note lasts what its type, dots and tuplet say where the duration is that, rounded: MuseScore
  writes 480 divisions to a quarter, of which a seventh has no whole number.
- A sound stands where its direction does, `<offset>` included, as MuseScore means it.
- A key without sharps or flats has no mode: MuseScore stores none for it, and nobody sees it.
"""

import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path

from lxml import etree

from judges.chords import Element, WrittenChord, content, tuplet_facts, voice_names, written_length
from judges.facts import Fact, MeasureFrame, Signature, at_its_position, pedal_text

# Signs that belong to the moment, not to the measure in which the file happens to write them.
KINDS_AT_A_POSITION = (
    "clef",
    "dynamics",
    "pedal mark",
    "pedal look",
    "words",
    "tempo",
    "wedge",
    "direction",
)


def read_tree(path: Path) -> Element:
    """The root of a MusicXML file, plain or compressed (.mxl)."""
    if path.suffix != ".mxl":
        return etree.parse(path).getroot()
    with zipfile.ZipFile(path) as archive:
        container = etree.fromstring(archive.read("META-INF/container.xml"))
        rootfile = container.find(".//{*}rootfile")
        assert rootfile is not None, "an .mxl names its score in META-INF/container.xml"
        return etree.fromstring(archive.read(rootfile.get("full-path")))


def read_signature(path: Path) -> Signature:
    """The facts of a partwise MusicXML file."""
    root = read_tree(path)
    facts = list(_heading_facts(root))
    frames: list[MeasureFrame] = []
    for index, part in enumerate(root.findall("part")):
        reader = _PartReader(index)
        for measure in part.findall("measure"):
            reader.read_measure(measure)
        facts += reader.finished_facts()
        frames = frames or reader.frames
    return Signature(tuple(sorted(facts)), tuple(frames))


def _heading_facts(root: Element) -> Iterator[Fact]:
    """Title, composer and names of the parts."""
    for tag in ("work/work-title", "identification/creator", "part-list/score-part/part-name"):
        for element in root.iterfind(tag):
            if said := content(element):
                yield Fact(0, 0, Fraction(0), 0, element.tag, said)


@dataclass
class _PartReader:
    """Walks through one part, keeping the cursor that MusicXML leaves to the reader."""

    part: int
    divisions: int = 1
    nominal: Fraction = Fraction(4)
    cursor: Fraction = Fraction(0)
    frames: list[MeasureFrame] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    chords: list[WrittenChord] = field(default_factory=list)
    order: Counter[tuple[int, Fraction, int]] = field(default_factory=Counter)

    def read_measure(self, measure: Element) -> None:
        self.cursor, reach = Fraction(0), Fraction(0)
        for element in measure:
            match element.tag:
                case "note":
                    self._read_note(element)
                case "backup":
                    self.cursor -= self._duration(element)
                case "forward":
                    self.cursor += self._duration(element)
                case "attributes":
                    self._read_attributes(element)
                case "direction":
                    self._read_direction(element)
                case "sound":
                    self._read_tempo(element, 0)
                case "barline":
                    self._add(0, "barline", _barline_text(element), offset=-self.cursor)
            reach = max(reach, self.cursor)
        self._end_measure(measure, reach)

    def _end_measure(self, measure: Element, length: Fraction) -> None:
        index, implicit = len(self.frames), measure.get("implicit") == "yes"
        number = "-" if index and implicit else measure.get("number", "")
        self.frames.append(MeasureFrame(index, length, self.nominal, implicit))
        text = f"number {number}, {length} quarters{', implicit' if implicit else ''}"
        self.facts.append(Fact(self.part, index, Fraction(0), 0, "measure", text))

    def finished_facts(self) -> list[Fact]:
        """All facts of the part, once its last measure is read."""
        names = voice_names(self.chords)
        lengths = [frame.length for frame in self.frames]
        facts = [_moved_to_its_position(fact, lengths) for fact in self.facts]
        facts += _pedal_facts(facts, lengths)
        for chord in self.chords:
            rank = names[chord.voice].rank if chord.voice in names else None
            facts += chord.facts(self.part, rank, self.frames[chord.measure])
        return facts + list(tuplet_facts(self.part, self.chords, names))

    def _duration(self, element: Element) -> Fraction:
        return Fraction(int(element.findtext("duration", "0")), self.divisions)

    def _note_length(self, note: Element) -> Fraction:
        duration, meant = self._duration(note), written_length(note)
        if meant is None or note.find("grace") is not None:
            return duration
        return meant if abs(duration - meant) * self.divisions < 1 else duration

    def _add(self, staff: int, kind: str, text: str, offset: Fraction = Fraction(0)) -> None:
        self.facts.append(
            Fact(self.part, len(self.frames), self.cursor + offset, staff, kind, text)
        )

    def _read_attributes(self, attributes: Element) -> None:
        self.divisions = int(attributes.findtext("divisions", str(self.divisions)))
        for key in attributes.findall("key"):
            mode = key.findtext("mode", "") if key.findtext("fifths") != "0" else ""
            self._add(0, "key", f"{key.findtext('fifths')} {mode}".strip())
        for time in attributes.findall("time"):
            beats, beat_type = time.findtext("beats", "4"), time.findtext("beat-type", "4")
            self.nominal = Fraction(4 * int(beats), int(beat_type))
            self._add(0, "time", f"{beats}/{beat_type} {time.get('symbol', '')}".strip())
        for clef in attributes.findall("clef"):
            self._add(int(clef.get("number", "1")), "clef", content(clef))

    def _read_direction(self, direction: Element) -> None:
        offset = Fraction(direction.findtext("offset", "0")) / self.divisions
        staff = int(direction.findtext("staff", "1"))
        placement = direction.get("placement", "")
        signs = direction.findall("direction-type/*")
        if direction.find("direction-type/metronome") is not None:
            # Words and metronome mark in one direction are one tempo mark.
            text = " ".join([*map(content, signs), placement]).strip()
            self._add(staff, "tempo", text, offset)
        else:
            for sign in signs:
                self._read_sign(sign, staff, placement, offset)
        for sound in direction.findall("sound"):
            self._read_tempo(sound, staff, offset)

    def _read_sign(self, sign: Element, staff: int, placement: str, offset: Fraction) -> None:
        kind = "pedal mark" if sign.tag == "pedal" else sign.tag
        text = f"{content(sign)} {placement}".strip()
        if kind not in KINDS_AT_A_POSITION:
            kind, text = "direction", f"{sign.tag} {text}"
        self._add(staff, kind, text, offset)
        if sign.get("type") == "start" and sign.get("sign") == "no":
            self._add(staff, "pedal look", "without the sign Ped.", offset)

    def _read_tempo(self, sound: Element, staff: int, offset: Fraction = Fraction(0)) -> None:
        if sound.get("tempo"):
            text = f"{float(sound.get('tempo')):.2f} quarters a minute"
            self._add(staff, "tempo", text, offset)

    def _read_note(self, note: Element) -> None:
        if note.find("chord") is not None:
            self.chords[-1].heads.append(note)
            return
        staff, voice = int(note.findtext("staff", "1")), int(note.findtext("voice", "1"))
        length = self._note_length(note)
        place = (len(self.frames), self.cursor, voice)
        self.order[place] += note.find("grace") is not None
        self.chords.append(WrittenChord(*place, staff, length, self.order[place], [note]))
        self.cursor += length


def _moved_to_its_position(fact: Fact, lengths: list[Fraction]) -> Fact:
    if fact.kind not in KINDS_AT_A_POSITION:
        return fact
    measure, onset = at_its_position(lengths, fact.measure, fact.onset)
    return replace(fact, measure=measure, onset=onset)


def _pedal_facts(facts: list[Fact], lengths: list[Fraction]) -> Iterator[Fact]:
    """The pedals as spans: each start with the next stop, at one place in the file's order."""
    down: dict[int, Fact] = {}
    marks = [fact for fact in facts if fact.kind == "pedal mark"]
    for mark in sorted(marks, key=lambda fact: (fact.measure, fact.onset)):
        kind = mark.text.split()[0]
        if kind == "start" and mark.staff not in down:
            down[mark.staff] = mark
        elif kind == "stop" and mark.staff in down:
            text = pedal_text(lengths, mark.measure, mark.onset)
            yield replace(down.pop(mark.staff), kind="pedal", text=text)
        else:
            yield replace(mark, kind="pedal", text=f"{kind} out of turn")
    for mark in down.values():
        yield replace(mark, kind="pedal", text="never lifted")


def _barline_text(barline: Element) -> str:
    parts = [barline.get("location", "right"), barline.findtext("bar-style", "")]
    return " ".join(parts + [child.tag for child in barline if child.tag != "bar-style"]).strip()
