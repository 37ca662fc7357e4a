"""Engraved pages: the score drawn by Verovio (https://www.verovio.org) as SVG.

Verovio reads our MusicXML and makes the decisions of a copyist: spacing, line breaks, slopes. It
gets nothing that is not in the MusicXML. `output/svg/cleanup.py` cleans what it drew, and here it
becomes a picture that stands alone: it loads nothing, has the colour of the text around it (where
no text is around it, that of the reader's light or dark scheme), has a text alternative, and uses
no name that another picture on the page has.

10 units of a picture are a millimetre on paper; inside, 100 are. A staff is 7.2 mm high. The same
score gives the same bytes.
"""

import hashlib
from base64 import b32encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import verovio
from lxml import etree
from lxml.etree import _Element as Element

from engrave.music.iterate import heads_of
from engrave.music.score import Score, without_performed_tempo
from engrave.music.text import name_music, name_players, one_line
from engrave.output.musicxml.document import write_musicxml
from engrave.output.svg.cleanup import PEN, SvgCleaner
from engrave.output.svg.heading import Heading, find_heading
from engrave.output.svg.text import FONTS

DRAWING_UNITS = 10  # units of Verovio's drawing in one of the page
STAFF_STEP = 9.0  # half the distance between two staff lines
TITLE_ROOM = 534  # what Verovio keeps free for a title
TALLEST_PAGE = 60000  # Verovio's limit
LOWEST_PAGE = 100  # so low that there is no room for a second system
SCROLL_WIDTH = 2100  # as wide as a page
# Only where it stands alone (:root): on a ground of its own, for a page that has no dark side stays
# white in the browser of a reader who wants it dark.
DARK = "@media(prefers-color-scheme:dark){svg:root{color:#e6e6e6;background:#121212}}"

