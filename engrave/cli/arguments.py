"""The command line: options, how their text is parsed, and their help.

The keywords of `engrave.transcribe` are options of every command that transcribes.
"""

import argparse
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Any

import engrave
from engrave.cli.terminal import EVENTS, Parser, why
from engrave.files.disk import open_file
from engrave.listening.network import WEIGHTS
from engrave.options import (
    parse_grid,
    parse_key,
    parse_meter,
    parse_pedal,
    parse_smallest,
    parse_tempo,
    parse_weights,
)
from engrave.output.formats import FORMATS, parse_paper

LARGEST_NUMBER = 1_000_000  # of jobs, seconds, MiB


@dataclass(frozen=True, slots=True)
class Option:
    """A keyword of `engrave.transcribe` as an option: how its text is parsed, and its help.

    Without a `metavar` it is a switch and takes no text. `is_file`: the text names a file to read.
    """

    metavar: str | None
    help: str
    read: Callable[[str], Any] = str
    default: str | None = None
    is_file: bool = False


OPTIONS = {
    "meter": Option("3/4", "the time signature, where you know it", parse_meter),
    "tempo": Option("72", "the felt beats per minute", parse_tempo),
    "beats": Option(
        "TAPS.TXT",
        "tapped beats: a time in seconds on each line, 'downbeat' after it where a bar begins",
        engrave.read_taps,
        is_file=True,
    ),
    "key": Option('"g minor"', "the key signature", parse_key),
    "smallest": Option("1/16", "the shortest note value to write", parse_smallest),
    "title": Option("TEXT", "the title above the music"),
    "composer": Option("TEXT", "the composer's name above the music"),
    "weights": Option(
        "full|free",
        "weights of the neural networks: free was trained only on data free for any use",
        parse_weights,
        WEIGHTS[0],
    ),
    "pedal": Option(
        "auto|keep|infer|off",
        "the sustain pedal: recorded (keep), what would suit (infer), none, or as fits (auto); "
        "after a comma simile, for bars pedalled alike, or brackets, [Ped.] if it was not recorded",
        parse_pedal,
        "auto",
    ),
    "grid": Option(
        "auto|file|free",
        "whether the beats are those that the file counts (file), or are tracked (free)",
        parse_grid,
        "auto",
    ),
    "find_repeats": Option(None, "write sections that are played twice once, with repeat signs"),
}


def main_parser() -> Parser:
    """The parser of `engrave` itself; its further commands have parsers of their own."""
    parser = Parser(
        prog="engrave",
        description="Turn piano performances recorded as MIDI into readable sheet music.",
        epilog="engrave embed: for a blog post; engrave view: in the browser;"
        " engrave plugin install: into MuseScore (--help says more)",
        allow_abbrev=False,
    )
    _add_outputs(parser)
    parser.add_argument(
        "--explain",
        action="store_true",
        help="say how sure the program is, and which correction would matter most",
    )
    parser.add_argument(
        EVENTS,
        action="store_true",
        dest="events",
        help="for programs: say how far it is, and the result, as a JSON object a line",
    )
    parser.add_argument(
        "--assets", action="store_true", help="write what belongs to an .html page beside it"
    )
    _add_limits(parser)
    add_audio_options(parser)
    add_options(parser)
    parser.add_argument("--version", action="version", version=f"engrave {engrave.__version__}")
    return parser


def _add_outputs(parser: Parser) -> None:
    """The arguments for inputs, outputs and paper."""
    parser.add_argument(
        "inputs",
        nargs="+",
        metavar="MIDI",
        help="MIDI files, folders and .zip archives of them; - is standard input",
    )
    parser.add_argument(
        "-o",
        "--output",
        action="append",
        default=[],
        metavar="FILE",
        help=f"where to write; the suffix chooses ({', '.join(FORMATS)}); "
        "a folder for several inputs, - for standard output; may repeat "
        "(default: .musicxml beside the input)",
    )
    parser.add_argument("--pages", action="store_true", help="write one .svg or .png file a page")
    parser.add_argument(
        "--paper",
        type=_argument_type(Option("a4|letter", "", parse_paper)),
        default="a4",
        metavar="a4|letter",
        help="the paper of .pdf and --pages (default: a4)",
    )


