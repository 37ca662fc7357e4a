"""`engrave embed`: a performance into a blog post.

Writes the page that plays, its picture, and what belongs to them into the site's own folders, and
prints the few lines to paste.
"""

import re
from argparse import ArgumentTypeError, Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import engrave
from engrave.cli.arguments import OPTIONS, add_audio_options, add_options
from engrave.cli.plan import is_nameless
from engrave.cli.terminal import DONE, FAILED, Parser, report_error, report_failures, say, why
from engrave.files.disk import File, same_files, write_files
from engrave.output.formats import SaveOptions, files_of
from engrave.output.html.assets import AudioFile
from engrave.output.html.blogs import BLOGS, Picture, Post
from engrave.output.html.page import LAYOUTS, alt_text, piece_title
from engrave.output.pdf import TooTallError, write_png, write_png_pages
from engrave.output.svg.pages import DARK, write_svg

PAPER = '<rect width="100%" height="100%" fill="#fff" stroke="none"/>'
ADDRESS = re.compile(r"[\w.~%+:/-]+")
COLUMN_WIDTH = 700  # pixels: the usual width of a blog post
TALLEST_FRAME = 3000  # pixels: a longer score scrolls in its frame
HEIGHT_AROUND_MUSIC = 190  # pixels of a page above and below the music: heading, controls, caption


def main(words: Sequence[str]) -> int:
    """Run the command and return its exit status."""
    command = _parser().parse_args(words)
    options = {name: getattr(command, name) for name in OPTIONS}
    lines = report_failures(command.input, lambda: _embed(command, options))
    if not lines:
        return FAILED
    say(*lines)
    return DONE


def _parser() -> Parser:
    parser = Parser(
        prog="engrave embed",
        description="Write a performance as files for a blog, and print the lines to paste.",
        allow_abbrev=False,
    )
    parser.add_argument("input", metavar="MIDI", help="a MIDI file")
    parser.add_argument(
        "--for", dest="kind", choices=BLOGS, required=True, help="what the blog is made with"
    )
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        default=Path(),
        metavar="SITE",
        help="the folder of the site (default: this one)",
    )
    parser.add_argument(
        "--url",
        type=_read_address,
        metavar="URL",
        help="where the folder of the files will stand on the web (default: where it usually does)",
    )
    add_audio_options(parser)
    add_options(parser)
    return parser


def _read_address(text: str) -> str:
    """An address that ends with a slash and contains nothing that a template could mistake."""
    if not ADDRESS.fullmatch(text):
        raise ArgumentTypeError(f"{text!r} is not an address such as /scores/")
    return text.rstrip("/") + "/"


def _embed(command: Namespace, options: dict[str, Any]) -> list[str]:
    """The lines to paste, once the files are written; none if they could not be."""
    site = BLOGS[command.kind]
    score = engrave.transcribe(command.input, **options)
    target = command.output / site.folder / _name(command.input)
    sound = AudioFile(command.audio, command.audio_start) if command.audio else None
    inputs = same_files([command.input, *command.files_read])
    try:
        saving = SaveOptions(named=False, assets=True, sound=sound)
        page = files_of(score, target.with_suffix(".html"), saving)
        picture = File(target.with_suffix(".svg"), _on_paper(score))
        pixels = File(target.with_suffix(".png"), _picture(score))
        more = [
            File(command.output / path, content.encode(), shared=True)
            for path, content in site.files.items()
        ]
        files = [*page, picture, pixels, *more]
        write_files(files, score.performance.source.name, inputs, make_folders=True)
    except OSError as error:
        report_error(f"{command.input}: {error.filename or target}: {why(error)}")
        return []
    address = site.address if command.url is None else command.url
    drawn = page[-1].content.decode(), picture.content.decode()
    return list(site.write(_post(score, target.name, address, *drawn)))


def _on_paper(score: engrave.Score) -> bytes:
    """The picture black on white, as a blog need not follow the reader's wish for a dark page."""
    before, style, after = write_svg(score).partition(f"<style>{DARK}</style>")
    assert style
    return f"{before}{PAPER}{after}".encode()


def _picture(score: engrave.Score) -> bytes:
    """The picture for feeds: all of the music, or as much as fits into one picture."""
    try:
        return write_png(score)
    except TooTallError:
        return write_png_pages(score)[0]


def _name(source: str) -> str:
    """The name of the performance in letters that are the same in every address."""
    stem = "" if is_nameless(source) else Path(source).stem
    return re.sub(r"[^A-Za-z0-9]+", "-", stem).strip("-") or "score"


def _post(score: engrave.Score, name: str, address: str, page: str, picture: str) -> Post:
    """The sizes of the page and of the picture."""
    width, height = map(int, re.findall(r'viewBox="0 0 (\d+) (\d+)"', picture)[0])
    column = LAYOUTS["medium"]
    music = sum(map(int, re.findall(rf'viewBox="0 0 {column} (\d+)"', page)))
    return Post(
        name,
        address,
        Picture(
            COLUMN_WIDTH,
            round(COLUMN_WIDTH * height / width),
            alt_text(score, score.performance),
            piece_title(score, score.performance),
        ),
        min(HEIGHT_AROUND_MUSIC + round(COLUMN_WIDTH * music / column), TALLEST_FRAME),
    )
