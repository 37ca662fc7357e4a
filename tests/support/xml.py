"""What stands in a MusicXML file, in few words."""

from fractions import Fraction

from lxml import etree

from engrave.music.score import Score
from engrave.output.musicxml.document import write_musicxml


def tree_of(score: Score):
    return etree.fromstring(write_musicxml(score))


def texts(tree, path: str) -> list[str]:
    return [element.text for element in tree.iterfind(path)]


def fragment(element) -> str:
    """An element as one line of XML."""
    return "".join(etree.tostring(element, encoding="unicode").split("\n")).replace("  ", "")


def signs(score: Score) -> list[tuple[str, str | None]]:
    """(step, accidental sign) of each note in the order of writing."""
    notes = tree_of(score).iterfind(".//note[pitch]")
    return [(note.findtext("pitch/step"), note.findtext("accidental")) for note in notes]


def walk(bar) -> list[tuple[Fraction, str]]:
    """What stands where in a measure, in divisions, by the cursor that MusicXML implies."""
    place, found = Fraction(0), []
    for element in bar:
        duration = Fraction(element.findtext("duration", "0"))
        if element.tag == "direction":
            pedal = element.find("direction-type/pedal")
            found.append((place, "direction" if pedal is None else pedal.get("type")))
        elif element.tag == "note" and element.find("chord") is None:
            found.append((place, f"voice {element.findtext('voice')}"))
            place += duration
        else:
            place += {"backup": -duration, "forward": duration}.get(element.tag, 0)
    return found