def _add_limits(parser: Parser) -> None:
    """How several files are done: the number of processes, and what a file may take."""
    for flag, read, metavar, help_text in (
        ("--jobs", int, "N", "do so many of several files at once (default: one for each core)"),
        (
            "--timeout",
            float,
            "SECONDS",
            "give up one of several files that takes longer (default: by its size, two minutes"
            " and more)",
        ),
        (
            "--memory",
            int,
            "MIB",
            "give up one of several files that needs more memory, on Linux only (default: an equal"
            " share of the machine's for each job, at least 2048)",
        ),
    ):
        parser.add_argument(flag, type=_positive(read), metavar=metavar, help=help_text)


def _positive(read: Callable[[str], float]) -> Callable[[str], float]:
    """Parser of a number above 0."""

    def parse(text: str) -> float:
        with suppress(ValueError):
            if 0 < (number := read(text)) <= LARGEST_NUMBER:
                return number
        kind = "whole number" if read is int else "number"
        raise argparse.ArgumentTypeError(f"{text!r} is not a {kind} above 0, up to a million")

    return parse


def add_options(parser: argparse.ArgumentParser) -> None:
    """The keywords of `engrave.transcribe` as options."""
    parser.set_defaults(files_read=())
    for name, option in OPTIONS.items():
        flag = f"--{name.replace('_', '-')}"
        if option.metavar is None:
            parser.add_argument(flag, action="store_true", help=option.help)
            continue
        said: dict[str, Any] = {
            "metavar": option.metavar,
            "default": option.default,
            "help": option.help,
        }
        if option.is_file:
            parser.add_argument(flag, action=_ReadFile, reader=_argument_type(option), **said)
        else:
            parser.add_argument(flag, type=_argument_type(option), **said)


class _ReadFile(argparse.Action):
    """Reads the named file, and adds it to `files_read`: an output may not be the same file."""

    def __init__(self, *, reader: Callable[[str], Any], **options: Any) -> None:
        super().__init__(**options)
        self._reader = reader

    def __call__(
        self, _parser: object, namespace: argparse.Namespace, name: Any, _flag: object = None
    ) -> None:
        try:
            setattr(namespace, self.dest, self._reader(name))
        except argparse.ArgumentTypeError as error:
            raise argparse.ArgumentError(self, str(error)) from error
        namespace.files_read = (*namespace.files_read, name)


def add_audio_options(parser: argparse.ArgumentParser) -> None:
    """The options for a page that plays a recording: `--audio`, `--audio-start`."""
    parser.add_argument(
        "--audio",
        action=_ReadFile,
        reader=_read_audio,
        metavar="FILE",
        help="a sound recording that an .html page plays in place of its piano",
    )
    parser.add_argument(
        "--audio-start",
        type=_read_seconds,
        metavar="SECONDS",
        help="when the first note sounds in it (default: as in the MIDI file)",
    )


def _read_audio(text: str) -> Path:
    """The path of a file that can be opened."""
    try:
        open_file(text).close()
    except OSError as error:
        raise argparse.ArgumentTypeError(f"{text}: {why(error)}") from error
    return Path(text)


def _read_seconds(text: str) -> float:
    with suppress(ValueError):
        if isfinite(seconds := float(text)):
            return seconds
    raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds")


def _argument_type(option: Option) -> Callable[[str], Any]:
    """The option's parser, with its errors as argparse's, so that their text is printed."""

    def read(text: str) -> Any:
        try:
            return option.read(text)
        except OSError as error:
            raise argparse.ArgumentTypeError(f"{text}: {why(error)}") from error
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from error

    return read
