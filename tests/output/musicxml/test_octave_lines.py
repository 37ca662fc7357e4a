"""Where notes under octave lines stand, and how the file says so to all who read it."""

from fractions import Fraction

from lxml import etree

from engrave.music.marks import OctaveLine
from engrave.output.musicxml.document import write_musicxml
from engrave.output.musicxml.measures import as_written
from tests.support.scores import chord, head, measure, opening, piano, voice, whole_rest


def line(onset: int, kind: str, name: str = "8va") -> OctaveLine:
    return OctaveLine(Fraction(onset), 1, name, kind)


def octaves(written) -> list[list[int]]:
    return [[e.heads[0].pitch.octave for e in v.events] for v in written.voices]


def test_notes_stand_lower_from_the_beginning_of_the_line_to_its_end():
    notes = [chord("4", head("A6", k)) for k in range(4)]
    bar = measure(1, voice(1, *notes), marks=(line(1, "start"), line(3, "stop")))
    written = as_written(bar, bar.voices, {})
    assert octaves(written) == [[6, 5, 5, 6]]
    assert written.octaves == {1: 0}
    going_on = as_written(measure(2, voice(1, *notes)), bar.voices, {1: 2})
    assert (octaves(going_on), going_on.octaves) == ([[4, 4, 4, 4]], {1: 2})


def test_accidentals_are_those_of_the_written_line():
    """A natural, then an A flat an octave higher on the same written line: it needs its flat."""
    bar = measure(
        1,
        voice(1, chord("2", head("A5", 0)), chord("2", head("Ab6", 1))),
        voice(5, whole_rest(4)),
        marks=(line(2, "start"), line(4, "stop")),
        **opening(fifths=-3),
    )
    root = etree.fromstring(write_musicxml(piano(bar)))
    assert [note.findtext("accidental") for note in root.iter("note")][:2] == ["natural", "flat"]


def test_a_line_stands_around_its_notes_in_the_order_of_writing():
    bar = measure(
        1,
        voice(1, chord("1", head("A6", 0))),
        voice(2, chord("1", head("C6", 1))),
        voice(5, whole_rest(4)),
        marks=(line(0, "start"), line(4, "stop")),
        **opening(),
    )
    root = etree.fromstring(write_musicxml(piano(bar)))
    order = [e.findtext("staff") if e.tag == "note" else e.find(".//octave-shift").get("type")
             for e in root.find(".//measure") if e.tag in ("note", "direction")]  # fmt: skip
    assert order == ["down", "1", "1", "stop", "2"]
