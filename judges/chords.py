"""Chords and rests as a MusicXML part writes them, and the facts that they state.

What stands in a note's notations is a fact, known to this module or not. Left out, because the
page reads the same without it: stem directions, beams, positions, ids.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from lxml import etree

from engrave.music.values import NOTE_TYPES
from judges.facts import Fact, MeasureFrame

Element: TypeAlias = etree._Element


@dataclass(slots=True)
class WrittenChord:
    """One chord or rest; `order` counts the grace chords at one place, `heads` are its notes."""

    measure: int
    onset: Fraction
    voice: int
    staff: int
    length: Fraction
    order: int
    heads: list[Element]

    @property
    def first(self) -> Element:
        """The note element of the first head."""
        return self.heads[0]

    @property
    def grace(self) -> bool:
        """Whether it is a grace note."""
        return self.first.find("grace") is not None

    @property
    def hidden(self) -> bool:
        """Whether it is not printed."""
        return bool(self.first.get("print-object") == "no")

    @property
    def ratio(self) -> str:
        """Of the tuplet, as 3:2; 1:1 outside one."""
        change = self.first.find("time-modification")
        if change is None:
            return "1:1"
        return f"{change.findtext('actual-notes')}:{change.findtext('normal-notes')}"

    def facts(self, part: int, name: int | None, frame: MeasureFrame) -> Iterator[Fact]:
        """The chord itself, the signs on it, and the accidentals that stand before its heads."""
        kind, what = self._kind_and_heads(frame)
        if self.hidden:
            text = f"{what or 'rest'} lasting {self.length}"
            yield Fact(part, self.measure, self.onset, self.staff, "hidden", text)
            return
        text = " ".join([f"(voice {name})", self._value(kind), what])
        yield Fact(part, self.measure, self.onset, self.staff, kind, text)
        for sign in {sign for head in self.heads for sign in _notations(head)}:
            word, _, more = sign.partition(" ")
            text = f"{more} (voice {name}) on {what or 'a rest'}".strip()
            yield Fact(part, self.measure, self.onset, self.staff, word, text)
        for head in self.heads:
            if accidental := head.findtext("accidental"):
                text = f"{accidental} (voice {name}) on {_pitch(head)[1]}"
                yield Fact(part, self.measure, self.onset, self.staff, "accidental", text)

    def _kind_and_heads(self, frame: MeasureFrame) -> tuple[str, str]:
        if self.first.find("rest") is not None:
            fills = self.onset == 0 and self.length == frame.length
            whole = fills and self.first.find("type") is None
            return ("whole-measure rest" if whole else "rest"), ""
        pitches = [text for _, text in sorted(_pitch(head) for head in self.heads)]
        return ("grace" if self.grace else "chord"), " ".join(pitches)

    def _value(self, kind: str) -> str:
        written = self.first.findtext("type", "untyped") + "." * len(self.first.findall("dot"))
        if kind == "grace":
            slash = self.first.find("grace").get("slash", "no")
            return f"no. {self.order} {written} slash={slash}"
        if kind == "whole-measure rest":
            return f"lasting {self.length}"
        return f"{written} {self.ratio} lasting {self.length}"


def written_length(note: Element) -> Fraction | None:
    """The quarters that type, dots and tuplet of a note say, if it has a type."""
    if note.findtext("type") not in NOTE_TYPES:
        return None
    plain = NOTE_TYPES[note.findtext("type")] * (2 - Fraction(1, 2 ** len(note.findall("dot"))))
    change = note.find("time-modification")
    if change is None:
        return plain
    return plain * int(change.findtext("normal-notes")) / int(change.findtext("actual-notes"))


def _pitch(head: Element) -> tuple[int, str]:
    """A pitch's height in staff positions and semitones, and its name with the ties on it."""
    step, octave = head.findtext("pitch/step", "?"), int(head.findtext("pitch/octave", "0"))
    alter = int(head.findtext("pitch/alter", "0"))
    sounding = {tie.get("type") for tie in head.findall("tie")}
    seen = {tie.get("type") for tie in head.findall("notations/tied")}
    ties = [f"tie-{end}" for end in sorted(sounding & seen)]
    ties += [f"half-written-tie-{end}" for end in sorted(sounding ^ seen)]
    name = "+".join([f"{step}{'#' * alter}{'b' * -alter}{octave}", *ties])
    return 20 * (7 * octave + "CDEFGAB".find(step)) + alter, name


def _notations(head: Element) -> Iterator[str]:
    """Signs on a note other than ties and tuplets: "staccato", "arpeggiate", "slur start"."""
    for sign in head.iterfind("notations/*"):
        if sign.tag in ("articulations", "ornaments", "technical"):
            yield from (f"{child.tag} {content(child)}".strip() for child in sign)
        elif sign.tag not in ("tied", "tuplet"):
            yield f"{sign.tag} {content(sign)}".strip()


@dataclass(frozen=True, slots=True)
class VoiceName:
    """A voice by its own staff, the one on which it mostly stands, and its rank there, from 1."""

    staff: int
    rank: int


def voice_names(chords: list[WrittenChord]) -> dict[int, VoiceName]:
    """The names of the voices that have something to show, by their numbers in the file."""
    stands: dict[int, Counter[int]] = defaultdict(Counter)
    for chord in chords:
        stands[chord.voice][chord.staff] += 1
    own = {voice: max(counts, key=counts.__getitem__) for voice, counts in stands.items()}
    used = sorted({(own[chord.voice], chord.voice) for chord in chords if not chord.hidden})
    return {
        voice: VoiceName(staff, [other for on, other in used if on == staff].index(voice) + 1)
        for staff, voice in used
    }


def tuplet_facts(
    part: int, chords: list[WrittenChord], names: dict[int, VoiceName]
) -> Iterator[Fact]:
    """Where each tuplet begins and ends. Tuplets of a voice are properly nested."""
    open_tuplets: dict[int, list[tuple[WrittenChord, str]]] = {}

    def fact(first: WrittenChord, text: str) -> Fact:
        return Fact(part, first.measure, first.onset, names[first.voice].staff, "tuplet", text)

    for chord in chords:
        for tuplet in chord.first.iterfind("notations/tuplet"):
            if tuplet.get("type") == "start":
                open_tuplets.setdefault(chord.voice, []).append((chord, _ratio(tuplet, chord)))
            elif open_tuplets.get(chord.voice):
                first, ratio = open_tuplets[chord.voice].pop()
                until = f"(voice {names[chord.voice].rank}) until {chord.onset + chord.length}"
                yield fact(first, f"{ratio} {until}")
    for voice, left in open_tuplets.items():
        for first, ratio in left:
            yield fact(first, f"{ratio} (voice {names[voice].rank}) never closed")


def _ratio(tuplet: Element, chord: WrittenChord) -> str:
    actual = tuplet.findtext("tuplet-actual/tuplet-number")
    normal = tuplet.findtext("tuplet-normal/tuplet-number")
    return f"{actual}:{normal}" if actual and normal else chord.ratio


def content(element: Element) -> str:
    """What an element says: its type, its text, and its children's texts (or names)."""
    own = [element.get("type"), (element.text or "").strip()]
    children = [content(child) or child.tag for child in element]
    return " ".join(text for text in [*own, *children] if text)
