"""Marks between the notes in MusicXML, and the place of each in the order of elements.

A mark (tempo, dynamic, clef) stands in the stream of a voice right before an event that starts at
its position: programs ignore an `<offset>`. The pedal, hairpins, and marks at whose position
nothing starts follow after all voices, reached by `<backup>` and `<forward>`: programs pair the
ends of pedals and hairpins in document order, and only there that is always the order of time.
"""

from fractions import Fraction

from lxml import etree
from lxml.etree import _Element as Element

from engrave.music.marks import (
    Clef,
    Dynamic,
    Hairpin,
    HiddenTempo,
    Mark,
    OctaveLine,
    PedalMark,
    PedalWords,
    TempoMark,
    TempoWords,
)
from engrave.music.score import Measure, Voice
from engrave.music.text import one_line
from engrave.output.musicxml.elements import add

# Signs that are elements of their own in MusicXML; any other is written as words.
DYNAMICS = {"pppp", "ppp", "pp", "p", "mp", "mf", "f", "ff", "fff", "ffff", "fp", "sf", "sfz"}
SEPARATE_MARKS = (Hairpin, PedalWords, PedalMark)
# Order of marks at one position; what stops does so before anything of its kind starts.
MARK_ORDER = (Clef, TempoMark, HiddenTempo, TempoWords, OctaveLine, Dynamic, *SEPARATE_MARKS)
# Direction in which the written notes under an octave line are moved, and `size` of the line.
OCTAVE_LINES = {"8va": ("down", "8"), "15ma": ("down", "15"), "8vb": ("up", "8")}
MARKS_ABOVE = (TempoMark, HiddenTempo, TempoWords, PedalWords)
# An invisible text: MuseScore 3 takes a change of tempo only with words, and drops empty ones.
INVISIBLE_TEXT = "\u00a0"

Marks = dict[Fraction, list[Mark | Clef]]


def marks_of(measure: Measure) -> list[Mark | Clef]:
    """The marks of a measure between its notes."""
    return [*measure.marks, *(clef for clef in measure.clefs if clef.onset > 0)]


def marks_by_voice(
    marks: list[Mark | Clef], voices: list[Voice]
) -> tuple[list[Marks], list[Mark | Clef]]:
    """The marks in the stream of each voice, by position; and the marks that stand apart.

    A mark goes to the first voice (a clef: of its staff) in which something starts at its position.
    An octave line stands around its notes in document order too, for Verovio reads so: it begins in
    the first voice of its staff and ends in the last one.
    """
    streams: list[Marks] = [{} for _ in voices]
    apart: list[Mark | Clef] = []
    for mark in sorted(marks, key=_mark_order):
        carrier = None if isinstance(mark, SEPARATE_MARKS) else _anchor(mark, voices)
        if carrier is None:
            apart.append(mark)
        else:
            streams[carrier].setdefault(mark.onset, []).append(mark)
    return streams, apart


def _anchor(mark: Mark | Clef, voices: list[Voice]) -> int | None:
    there = list(range(len(voices)))
    if isinstance(mark, Clef | OctaveLine):
        there = [k for k in there if voices[k].staff == mark.staff]
    if isinstance(mark, OctaveLine) and mark.kind == "stop":
        return there[-1]
    carriers = (k for k in there if any(e.onset == mark.onset for e in voices[k].events))
    return next(carriers, None)


def _mark_order(mark: Mark | Clef) -> tuple[Fraction, int, bool]:
    return mark.onset, MARK_ORDER.index(type(mark)), getattr(mark, "kind", "stop") != "stop"


def write_clef(attributes: Element, clef: Clef) -> None:
    """A `<clef>` among the attributes of a measure."""
    xml = add(attributes, "clef", number=str(clef.staff))
    add(xml, "sign", clef.sign)
    add(xml, "line", str(clef.line))
    if clef.octave:
        add(xml, "clef-octave-change", str(clef.octave))


def write_mark(xml: Element, mark: Mark | Clef, staves: int) -> None:
    """A mark as `<direction>` or `<sound>`, or a clef, where it stands in the measure."""
    if isinstance(mark, Clef):
        write_clef(add(xml, "attributes"), mark)
        return
    if isinstance(mark, PedalMark) and not mark.shown:
        etree.SubElement(xml, "sound", {"damper-pedal": "yes" if mark.kind == "start" else "no"})
        return
    above = isinstance(mark, MARKS_ABOVE) or (isinstance(mark, OctaveLine) and mark.line != "8vb")
    direction = add(xml, "direction", placement="above" if above else "below")
    _write_sign(direction, mark)
    add(direction, "staff", str(_staff_of(mark, staves)))
    if isinstance(mark, TempoMark | HiddenTempo):
        quarters = mark.sounding if isinstance(mark, TempoMark) else mark.per_minute
        add(direction, "sound", tempo=f"{quarters:.6g}")


def _staff_of(mark: Mark, staves: int) -> int:
    if isinstance(mark, OctaveLine):
        return mark.staff
    return staves if isinstance(mark, PedalMark | PedalWords) else 1


def _write_sign(direction: Element, mark: Mark) -> None:
    match mark:
        case TempoMark():
            _write_tempo(direction, mark)
        case HiddenTempo():
            add(_sign(direction), "words", INVISIBLE_TEXT)
        case Dynamic(sign=sign) if sign in DYNAMICS:
            add(add(_sign(direction), "dynamics"), sign)
        case Dynamic(sign=words):
            add(_sign(direction), "words", one_line(words), **{"font-style": "italic"})
        case OctaveLine(staff=staff, line=line, kind=kind):
            way, size = OCTAVE_LINES[line]
            way = way if kind == "start" else "stop"
            add(_sign(direction), "octave-shift", type=way, size=size, number=str(staff))
        case Hairpin(kind=kind):
            add(_sign(direction), "wedge", type=kind)
        case TempoWords(words=words) | PedalWords(words=words):
            add(_sign(direction), "words", words, **{"font-style": "italic"})
        case PedalMark(kind=kind):
            # With the sign "Ped." MuseScore 3 draws no line, and the end would not be seen.
            add(_sign(direction), "pedal", type=kind, line="yes", sign="no")


def _sign(direction: Element) -> Element:
    return add(direction, "direction-type")


def _write_tempo(direction: Element, mark: TempoMark) -> None:
    if words := one_line(mark.words):
        add(_sign(direction), "words", f"{words} ")  # MuseScore 3 sets the note right behind it
    metronome = add(_sign(direction), "metronome", parentheses="no")
    add(metronome, "beat-unit", mark.beat.type)
    for _ in range(mark.beat.dots):
        add(metronome, "beat-unit-dot")
    add(metronome, "per-minute", str(mark.per_minute))
