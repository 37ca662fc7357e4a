"""MusicXML 4.0 document of a score, for other programs.

A partwise score in the sense of the W3C recommendation (https://www.w3.org/2021/06/musicxml40),
kept to what notation programs are known to read alike:

* One `divisions` for the whole score makes every duration a whole number.
* A measure is written voice by voice, each full with notes and rests, with a `<backup>` between
  two voices.
* Signs between the notes stand where `directions` says.
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
from fractions import Fraction
from math import lcm

from lxml import etree
from lxml.etree import _Element as Element

from engrave.music.score import Part, Score
from engrave.music.text import one_line
from engrave.output.musicxml.elements import add
from engrave.output.musicxml.measures import PartWriter
from engrave.output.musicxml.notes import length_of

DOCTYPE = (
    '<!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 4.0 Partwise//EN"'
    ' "http://www.musicxml.org/dtds/partwise.dtd">'
)
# Meaning of missing elements: no accidental, no beam; but stems are chosen by the program except
# where two voices share a staff.
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
        PartWriter(root, f"P{number}", part, divisions, key_presses).write()
    document: bytes = etree.tostring(
        root, encoding="UTF-8", xml_declaration=True, pretty_print=True, doctype=DOCTYPE
    )
    return document


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
            entry.create_system = 3  # Unix, on whatever system it is written
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
    """The fewest divisions of a quarter note with which every position and duration is whole."""
    lengths: set[Fraction] = set()
    for part in score.parts:
        for measure in part.measures:
            lengths.add(measure.length)
            lengths |= {mark.onset for mark in (*measure.marks, *measure.clefs)}
            for voice in measure.voices:
                lengths |= {event.onset for event in voice.events}
                lengths |= {length_of(event.value) for event in voice.events}
    return lcm(*(length.denominator for length in lengths))
