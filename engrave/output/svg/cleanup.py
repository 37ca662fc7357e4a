"""Clean the SVG that Verovio drew: fewer elements, shared signs, only the ids that are needed.

Verovio (https://www.verovio.org) draws every line as an element of its own, in many groups, with
ids and classes for editors of music. A picture needs little of that. What is left:

* a group for each system (`data-system`), measure (`data-measure`, its number), and notehead with
  its stem. The id of a notehead is its id in MusicXML behind the name of the plate
  (`e3f0a-p124-2`), and `data-played` lists all key presses that it stands for ("124 125 126");
* music signs, drawn once for each size that they come in, and used from there;
* strokes, those of one pen in a group in one path; filled shapes; text.

Nothing depends on CSS, which a page may forbid. Lengths are Verovio's: a hundred units are a
millimetre on paper.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from lxml import etree
from lxml.etree import _Element as Element

from engrave.output.svg.text import MusicGlyph, glyph_outline, read_lines, set_line

# The pen of stems: what is drawn by another says so.
PEN = {"stroke-width": "18", "fill": "currentColor", "stroke": "currentColor"}
# How Verovio's classes are written (it says so in CSS).
STYLES = {
    **{name: {"font-weight": "bold"} for name in ("tempo", "ending", "fing", "reh")},
    **{name: {"font-style": "italic"} for name in ("dir", "dynam", "mNum")},
}
DROPPED = {"pgHead", "pgFoot"}  # the title is ours to set
PEN_ATTRIBUTES = {
    *("fill", "fill-opacity", "stroke", "stroke-dasharray", "stroke-linecap", "stroke-linejoin"),
    *("stroke-opacity", "stroke-width", "opacity"),
}
FILLED = (("stroke", "none"),)
SHAPES = {
    "ellipse": ("cx", "cy", "rx", "ry"),
    "polyline": ("points",),
}
TRANSFORM = re.compile(r"translate\((-?\d+), (-?\d+)\) scale\(([\d.]+), \3\)")
STRAIGHT_LINE = re.compile(r"M(-?\d+) (-?\d+)L(-?\d+) (-?\d+)")
AROUND_COMMAND = re.compile(r"\s*([A-Za-z])\s*")
NOTE_ID = re.compile(r"p(\d+)(-\d+)?")


@dataclass(frozen=True, slots=True)
class _PenStroke:
    """A line that may share a path with others of its pen."""

    pen: tuple[tuple[str, str], ...]
    path: str


@dataclass(slots=True)
class SvgCleaner:
    """The cleaned drawing of one or more pages; it collects their signs.

    `glyphs` are the signs that its pages use, by code and size. `sounding` are the key presses that
    a notehead stands for, by the one that it is named after.
    """

    name: str
    sounding: Mapping[int, tuple[int, ...]]
    glyphs: dict[tuple[str, str], Element] = field(default_factory=dict)

    def clean(self, page: Element) -> Element:
        """The music of a page of Verovio's, as a group."""
        outlines = {sign.get("id")[:4]: sign[0].get("d") for sign in page.iterfind("{*}defs/*")}
        return self._group(page.find(".//{*}g[@class='page-margin']"), {}, outlines)

    def _group(
        self, source: Element, attributes: Mapping[str, str], outlines: Mapping[str, str]
    ) -> Element:
        """A group that stays; the strokes of each pen come first, as one path."""
        group = etree.Element("g", dict(attributes))
        strokes: dict[tuple[tuple[str, str], ...], list[str]] = {}
        others: list[Element] = []
        for ink in self._inks(source, outlines, {}):
            if isinstance(ink, _PenStroke):
                strokes.setdefault(ink.pen, []).append(ink.path)
            else:
                others.append(ink)
        for pen, paths in strokes.items():
            etree.SubElement(group, "path", dict(pen)).set("d", "".join(paths))
        group.extend(others)
        return group

    def _inks(
        self, source: Element, outlines: Mapping[str, str], style: Mapping[str, str]
    ) -> Iterator[_PenStroke | Element]:
        """The content of a group; groups that are not needed are replaced by their content."""
        for child in source.iterchildren("{*}*"):
            tag = child.tag.rpartition("}")[2]
            if tag == "g":
                yield from self._part(child, outlines, style)
            elif tag == "use":
                yield self._use(child, outlines)
            elif tag == "text":
                for line in read_lines(child, style):
                    for set_ in set_line(line):
                        yield self._glyph_in_text(set_) if isinstance(set_, MusicGlyph) else set_
            else:
                yield _shape(child, tag)

    def _part(
        self, source: Element, outlines: Mapping[str, str], style: Mapping[str, str]
    ) -> Iterator[_PenStroke | Element]:
        kind = source.get("data-class")
        if kind in DROPPED or "placeholder" in source.get("class").split():
            return
        attributes = self._attributes(kind, source)
        if attributes is None and source.get("transform"):  # an arpeggio sign: waves turned upright
            attributes = {"transform": source.get("transform")}
        if attributes is None:
            yield from self._inks(source, outlines, STYLES.get(kind, style))
        else:
            yield self._group(source, attributes, outlines)

    def _attributes(self, kind: str, source: Element) -> Mapping[str, str] | None:
        """Attributes of a group that stays; None for others."""
        if kind == "system":
            return {"data-system": ""}
        if kind == "measure":
            return {"data-measure": source.get("data-n", "")}
        if kind == "note" and (note := NOTE_ID.fullmatch(source.get("data-id"))):
            played = self.sounding[int(note[1])]
            name = f"{self.name}-{note[0]}"
            return {"id": name, "data-played": " ".join(map(str, played))}
        return None

    def _use(self, source: Element, outlines: Mapping[str, str]) -> Element:
        code = source.get("href")[1:5]
        if place := TRANSFORM.fullmatch(source.get("transform")):
            return self._glyph(code, outlines[code], place[3], {"x": place[1], "y": place[2]})
        return self._glyph(code, outlines[code], "1", {"transform": source.get("transform")})

    def _glyph_in_text(self, sign: MusicGlyph) -> Element:
        place = {"x": str(sign.x), "y": str(sign.y)}
        return self._glyph(sign.code, glyph_outline(sign.code), sign.scale, place)

    def _glyph(self, code: str, outline: str, scale: str, place: Mapping[str, str]) -> Element:
        if (code, scale) not in self.glyphs:
            self.glyphs[code, scale] = etree.Element(
                "path",
                {
                    "id": f"{self.name}-{len(self.glyphs)}",
                    "transform": f"scale({scale} -{scale})",
                    "stroke": "none",
                    "d": _tight(outline),
                },
            )
        return etree.Element("use", {"href": f"#{self.glyphs[code, scale].get('id')}", **place})


