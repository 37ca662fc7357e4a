"""What a score can be saved as: the suffix chooses."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from engrave.music.score import Score as WrittenScore
from engrave.output.html.page import write_html
from engrave.output.midi_file import write_score_midi
from engrave.output.musicxml.document import write_musicxml, write_mxl
from engrave.output.pdf import write_pdf, write_png, write_png_pages
from engrave.output.svg.pages import PAPERS, write_svg, write_svg_pages

# The suffix chooses what is written of a public score, which knows its performance.
WRITERS: dict[str, Callable[[Any], bytes]] = {
    ".musicxml": write_musicxml,
    ".xml": write_musicxml,
    ".mxl": write_mxl,
    ".svg": lambda score: write_svg(score).encode(),
    ".html": lambda score: write_html(score, score.performance, score.grid).encode(),
    ".mid": lambda score: write_score_midi(score, score.performance),
    ".pdf": write_pdf,
    ".png": write_png,
}
# The same on paper, page by page.
PAGE_WRITERS: dict[str, Callable[[WrittenScore, str], list[bytes]]] = {
    ".svg": lambda score, paper: [page.encode() for page in write_svg_pages(score, paper)],
    ".png": write_png_pages,
}


def parse_paper(text: str) -> str:
    """The name of a paper."""
    if text.lower() in PAPERS:
        return text.lower()
    raise ValueError(f"{text!r} is no paper; there are {' and '.join(PAPERS)}")


def check_suffix(path: Path, pages: bool = False, page_options: bool = False) -> None:
    """Raise ValueError unless a score can be saved under this name."""
    suffix = path.suffix.lower()
    if suffix not in WRITERS:
        raise ValueError(f"{path}: the suffix must be one of {', '.join(WRITERS)}")
    if pages and suffix not in PAGE_WRITERS:
        raise ValueError(f"{path}: only {' and '.join(PAGE_WRITERS)} have one file a page")
    if page_options and suffix != ".html":
        raise ValueError(f"{path}: only an .html page has assets and audio")
