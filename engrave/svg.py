"""Engraved pages: the score drawn by Verovio (https://www.verovio.org) as SVG.

Verovio reads our MusicXML and makes the decisions of a copyist: spacing, line breaks, slopes. It
is told nothing that is not in the MusicXML. Every note on the page carries the id of its note
there as `data-id`, so `data-id="p123"` is the first head of played note 123.

Lengths are Verovio's: 10 units are a millimetre on paper, and a page is A4 with staves 7.2 mm
high. The same score gives the same bytes.
"""

import re

import verovio

from engrave.musicxml import write_musicxml
from engrave.score import Chord, Score

PAGE_WIDTH, PAGE_HEIGHT = 2100, 2970  # A4
TALLEST_PAGE = 60000  # Verovio's limit

OPTIONS = {
    "inputFrom": "musicxml",
    "xmlIdChecksum": True,  # ids from the content; without it they are random
    "svgViewBox": True,
    "svgHtml5": True,
    "svgRemoveXlink": True,
    "svgFormatRaw": True,
    "pageWidth": PAGE_WIDTH,
    "pageHeight": PAGE_HEIGHT,
    "unit": 9.0,
    "footer": "none",
}
HEIGHT = re.compile(r'viewBox="0 0 \d+ (\d+)"')  # of a page, in its first tag


class EngravingError(RuntimeError):
    """The page would not show what the score says."""


def write_svg(score: Score) -> str:
    """The whole score on one long page."""
    return _stacked(_engrave(score, pageHeight=TALLEST_PAGE, adjustPageHeight=True))


def write_svg_pages(score: Score) -> list[str]:
    """The score on A4 pages."""
    return _engrave(score)


def _engrave(score: Score, **options: object) -> list[str]:
    verovio.enableLog(verovio.LOG_OFF)  # it writes to standard error; what matters is checked
    toolkit = verovio.toolkit()
    header = "auto" if score.title or score.composer else "none"
    toolkit.setOptions(OPTIONS | {"header": header} | options)
    if not toolkit.loadData(write_musicxml(score).decode()):
        raise EngravingError("Verovio cannot read the MusicXML of this score")
    pages = [toolkit.renderToSVG(page) for page in range(1, toolkit.getPageCount() + 1)]
    _check_content(score, pages)
    return pages


def _check_content(score: Score, pages: list[str]) -> None:
    """`loadData` says True of files that it could not read, so count what came out."""
    measures = max((len(part.measures) for part in score.parts), default=0)
    for thing, written in (("measure", measures), ("note", _count_heads(score))):
        group = re.compile(f'<g data-id="[^"]+" data-class="{thing}"')
        engraved = sum(len(group.findall(page)) for page in pages)
        if engraved != written:
            raise EngravingError(f"Verovio drew {engraved} of {written} {thing}s")


def _count_heads(score: Score) -> int:
    return sum(
        len(event.heads)
        for part in score.parts
        for measure in part.measures
        for voice in measure.voices
        for event in voice.events
        if isinstance(event, Chord)
    )


def _stacked(pages: list[str]) -> str:
    """The pages below one another: a long score is taller than Verovio can draw."""
    if len(pages) == 1:
        return pages[0]
    heights = [int(HEIGHT.findall(page)[0]) for page in pages]
    stack = [
        f'<svg viewBox="0 0 {PAGE_WIDTH} {sum(heights)}" version="1.1"'
        ' xmlns="http://www.w3.org/2000/svg" overflow="visible">'
    ]
    for index, (page, height) in enumerate(zip(pages, heights, strict=True)):
        place = f'y="{sum(heights[:index])}" width="{PAGE_WIDTH}" height="{height}"'
        stack.append(page.replace("<svg ", f"<svg {place} ", 1))
    return "".join([*stack, "</svg>"])
