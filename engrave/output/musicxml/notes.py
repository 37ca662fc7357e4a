"""Notes in MusicXML: value, pitch, ties, tuplet, and the signs on them."""

from functools import cache

from lxml import etree
from lxml.etree import _Element as Element

from engrave.music.score import Chord, Event, Notehead, OrnamentKind
from engrave.music.values import NoteValue, Pitch
from engrave.notation.tuplets import TupletBracket
from engrave.output.musicxml.elements import add

# No wavy line: MuseScore 3 does not write a trill again whose line ends at a barline.
ORNAMENTS: dict[OrnamentKind, str] = {
    "trill": "trill-mark",
    "turn": "turn",
    # MuseScore 3 loses the rest of a measure with a mordent that no white space follows: the file
    # is indented.
    "mordent": "mordent",
    "inverted-mordent": "inverted-mordent",
}
GLISSANDO = "gliss."  # text along its line
STROKES = "3"  # number of strokes through the stem of a tremolo


def write_value(
    note: Element, value: NoteValue, accidental: str | None, tuplet: TupletBracket | None
) -> None:
    """Type, dots, accidental and `<time-modification>`, in the order of the schema."""
    add(note, "type", value.type)
    for _ in range(value.dots):
        add(note, "dot")
    if accidental:
        add(note, "accidental", accidental)
    if value.actual != value.normal:
        modification = add(note, "time-modification")
        add(modification, "actual-notes", str(value.actual))
        add(modification, "normal-notes", str(value.normal))
        if tuplet and tuplet.unit and (value.dots or value.type != tuplet.unit):
            add(modification, "normal-type", tuplet.unit)


def write_two_in_one(note: Element) -> None:
    """Two chords of a tremolo, each drawn with the value of both."""
    modification = add(note, "time-modification")
    add(modification, "actual-notes", "2")
    add(modification, "normal-notes", "1")


def write_pitch(note: Element, pitch: Pitch) -> None:
    """The `<pitch>` of a note."""
    xml = add(note, "pitch")
    add(xml, "step", pitch.step)
    if pitch.alter:
        add(xml, "alter", str(pitch.alter))
    add(xml, "octave", str(pitch.octave))


def tie_ends(head: Notehead) -> list[str]:
    """The types of the ties that end or begin at a head."""
    return ["stop"] * head.tied_from + ["start"] * head.tied_to


def write_notations(
    note: Element, chord: Chord, head: Notehead, tuplet: TupletBracket | None, first: bool
) -> None:
    """Ties and arpeggios belong to each head; tuplets, ornaments, articulations to the first."""
    notations = etree.Element("notations")
    if head.folded:
        notations.set("id", "-".join([f"p{head.played[0]}-folds", *map(str, head.folded)]))
    for end in tie_ends(head):
        add(notations, "tied", type=end)
    if tuplet:
        write_tuplet_ends(notations, chord, tuplet)
    if first:
        _write_signs(notations, chord)
    if chord.arpeggiated:
        add(notations, "arpeggiate")
    if chord.fermata and first:
        add(notations, "fermata", type="upright")
    if len(notations) or head.folded:
        note.append(notations)
    if chord.lyric and first:
        lyric = add(note, "lyric")
        add(lyric, "syllabic", chord.lyric.syllabic)
        add(lyric, "text", chord.lyric.text)


def _write_signs(notations: Element, chord: Chord) -> None:
    """Ornament, tremolo, articulations and glissando of a chord."""
    if chord.ornament:
        add(add(notations, "ornaments"), ORNAMENTS[chord.ornament])
    if chord.tremolo:
        add(add(notations, "ornaments"), "tremolo", STROKES, type=chord.tremolo)
    if chord.accent or chord.staccato:
        articulations = add(notations, "articulations")
        for name in [*["accent"] * chord.accent, *["staccato"] * chord.staccato]:
            add(articulations, name)
    if chord.glissando:
        line = {"line-type": "wavy", "number": "1", "type": chord.glissando}
        add(notations, "glissando", GLISSANDO if chord.glissando == "start" else None, **line)


def write_tuplet_ends(notations: Element, event: Event, tuplet: TupletBracket) -> None:
    """The `<tuplet>` elements where a tuplet begins or ends."""
    if event.tuplet_start:
        bracket = "yes" if tuplet.bracket else "no"
        number = {"show-number": "actual" if tuplet.number else "none"}
        add(notations, "tuplet", type="start", bracket=bracket, **number)
    if event.tuplet_stop:
        add(notations, "tuplet", type="stop")


length_of = cache(lambda value: value.length)
