"""PDF pages and PNG pictures of a score, printed by typst from its SVG.

typst (https://typst.app) prints the SVG of `output/svg/pages.py`: as vectors and text on the pages
of a PDF, or as PNG, black on white. Text is set in Libertinus Serif, which typst brings along and
embeds in the PDF, so that the same score gives the same bytes; letters that it lacks come from a
font of the system. Words from the score reach typst as data, never as markup.
"""

import json
from collections.abc import Sequence
from typing import Any, Literal

import typst

from engrave.music.score import Score
from engrave.music.text import one_line
from engrave.output.svg.pages import describe_score, write_svg, write_svg_pages
from engrave.output.svg.text import FONTS

PRINT_FONT = "Libertinus Serif"
PIXELS_PER_INCH = 192  # two for each pixel of CSS
TALLEST_PICTURE = 32767  # pixels; many viewers show nothing higher

# A page is as large as its picture (10 units are a millimetre). From the second page on it has a
# number.
TEMPLATE = """
#let take = json(bytes(sys.inputs.take))
#set document(title: take.title, author: take.composer, date: none)
#set text(font: take.font, size: 9pt)
#set page(width: take.width * 0.1mm, height: take.height * 0.1mm, margin: 0mm)
#set page(foreground: context {
  let number = counter(page).get().first()
  if number > 1 { place(bottom + center, dy: -9mm, str(number)) }
})
#for page in take.pages { image(bytes(page), format: "svg", width: 100%, alt: take.description) }
"""


class TooTallError(ValueError):
    """The music does not fit into one picture."""


def write_pdf(score: Score, paper: str = "a4") -> bytes:
    """The score on the pages of a PDF, "a4" or "letter"."""
    (pdf,) = _compile(score, write_svg_pages(score, paper), "pdf")
    return pdf


def write_png(score: Score) -> bytes:
    """The whole score in one picture. Raises TooTallError if that would be too high."""
    picture = write_svg(score)
    height = round(_size(picture)[1] / 254 * PIXELS_PER_INCH)
    if height > TALLEST_PICTURE:
        raise TooTallError(f"a picture of this music would be {height:,} pixels high")
    (png,) = _compile(score, [picture], "png")
    return png


def write_png_pages(score: Score, paper: str = "a4") -> list[bytes]:
    """The score page by page, "a4" or "letter"."""
    return _compile(score, write_svg_pages(score, paper), "png")


def _compile(score: Score, pages: Sequence[str], format: Literal["pdf", "png"]) -> list[bytes]:
    width, height = _size(pages[0])
    take = {
        "title": one_line(score.title),
        "composer": one_line(score.composer),
        "description": describe_score(score),
        "font": PRINT_FONT,
        "width": width,
        "height": height,
        "pages": [page.replace(FONTS, PRINT_FONT) for page in pages],
    }
    printed: Any = typst.compile(
        TEMPLATE.encode(), format=format, ppi=PIXELS_PER_INCH, sys_inputs={"take": json.dumps(take)}
    )
    return printed if isinstance(printed, list) else [printed]  # several pages of PNG are a list


def _size(picture: str) -> tuple[int, int]:
    """Width and height of a picture, from the first of its tags."""
    view = picture.partition('viewBox="0 0 ')[2].partition('"')[0]
    width, height = map(int, view.split())
    return width, height
