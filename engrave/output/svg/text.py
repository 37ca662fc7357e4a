"""Text on the page: its width, its line breaks, and music signs between words.

Text stays text, to be read aloud, found and copied. It is set in whatever font of the Times family
the reader has, and measured with the widths of Liberation Serif that come with Verovio
(https://www.verovio.org), which are those of Times New Roman. A music sign in a line of text (the
note of "Andante ♩ = 72") becomes an outline like all other music: no music font is needed. The
words before it are held to their measured width, so that it has its place in any font.

Lengths are Verovio's: a hundred units are a millimetre on paper.
"""

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from lxml import etree
from lxml.etree import _Element as Element

DATA = files("verovio") / "data"
MUSIC_FONT = "Leipzig"
FONTS = "Times,'Times New Roman','Liberation Serif',Tinos,serif"
LINE_HEIGHT = 1.2
ANCHORS = {"start": 0.0, "middle": 0.5, "end": 1.0}
PLAIN = {"font-weight": "normal", "font-style": "normal"}


@dataclass(frozen=True, slots=True)
class TextRun:
    """Text of one font; `style` are the presentation attributes that differ from plain text."""

    text: str
    size: int
    style: Mapping[str, str] = field(default_factory=dict)
    music: bool = False

    @property
    def width(self) -> float:
        """The width in the text's or the music's font."""
        if self.music:
            return self.size * sum(_glyph_widths().get(glyph, 0.0) for glyph in self.text)
        return text_width(self.text, self.size, self.style)


@dataclass(frozen=True, slots=True)
class TextLine:
    """Runs one after the other; `x` is where the line starts, ends, or has its middle."""

    x: int
    y: int
    anchor: str
    runs: tuple[TextRun, ...]


@dataclass(frozen=True, slots=True)
class MusicGlyph:
    """A music sign in a line of text: its SMuFL code, position, and share of its full size."""

    code: str
    x: int
    y: int
    scale: str


def text_width(text: str, size: int, style: Mapping[str, str] | None = None) -> float:
    """The width of plain, bold or italic text."""
    widths = _letter_widths("bold" in _values(style), "italic" in _values(style))
    return size * sum(widths.get(letter) or _unknown_width(letter) for letter in text)


def text_at(x: int, y: int, size: int, anchor: str = "start") -> Element:
    """A text element that is still empty."""
    place = {"x": str(x), "y": str(y), "font-size": str(size), "stroke": "none"}
    if anchor != "start":
        place["text-anchor"] = anchor
    return etree.Element("text", place)


def wrap(text: str, size: int, width: int) -> list[str]:
    """Break text into lines that are no wider than `width`, between words where possible."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if text_width(longer, size) <= width:
            lines[-1] = longer
            continue
        if lines[-1]:
            lines.append("")
        for letter in word:
            if lines[-1] and text_width(lines[-1] + letter, size) > width:
                lines.append("")
            lines[-1] += letter
    return lines


def read_lines(text: Element, style: Mapping[str, str]) -> list[TextLine]:
    """The lines of a text that Verovio wrote: nested spans, each of which may start a new one."""
    lines: list[TextLine] = []
    _read_spans(text, {"x": "0", "y": "0", **style}, lines)
    return [line for line in lines if "".join(run.text for run in line.runs).strip()]


def set_line(line: TextLine) -> Iterator[Element | MusicGlyph]:
    """The line as texts and signs, each at its own position where there are signs between words."""
    if not any(run.music for run in line.runs):
        yield _text(line.runs, line.x, line.y, line.anchor)
        return
    x = line.x - ANCHORS[line.anchor] * sum(run.width for run in line.runs)
    for run in line.runs:
        if run.music:
            yield from _glyphs(run, x, line.y)
        elif words := run.text.strip():
            indent = len(run.text) - len(run.text.lstrip())
            start = round(x + text_width(run.text[:indent], run.size, run.style))
            element = _text((TextRun(words, run.size, run.style),), start, line.y, "start")
            element.set("textLength", str(round(text_width(words, run.size, run.style))))
            element.set("lengthAdjust", "spacingAndGlyphs")
            yield element
        x += run.width


def glyph_outline(code: str) -> str:
    """The path of a sign of the music font, a thousand units to four staff spaces, upward."""
    glyph = etree.fromstring((DATA / MUSIC_FONT / f"{code}.xml").read_bytes())
    return str(glyph.find("{*}path").get("d"))


def _values(style: Mapping[str, str] | None) -> set[str]:
    return set((style or {}).values())


def _read_spans(span: Element, inherited: Mapping[str, str], lines: list[TextLine]) -> None:
    attributes = {**inherited, **span.attrib}
    if not lines or "x" in span.attrib or "y" in span.attrib:
        place = round(float(attributes["x"])), round(float(attributes["y"]))
        lines.append(TextLine(*place, attributes.get("text-anchor", "start"), ()))
    if span.text and (size := round(float(attributes["font-size"].removesuffix("px")))):
        style = {n: attributes[n] for n, v in PLAIN.items() if attributes.get(n, v) != v}
        run = TextRun(span.text, size, style, attributes.get("font-family") == MUSIC_FONT)
        last = lines.pop()
        lines.append(TextLine(last.x, last.y, last.anchor, (*last.runs, run)))
    for child in span.iterchildren("{*}tspan"):
        _read_spans(child, attributes, lines)


def _text(runs: tuple[TextRun, ...], x: int, y: int, anchor: str) -> Element:
    first = runs[0]
    element = text_at(x, y, first.size, anchor)
    element.attrib.update(first.style)
    if all((run.size, run.style) == (first.size, first.style) for run in runs):
        element.text = "".join(run.text for run in runs).strip()
        return element
    for run in runs:
        span = etree.SubElement(element, "tspan", {"font-size": str(run.size)})
        span.attrib.update({**PLAIN, **run.style})
        span.text = run.text
    return element


def _glyphs(run: TextRun, x: float, y: int) -> Iterator[MusicGlyph]:
    for glyph in run.text:
        if glyph in _glyph_widths() and not glyph.isspace():
            yield MusicGlyph(f"{ord(glyph):04X}", round(x), y, f"{run.size / 1000:g}")
        x += run.size * _glyph_widths().get(glyph, 0.0)


def _unknown_width(letter: str) -> float:
    """Width of a letter that is not in the table: ideographs are square, others about this wide."""
    return 1.0 if unicodedata.east_asian_width(letter) in "WF" else 0.6


@cache
def _letter_widths(bold: bool, italic: bool) -> Mapping[str, float]:
    return _widths(DATA / "text" / f"Times{'-bold' * bold}{'-italic' * italic}.xml")


@cache
def _glyph_widths() -> Mapping[str, float]:
    return _widths(DATA / f"{MUSIC_FONT}.xml")


def _widths(table) -> Mapping[str, float]:  # type: ignore[no-untyped-def]
    """Advance width of each letter, in sizes of the font."""
    root = etree.fromstring(table.read_bytes())
    em = float(root.get("units-per-em"))
    return {chr(int(glyph.get("c"), 16)): _advance(glyph) / em for glyph in root}


def _advance(glyph: Element) -> float:
    """Advance width where the table lacks it: as much room behind the letter as before it."""
    if "h-a-x" in glyph.attrib:
        return float(glyph.get("h-a-x"))
    x, width = float(glyph.get("x")), float(glyph.get("w"))
    return x + width + max(x, 0.0)