def _shape(source: Element, tag: str) -> _PenStroke | Element:
    pen = {
        name: value
        for name, value in sorted(source.items())
        if name in PEN_ATTRIBUTES and PEN.get(name) != value
    }
    if tag == "rect":  # Verovio draws straight lines so
        x, y, width, height = (int(source.get(n)) for n in ("x", "y", "width", "height"))
        return _PenStroke(FILLED, f"M{x} {y}h{width}v{height}h{-width}z")
    if tag == "polygon":  # beams
        return _PenStroke(FILLED, _polygon(source.get("points")))
    if tag == "path":
        path = _tight(source.get("d"))
        if STRAIGHT_LINE.fullmatch(path):
            return _PenStroke(tuple(pen.items()), STRAIGHT_LINE.sub(_straight, path))
        return etree.Element("path", {**pen, "d": path})
    return etree.Element(tag, {**pen, **{name: source.get(name) for name in SHAPES[tag]}})


def _polygon(points: str) -> str:
    """Clockwise, so that two that overlap in one path leave no hole."""
    corners = [tuple(map(int, point.split(","))) for point in points.split()]
    area = sum(x * b - y * a for (x, y), (a, b) in pairwise([*corners, corners[0]]))
    places = " ".join(f"{x} {y}" for x, y in (corners if area > 0 else reversed(corners)))
    return f"M{places}z"


def _straight(line: re.Match[str]) -> str:
    x, y, to_x, to_y = line.groups()
    if x == to_x:
        return f"M{x} {y}V{to_y}"
    return f"M{x} {y}H{to_x}" if y == to_y else line[0]


def _tight(path: str) -> str:
    """A path without the blanks that it does not need."""
    path = AROUND_COMMAND.sub(r"\1", path.strip().replace(",", " "))
    return path.replace(" -", "-")