OPTIONS = {
    "inputFrom": "musicxml",
    "xmlIdChecksum": True,  # ids from the content; without it they are random
    "svgViewBox": True,
    "svgHtml5": True,
    "svgRemoveXlink": True,
    "svgFormatRaw": True,
    "svgAdditionalAttribute": ["measure@n"],
    "smuflTextFont": "none",
    "footer": "none",
    "unit": STAFF_STEP,
    "staffLineWidth": 0.2,  # a tenth of a staff space: thinner lines flicker on screens
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """The format of a page: `height` is None for a scroll, as long as the music.

    A slip is a scroll with a single system. The ids of every picture depend on the names of this
    class and of its fields: renaming one changes all files.
    """

    width: int
    height: int | None = None
    margin: int = 30
    slip: bool = False


PAPERS = {"a4": Sheet(2100, 2970, 150), "letter": Sheet(2159, 2794, 150)}


class EngravingError(RuntimeError):
    """The page would not show what the score says."""


def write_svg(score: Score, width: int = SCROLL_WIDTH) -> str:
    """The whole score in one picture, `width` / 10 mm wide and as high as it needs."""
    drawing = _draw(score, Sheet(width))
    return _compose(drawing, drawing.pages)


def write_svg_pages(score: Score, paper: str = "a4") -> list[str]:
    """The score page by page, on "a4" or "letter"."""
    drawing = _draw(score, PAPERS[paper])
    return [_compose(drawing, [page]) for page in drawing.pages]


def describe_score(score: Score) -> str:
    """Description in words: "Piano score by Anna Magdalena: 3/4, G major, 32 bars."."""
    composer = one_line(score.composer)
    by = f" by {composer}" if composer else ""
    kind = "Score" if name_players(score) else "Piano score"
    return one_line(f"{kind}{by}: {', '.join(name_music(score))}.")


@dataclass(frozen=True, slots=True)
class Systems:
    """A score laid out for several widths, each a column of systems that are pictures of their own.

    `glyphs` are the music signs that they all use; ids begin with `name`.
    """

    name: str
    glyphs: str
    columns: tuple[tuple[str, ...], ...]


def write_svg_systems(score: Score, widths: Sequence[int]) -> Systems:
    """The music without its heading, for a page that shows the layout that fits."""
    bare = replace(score, title="", composer="")
    drawings = [_draw(bare, Sheet(width, slip=True)) for width in widths]
    cleaner = SvgCleaner(drawings[0].name, _sounding(score))
    columns = [
        tuple(_single_system(drawing, cleaner, page) for page in drawing.pages)
        for drawing in drawings
    ]
    glyphs = "".join(etree.tostring(glyph, encoding="unicode") for glyph in cleaner.glyphs.values())
    return Systems(cleaner.name, glyphs, tuple(columns))


@dataclass(frozen=True, slots=True)
class _Drawing:
    """A score as Verovio drew it, page by page; `name` is made from all that went into it."""

    name: str
    score: Score
    sheet: Sheet
    heading: Heading | None
    pages: Sequence[Element]


def _draw(score: Score, sheet: Sheet) -> _Drawing:
    heading = find_heading(score, DRAWING_UNITS * (sheet.width - 2 * sheet.margin))
    # Verovio keeps room for a title of one line; ours takes its place. A piano alone has no name.
    shown = replace(without_performed_tempo(score), title="." if heading else "", composer="")
    if not name_players(score):
        shown = replace(shown, parts=tuple(replace(part, name="") for part in shown.parts))
    musicxml = write_musicxml(shown)
    origin = repr((musicxml, sheet, heading, OPTIONS)).encode()
    name = "e" + b32encode(hashlib.sha256(origin).digest())[:4].decode().lower()
    pages = [etree.fromstring(page) for page in _engrave(musicxml, sheet, heading)]
    _check_content(score, pages)
    return _Drawing(name, score, sheet, heading, pages)


def _engrave(musicxml: bytes, sheet: Sheet, heading: Heading | None) -> Iterator[str]:
    verovio.enableLog(verovio.LOG_OFF)  # it writes to standard error; what matters is checked
    toolkit = verovio.toolkit()
    toolkit.setOptions(
        OPTIONS
        | {
            "pageWidth": sheet.width,
            "pageHeight": LOWEST_PAGE if sheet.slip else sheet.height or TALLEST_PAGE,
            "adjustPageHeight": sheet.height is None,
            "justifyVertically": sheet.height is not None,
            "header": "auto" if heading else "none",
            "bottomMarginHeader": (heading.height - TITLE_ROOM) / (DRAWING_UNITS * STAFF_STEP)
            if heading
            else 0.0,
        }
        | {f"pageMargin{side}": sheet.margin for side in ("Top", "Bottom", "Left", "Right")}
    )
    if not toolkit.loadData(musicxml.decode()):
        raise EngravingError("Verovio cannot read the MusicXML of this score")
    for page in range(1, toolkit.getPageCount() + 1):
        yield toolkit.renderToSVG(page)


def _check_content(score: Score, pages: Sequence[Element]) -> None:
    """`loadData` says True of files that it could not read, so count what came out."""
    measures = max((len(part.measures) for part in score.parts), default=0)
    for thing, written in (("measure", measures), ("note", len(list(heads_of(score))))):
        drawn = sum(len(page.findall(f".//{{*}}g[@data-class='{thing}']")) for page in pages)
        if drawn != written:
            raise EngravingError(f"Verovio drew {drawn} of {written} {thing}s")


def _compose(drawing: _Drawing, pages: Sequence[Element]) -> str:
    """Some of the pages as one picture, below one another."""
    cleaner = SvgCleaner(drawing.name, _sounding(drawing.score))
    music = _music(drawing, cleaner, pages)
    svg = _empty_picture(drawing, sum(map(_height, pages)))
    etree.SubElement(svg, "defs").extend(cleaner.glyphs.values())
    svg.append(music)
    return str(etree.tostring(svg, encoding="unicode"))


def _music(drawing: _Drawing, cleaner: SvgCleaner, pages: Sequence[Element]) -> Element:
    """The content of pages, below one another; the signs that it uses are on the plate."""
    margin, top = drawing.sheet.margin, 0
    music = etree.Element(
        "g", {"transform": f"scale({1 / DRAWING_UNITS:g})", "font-family": FONTS, **PEN}
    )
    for page in pages:
        group = cleaner.clean(page)
        group.set(
            "transform", f"translate({DRAWING_UNITS * margin} {DRAWING_UNITS * (top + margin)})"
        )
        if drawing.heading and page is drawing.pages[0]:
            group.extend(drawing.heading.set(DRAWING_UNITS * (drawing.sheet.width - 2 * margin)))
        music.append(group)
        top += _height(page)
    return music


def _height(page: Element) -> int:
    return int(page.get("viewBox").split()[3])


def _single_system(drawing: _Drawing, cleaner: SvgCleaner, page: Element) -> str:
    """A page as a picture of its own, without text alternative and with signs from elsewhere."""
    picture = {
        "viewBox": f"0 0 {drawing.sheet.width} {_height(page)}",
        "aria-hidden": "true",
    }
    svg = etree.Element("svg", picture)
    svg.append(_music(drawing, cleaner, [page]))
    return str(etree.tostring(svg, encoding="unicode"))


def _empty_picture(drawing: _Drawing, height: int) -> Element:
    """An empty picture with its text alternative."""
    title, description = f"{drawing.name}-t", f"{drawing.name}-d"
    svg = etree.Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"0 0 {drawing.sheet.width} {height}",
            "role": "img",
            "aria-labelledby": f"{title} {description}",
        },
    )
    etree.SubElement(svg, "title", {"id": title}).text = one_line(drawing.score.title) or "Music"
    etree.SubElement(svg, "desc", {"id": description}).text = describe_score(drawing.score)
    etree.SubElement(svg, "style").text = DARK
    return svg


def _sounding(score: Score) -> dict[int, tuple[int, ...]]:
    """The key presses that a notehead stands for, by the one that it is named after."""
    sounding: dict[int, tuple[int, ...]] = {}
    for *_, head in heads_of(score):
        if head.played:
            sounding.setdefault(head.played[0], (*head.played, *head.folded))
    return sounding
