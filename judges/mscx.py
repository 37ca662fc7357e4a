"""MuseScore's own format (.mscx of MuseScore 3), read as far as the judge needs it.

Its places are exact too: a voice is a row of chords and rests, `Tuplet` ... `endTuplet` brackets
scale the lengths between them, `location` moves the cursor by a fraction of a whole note. A
spanner's start says how many measures and which fraction onward it ends. All of it is turned into
the facts of `judges.facts`, in quarter notes.

A measure that is longer or shorter than its time signature carries `len`.
"""

from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path

from lxml import etree

from judges.chords import Element
from judges.facts import Fact, Signature, at_its_position, pedal_text

BASE_LENGTHS = {
    "breve": Fraction(8),
    "whole": Fraction(4),
    "half": Fraction(2),
    "quarter": Fraction(1),
    "eighth": Fraction(1, 2),
    "16th": Fraction(1, 4),
    "32nd": Fraction(1, 8),
    "64th": Fraction(1, 16),
    "128th": Fraction(1, 32),
    "256th": Fraction(1, 64),
}
GRACES = ("acciaccatura", "appoggiatura", "grace4", "grace8after", "grace16", "grace32")


@dataclass(frozen=True, slots=True)
class MuseScoreFile:
    """Facts of the kinds tuplet, dynamics and pedal; `len` of each irregular measure."""

    facts: tuple[Fact, ...]
    irregular: dict[int, Fraction]


def read_mscx(path: Path, signature: Signature) -> MuseScoreFile:
    """Read a .mscx; the measures' lengths are taken from the signature of the same score."""
    score = etree.parse(path).getroot().find("Score")
    assert score is not None, "a .mscx holds a Score"
    lengths = [frame.length for frame in signature.frames]
    facts: list[Fact] = []
    irregular: dict[int, Fraction] = {}
    part_of = _part_of_staff(score)
    for staff in score.findall("Staff"):
        part, number = part_of[staff.get("id", "")]
        reader = _StaffReader(part, number, lengths)
        for measure in staff.findall("Measure"):
            if measure.get("len"):
                irregular[reader.measure] = 4 * Fraction(measure.get("len"))
            reader.read_measure(measure)
        facts += reader.finished_facts()
    return MuseScoreFile(tuple(sorted(facts)), irregular)


def _part_of_staff(score: Element) -> dict[str, tuple[int, int]]:
    """Part (from 0) and number within the part (from 1) of each staff id."""
    staves: dict[str, tuple[int, int]] = {}
    for part, element in enumerate(score.findall("Part")):
        for number, _ in enumerate(element.findall("Staff"), 1):
            staves[str(len(staves) + 1)] = (part, number)
    return staves


@dataclass
class _StaffReader:
    """Walks through the measures and voices of one staff."""

    part: int
    staff: int
    lengths: list[Fraction]
    measure: int = 0
    cursor: Fraction = Fraction(0)
    voice: int = 0
    used_voices: set[int] = field(default_factory=set)
    facts: list[Fact] = field(default_factory=list)
    tuplets: list[tuple[int, Fact]] = field(default_factory=list)

    def read_measure(self, measure: Element) -> None:
        for self.voice, voice in enumerate(measure.findall("voice")):
            self.cursor = Fraction(0)
            self._read_voice(voice)
        self.measure += 1

    def finished_facts(self) -> list[Fact]:
        """All facts, with the voices ranked among those that have something to show."""
        rank = {voice: number for number, voice in enumerate(sorted(self.used_voices), 1)}
        tuplets = [
            replace(fact, text=fact.text.format(voice=rank[voice])) for voice, fact in self.tuplets
        ]
        return self.facts + tuplets

    def _read_voice(self, voice: Element) -> None:
        brackets: list[_Bracket] = []
        for element in voice:
            match element.tag:
                case "Chord" | "Rest":
                    if element.findtext("visible") != "0":
                        self.used_voices.add(self.voice)
                    self.cursor += self._length(element, brackets)
                case "location":
                    self.cursor += 4 * Fraction(element.findtext("fractions", "0"))
                case "Tuplet":
                    actual = int(element.findtext("actualNotes", "1"))
                    normal = int(element.findtext("normalNotes", "1"))
                    brackets.append(_Bracket(self.cursor, actual, normal))
                case "endTuplet":
                    self._add_tuplet(brackets.pop())
                case "Dynamic":
                    self._add("dynamics", element.findtext("subtype", ""))
                case "Spanner" if element.get("type") == "Pedal":
                    self._read_pedal(element)

    def _length(self, event: Element, brackets: list["_Bracket"]) -> Fraction:
        if any(event.find(grace) is not None for grace in GRACES):
            return Fraction(0)
        if length := event.findtext("duration"):  # a bar's rest, half of a tremolo
            return 4 * Fraction(length)
        length = BASE_LENGTHS[event.findtext("durationType", "")]
        length *= 2 - Fraction(1, 2 ** int(event.findtext("dots", "0")))
        for bracket in brackets:
            length = length * bracket.normal / bracket.actual
        return length

    def _add_tuplet(self, bracket: "_Bracket") -> None:
        text = f"{bracket.actual}:{bracket.normal} (voice {{voice}}) until {self.cursor}"
        place = (self.part, self.measure, bracket.start, self.staff)
        self.tuplets.append((self.voice, Fact(*place, "tuplet", text)))

    def _read_pedal(self, spanner: Element) -> None:
        onward = spanner.find("next/location")
        if onward is None:
            return  # the far end of a pedal that its beginning has already told
        measures = int(onward.findtext("measures", "0"))
        end = self.cursor + 4 * Fraction(onward.findtext("fractions", "0"))
        self._add("pedal", pedal_text(self.lengths, self.measure + measures, end))
        if spanner.findtext("Pedal/beginText") != "<sym>keyboardPedalPed</sym>":
            self._add("pedal look", "without the sign Ped.")

    def _add(self, kind: str, text: str) -> None:
        measure, onset = at_its_position(self.lengths, self.measure, self.cursor)
        self.facts.append(Fact(self.part, measure, onset, self.staff, kind, text))


@dataclass(frozen=True, slots=True)
class _Bracket:
    """An open tuplet: where it starts, and `actual` notes in the time of `normal`."""

    start: Fraction
    actual: int
    normal: int
