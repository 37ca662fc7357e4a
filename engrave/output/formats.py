"""Output formats: the suffix of a file name chooses a row of `FORMATS`.

A format that can hold a comment also has a row in `files.provenance.COMMENTS`: without a signature
its files cannot be told from those of others.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engrave.files.disk import File
from engrave.output.html.assets import AudioFile, PageTarget, write_page
from engrave.output.html.page import write_html
from engrave.output.midi_file import write_score_midi
from engrave.output.musicxml.document import write_musicxml, write_mxl
from engrave.output.pdf import write_pdf, write_png, write_png_pages
from engrave.output.svg.pages import PAPERS, write_svg, write_svg_pages


@dataclass(frozen=True, slots=True)
class Format:
    """An output format: `write` makes one file of a score with its performance, on a paper.

    `pages` gives a file a page, `beside` the file together with what belongs to it.
    """

    write: Callable[[Any, str], bytes]
    pages: Callable[[Any, str], list[bytes]] | None = None
    beside: Callable[[Any, PageTarget], list[File]] | None = None


@dataclass(frozen=True, slots=True)
class SaveOptions:
    """Options of saving a score, as in `Score.save`; `named`: the path is the user's choice."""

    named: bool = True
    pages: bool = False
    paper: str = "a4"
    assets: bool = False
    sound: AudioFile | None = None


FORMATS = {
    ".musicxml": Format(lambda score, _: write_musicxml(score)),
    ".xml": Format(lambda score, _: write_musicxml(score)),
    ".mxl": Format(lambda score, _: write_mxl(score)),
    ".svg": Format(
        lambda score, _: write_svg(score).encode(),
        pages=lambda score, paper: [page.encode() for page in write_svg_pages(score, paper)],
    ),
    ".html": Format(
        lambda score, _: write_html(score, score.performance, score.grid).encode(),
        beside=lambda score, page: write_page(score, score.performance, score.grid, page),
    ),
    ".mid": Format(lambda score, _: write_score_midi(score, score.performance)),
    ".pdf": Format(write_pdf),
    ".png": Format(lambda score, _: write_png(score), pages=write_png_pages),
}


def parse_paper(text: str) -> str:
    """The name of a paper."""
    if text.lower() in PAPERS:
        return text.lower()
    raise ValueError(f"{text!r} is no paper; there are {' and '.join(PAPERS)}")


def check_suffix(path: Path, pages: bool = False, page_options: bool = False) -> None:
    """Raise ValueError unless a score can be saved under this name."""
    found = FORMATS.get(path.suffix.lower())
    if found is None:
        raise ValueError(f"{path}: the suffix must be one of {', '.join(FORMATS)}")
    if pages and found.pages is None:
        paged = " and ".join(suffix for suffix, known in FORMATS.items() if known.pages)
        raise ValueError(f"{path}: only {paged} have one file a page")
    if page_options and found.beside is None:
        raise ValueError(f"{path}: only an .html page has assets and audio")


def write(score: Any, suffix: str, paper: str = "a4") -> bytes:
    """A public score as one file of this kind."""
    return FORMATS[suffix].write(score, paper)


def files_of(score: Any, path: Path, options: SaveOptions) -> list[File]:
    """The files as which a public score is saved at `path`.

    Raises ValueError for a suffix, or for options that do not go with it.
    """
    paper, with_files = parse_paper(options.paper), options.assets or options.sound is not None
    check_suffix(path, options.pages, with_files)
    found = FORMATS[path.suffix.lower()]
    if options.pages and found.pages:
        numbered = enumerate(found.pages(score, paper), start=1)
        return [File(path.with_stem(f"{path.stem}-{n}"), page) for n, page in numbered]
    if with_files and found.beside:
        page = PageTarget(path, options.named, options.assets, options.sound)
        return found.beside(score, page)
    return [File(path, found.write(score, paper), options.named)]
