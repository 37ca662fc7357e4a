"""Barlines in MusicXML: ends, double bars at changes of key, repeats and endings.

A repeat sign leads back to the last forward repeat, or to the beginning. An ending's bracket opens
at the left barline of its first measure; the second one is left open.
"""

from lxml import etree
from lxml.etree import _Element as Element

from engrave.music.score import Measure
from engrave.output.musicxml.elements import add


def write_left_barline(xml: Element, measure: Measure, before: Measure | None) -> None:
    """The barline before a measure, where a repeat or an ending begins."""
    opens = measure.ending and (before is None or before.ending != measure.ending)
    if not (measure.forward or opens):
        return
    barline = etree.Element("barline", location="left")
    if measure.forward:
        add(barline, "bar-style", "heavy-light")
    if opens:
        add(barline, "ending", number=str(measure.ending), type="start")
    if measure.forward:
        add(barline, "repeat", direction="forward")
    xml.insert(0, barline)


def write_right_barline(
    xml: Element, measure: Measure, following: Measure | None, key_changes: bool
) -> None:
    """The barline after a measure, unless it is a plain one."""
    closes = measure.ending and (following is None or following.ending != measure.ending)
    style = "light-light" if key_changes else None
    if measure.backward or following is None:
        style = "light-heavy"
    if not (style or closes):
        return
    barline = add(xml, "barline", location="right")
    if style:
        add(barline, "bar-style", style)
    if closes:
        last = "stop" if measure.ending == 1 else "discontinue"
        add(barline, "ending", number=str(measure.ending), type=last)
    if measure.backward:
        add(barline, "repeat", direction="backward")
