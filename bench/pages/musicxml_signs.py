"""What stands in a MusicXML file, sign by sign: each notehead and rest as it is drawn.

Places and lengths are exact fractions of a quarter note. Programs round the `<duration>` of
tuplets to their divisions (MuseScore to 480 a quarter, so that a bar with a septuplet lasts a
little too long). Where the note type says the same to within one division, it is believed.

Several parts are read as one instrument, one staff below the other: the first part has staff 1
(and 2), and so on. Transposition is ignored. Repeats are not played out.
"""

import io
import os
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from lxml import etree
from lxml.etree import _Element as Element

from bench.pages.page import PageBar
from engrave.music.values import NOTE_TYPES, Pitch

# Note types and their lengths in quarter notes.
TYPE_LENGTHS = {
    **{"maxima": Fraction(32), "long": Fraction(16), "256th": Fraction(1, 64)},
    **{"512th": Fraction(1, 128), **NOTE_TYPES},
}
# The ids that `engrave` gives its noteheads: the key press, then which head of a tied chain.
PLAYED_ID = re.compile(r"p(\d+)(?:-\d+)?")

Source = bytes | str | os.PathLike[str]


@dataclass(frozen=True, slots=True)
class Sign:
    """One notehead, or one rest (`pitch` None), as drawn.

    `bar` is the index of its bar, `onset` its place in it, `length` what it lasts (quarter notes).
    `type` is the MusicXML note type, "" where none is given (a whole-bar rest).
    """

    bar: int
    onset: Fraction
    length: Fraction
    staff: int
    voice: int
    pitch: Pitch | None
    type: str
    dots: int
    tuplet: bool
    grace: bool
    tied_from: bool
    tied_to: bool
    hidden: bool
    played: int | None


@dataclass(frozen=True, slots=True)
class Written:
    """All signs, part by part in the order of writing, and the bars, one line of them."""

    signs: tuple[Sign, ...]
    bars: tuple[PageBar, ...]


def read_written(source: Source) -> Written:
    """The noteheads, rests and bars of a MusicXML file: its bytes, or the path of an .xml or .mxl.

    Raises ValueError if it is not a partwise score.
    """
    root = etree.fromstring(_xml(source), etree.XMLParser(huge_tree=True, no_network=True))
    if root.tag != "score-partwise":
        raise ValueError(f"expected a MusicXML <score-partwise>, found <{root.tag}>")
    parts: list[_PartReader] = []
    for element in root.iterfind("part"):
        parts.append(_PartReader(element, sum(part.staves for part in parts)))
    if not parts:
        raise ValueError("the MusicXML score has no part")
    return Written(tuple(_number_voices([part.signs for part in parts])), tuple(_bars(parts)))


def _xml(source: Source) -> bytes:
    """The bytes of the score itself, taken out of its archive if it stands in one."""
    content = source if isinstance(source, bytes) else Path(source).read_bytes()
    if not content.startswith(b"PK"):
        return content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        container = etree.fromstring(archive.read("META-INF/container.xml"))
        return archive.read(container.find(".//{*}rootfile").get("full-path"))


@dataclass(frozen=True, slots=True)
class _Signatures:
    beats: int = 4
    beat_type: int = 4
    fifths: int = 0

    @property
    def bar_length(self) -> Fraction:
        return Fraction(4 * self.beats, self.beat_type)


class _Cursor:
    """Where reading stands in a measure, exactly.

    Where lengths of notes were rounded, a step back or forward arrives a little beside the place
    that was meant; it is then set right to the nearest one known within two divisions.
    """

    def __init__(self, divisions: int) -> None:
        self.position = self.end = Fraction(0)
        self.onset = Fraction(0)  # of the last note passed, and of those in a chord with it
        self.near = Fraction(2, divisions)
        self.rounded = False
        self.known = {Fraction(0)}

    def pass_note(self, counted: Fraction, exact: Fraction) -> None:
        self.rounded |= counted != exact
        self.onset = self.position
        self._arrive(self.position + exact)

    def step(self, way: Fraction) -> None:
        target = max(self.position + way, Fraction(0))
        if self.rounded:
            nearest = min(self.known, key=lambda place: abs(place - target))
            target = nearest if abs(nearest - target) <= self.near else target
        self._arrive(target)

    def _arrive(self, place: Fraction) -> None:
        self.position = place
        self.known.add(place)
        self.end = max(self.end, place)


class _PartReader:
    """One part: its signs, the signatures and the real length of each of its bars."""

    def __init__(self, part: Element, staves_above: int) -> None:
        self.staves_above = staves_above
        self.staves = 1
        self.divisions = 1
        self.signatures = _Signatures()
        self.signs: list[Sign] = []
        self.bars: list[tuple[_Signatures, Fraction]] = []
        for measure in part.iterfind("measure"):
            self.read_measure(measure)

    def read_measure(self, measure: Element) -> None:
        elements = list(measure)
        moving = ("note", "backup", "forward")
        start = next((i for i, e in enumerate(elements) if e.tag in moving), len(elements))
        self.read_attributes(elements[:start])
        signatures = self.signatures  # what comes later in the measure counts for the next one
        cursor = _Cursor(self.divisions)
        for element in elements[start:]:
            if element.tag == "note":
                self.read_note(element, cursor)
            elif element.tag in moving:
                way = self.duration(element)
                cursor.step(way if element.tag == "forward" else -way)
            else:
                self.read_attributes([element])
        self.bars.append((signatures, cursor.end or signatures.bar_length))

    def read_attributes(self, elements: Iterable[Element]) -> None:
        """What the <attributes> among the elements say, from here on."""
        for element in elements:
            if element.tag == "attributes":
                self.read_signatures(element)

    def read_signatures(self, attributes: Element) -> None:
        self.divisions = int(attributes.findtext("divisions") or self.divisions)
        self.staves = max(self.staves, int(attributes.findtext("staves") or 1))
        if (fifths := attributes.findtext("key/fifths")) is not None:
            self.signatures = replace(self.signatures, fifths=int(fifths))
        time = attributes.find("time")
        if time is not None and time.find("beats") is not None:
            beats, beat_type = _meter(time)
            self.signatures = replace(self.signatures, beats=beats, beat_type=beat_type)

    def duration(self, element: Element) -> Fraction:
        """What a note lasts or how far a step goes, in quarter notes; none for grace notes."""
        return Fraction(element.findtext("duration") or 0) / self.divisions

    def read_note(self, note: Element, cursor: _Cursor) -> None:
        counted = self.duration(note)
        length = self.exact_length(note, counted)
        if note.find("chord") is None:
            cursor.pass_note(counted, length)
        if note.find("unpitched") is None:
            self.signs.append(self.read_sign(note, cursor.onset, length))

    def exact_length(self, note: Element, counted: Fraction) -> Fraction:
        """The length that the note type says, if the counted one is that but for rounding."""
        drawn = _drawn_length(note)
        if drawn is None or note.find("grace") is not None:
            return counted
        return drawn if abs(drawn - counted) * self.divisions <= 1 else counted

    def read_sign(self, note: Element, onset: Fraction, length: Fraction) -> Sign:
        grace = note.find("grace") is not None
        ties = {tie.get("type") for tie in note.iterfind("tie")}
        played = PLAYED_ID.fullmatch(note.get("id", ""))
        voice = note.findtext("voice") or "1"
        staff = int(note.findtext("staff") or 1)
        self.staves = max(self.staves, staff)
        return Sign(
            bar=len(self.bars),
            onset=onset,
            length=length,
            staff=self.staves_above + staff,
            voice=int(voice) if voice.isdecimal() else sum(voice.encode()),
            pitch=_pitch(note),
            type=note.findtext("type") or "",
            dots=len(note.findall("dot")),
            tuplet=note.find("time-modification/actual-notes") is not None,
            grace=grace,
            tied_from="stop" in ties,
            tied_to="start" in ties,
            hidden=note.get("print-object") == "no" or note.find("cue") is not None,
            played=int(played[1]) if played else None,
        )


def _drawn_length(note: Element) -> Fraction | None:
    """The length in quarter notes that type, dots and tuplet of a note say."""
    plain = TYPE_LENGTHS.get(note.findtext("type") or "")
    if plain is None:
        return None
    actual = int(note.findtext("time-modification/actual-notes") or 1)
    normal = int(note.findtext("time-modification/normal-notes") or 1)
    return plain * (2 - Fraction(1, 2 ** len(note.findall("dot")))) * normal / actual


def _pitch(note: Element) -> Pitch | None:
    pitch = note.find("pitch")
    if pitch is None:
        return None
    alter = round(float(pitch.findtext("alter") or 0))
    return Pitch(pitch.findtext("step"), alter, int(pitch.findtext("octave")))


def _meter(time: Element) -> tuple[int, int]:
    """Numerator and denominator of a time signature; 3+2/8 or 3/8+2/4 as their sum."""
    numerators = [sum(map(int, beats.text.split("+"))) for beats in time.iterfind("beats")]
    denominators = [int(beat_type.text) for beat_type in time.iterfind("beat-type")]
    finest = max(denominators)
    pairs = zip(numerators, denominators, strict=True)
    return sum(beats * finest // beat_type for beats, beat_type in pairs), finest


def _bars(parts: list[_PartReader]) -> Iterator[PageBar]:
    """The bars one after the other; the signatures are those of the first part."""
    start = Fraction(0)
    for index in range(max(len(part.bars) for part in parts)):
        here = [part.bars[index] for part in parts if index < len(part.bars)]
        signatures, length = here[0][0], max(length for _, length in here)
        yield PageBar(start, length, signatures.beats, signatures.beat_type, signatures.fifths)
        start += length


def _number_voices(parts: Iterable[Iterable[Sign]]) -> Iterator[Sign]:
    """Voices counted anew, so that no two share a number.

    One that goes from staff to staff is one voice; one that is on two staves at once is two.
    """
    numbers: dict[tuple[int, int, int], int] = {}
    for part, signs in enumerate(parts):
        divided = _on_staves_at_once(signs)
        for sign in signs:
            key = part, sign.staff if sign.voice in divided else 0, sign.voice
            yield replace(sign, voice=numbers.setdefault(key, len(numbers) + 1))


def _on_staves_at_once(signs: Iterable[Sign]) -> set[int]:
    """The voices of a part that are on two staves at one time."""
    until: dict[tuple[int, int], tuple[Fraction, int]] = {}  # by bar and voice: its last sign
    divided: set[int] = set()
    for sign in sorted(signs, key=lambda sign: (sign.bar, sign.onset)):
        end, staff = until.get((sign.bar, sign.voice), (Fraction(0), sign.staff))
        if sign.onset < end and sign.staff != staff:
            divided.add(sign.voice)
        until[sign.bar, sign.voice] = sign.onset + sign.length, sign.staff
    return divided
