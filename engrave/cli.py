"""The command `engrave`: performances in, scores beside them, one line said about each.

With --explain more lines follow, indented.

Results and what was heard go to standard output, everything that went wrong to standard error,
one line for each. Exit status: 0 all written, 2 something was not, 130 interrupted, 141 the
reader of the output went away.
"""

import argparse
import os
import sys
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path
from typing import Any, NoReturn, TextIO

from tqdm import tqdm

import engrave

MIDI_SUFFIXES = {".mid", ".midi", ".smf", ".kar", ".rmi"}
STANDARD = "-"  # standard input among the inputs, standard output among the outputs
DONE, FAILED, INTERRUPTED, READER_GONE = 0, 2, 130, 141


@dataclass(frozen=True, slots=True)
class Option:
    """A keyword of `engrave.transcribe` as an option: how its text is read and explained."""

    metavar: str
    help: str
    read: Callable[[str], Any] = str
    default: str | None = None


OPTIONS = {
    "meter": Option("3/4", "the time signature, where you know it", engrave.parse_meter),
    "tempo": Option("72", "the felt beats per minute", engrave.parse_tempo),
    "beats": Option(
        "TAPS.TXT",
        "tapped beats: a time in seconds on each line, 'downbeat' after it where a bar begins",
        engrave.read_taps,
    ),
    "key": Option('"g minor"', "the key signature", engrave.parse_key),
    "title": Option("TEXT", "the title above the music"),
    "composer": Option("TEXT", "the composer's name above the music"),
    "weights": Option(
        "full|free",
        "what the learned reader knows: free is learned only from data free for any use",
        engrave.parse_weights,
        engrave.WEIGHTS[0],
    ),
    "pedal": Option(
        "auto|keep|infer|off",
        "the sustain pedal: recorded (keep), what would suit (infer), none, or as fits (auto); "
        "after a comma simile, for bars pedalled alike, or brackets, where it was not recorded",
        engrave.parse_pedal,
        "auto",
    ),
}


@dataclass(frozen=True, slots=True)
class Job:
    """One performance and the files that it is to be written to."""

    source: str
    targets: tuple[str, ...]
    pages: bool
    explain: bool

    @property
    def files(self) -> list[str]:
        return [target for target in self.targets if target != STANDARD]

    @property
    def words(self) -> TextIO:
        """Where what is said of it goes: not into the music."""
        return sys.stderr if STANDARD in self.targets else sys.stdout


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(FAILED, f"engrave: {message}\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status (bad usage raises SystemExit, as in argparse)."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a name that a terminal cannot show
    try:
        status = _run(*_read_command(arguments))
        sys.stdout.flush()
        return status
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        _silence(sys.stdout)
        return READER_GONE
    except OSError as error:  # of standard output; those of files are caught where they arise
        _silence(sys.stdout)
        _complain(f"standard output: {error.strerror}")
        return FAILED


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="engrave",
        description="Turn piano performances recorded as MIDI into readable sheet music.",
        allow_abbrev=False,
    )
    parser.add_argument("inputs", nargs="+", metavar="MIDI", help="MIDI files; - is standard input")
    parser.add_argument(
        "-o",
        "--output",
        action="append",
        default=[],
        metavar="FILE",
        help=f"where to write; the suffix chooses ({', '.join(engrave.WRITERS)}); "
        "a folder for several inputs, - for standard output; may repeat "
        "(default: .musicxml beside the input)",
    )
    parser.add_argument("--pages", action="store_true", help="write one .svg file a page")
    parser.add_argument(
        "--explain",
        action="store_true",
        help="say how sure the reading is, and which correction would matter most",
    )
    for name, option in OPTIONS.items():
        parser.add_argument(
            f"--{name}",
            metavar=option.metavar,
            type=_reading(option),
            default=option.default,
            help=option.help,
        )
    parser.add_argument("--version", action="version", version=f"engrave {engrave.__version__}")
    return parser


def _reading(option: Option) -> Callable[[str], Any]:
    """The option's reader with its errors in argparse's terms, so that they are said in full."""

    def read(text: str) -> Any:
        try:
            return option.read(text)
        except OSError as error:
            raise argparse.ArgumentTypeError(f"{text}: {error.strerror}") from error
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from error

    return read


def _read_command(arguments: Sequence[str] | None) -> tuple[list[Job], dict[str, Any]]:
    parser = _parser()
    command = parser.parse_args(arguments)
    try:
        if command.beats and len(set(command.inputs)) > 1:
            raise ValueError("--beats fits one performance, not several")
        jobs = _plan(command)
    except ValueError as error:
        parser.error(str(error))
    return jobs, {name: getattr(command, name) for name in OPTIONS}


def _plan(command: argparse.Namespace) -> list[Job]:
    """Who is written where. After this: no file is written twice, and no input is overwritten."""
    inputs, pages = list(dict.fromkeys(command.inputs)), command.pages
    jobs = [
        Job(source, _targets(source, command.output, len(inputs)), pages, command.explain)
        for source in inputs
    ]
    read = {_place(source): source for source in inputs if source != STANDARD}
    written: dict[str, str] = {}
    for job in jobs:
        if pages and STANDARD in job.targets:
            raise ValueError("--pages needs an .svg file to write to (-o take.svg)")
        for target in job.files:
            engrave.check_suffix(Path(target), pages)
            place = _place(target)
            if place in read:
                raise ValueError(f"{target} would overwrite the input {read[place]}")
            if place in written:
                both = f"from {written[place]} and from {job.source}"
                raise ValueError(f"{target} would be written twice, {both}")
            written[place] = job.source
    return jobs


def _targets(source: str, outputs: list[str], inputs: int) -> tuple[str, ...]:
    """The places for one input; without `outputs`, beside it."""
    if outputs:
        return tuple(dict.fromkeys(_target(source, output, inputs) for output in outputs))
    if source == STANDARD:
        return (STANDARD,)
    return (os.path.join(os.path.dirname(source), _score_name(source)),)


def _target(source: str, output: str, inputs: int) -> str:
    if output != STANDARD and (output.endswith(("/", os.sep)) or os.path.isdir(output)):
        if source == STANDARD:
            raise ValueError(f"{output}: standard input has no name; say which file to write")
        return os.path.join(output, _score_name(source))
    if inputs > 1:
        raise ValueError(f"{output}: several performances need a folder (-o out/)")
    return output


def _score_name(source: str) -> str:
    path = Path(os.path.abspath(source))
    return (path.stem if path.suffix.lower() in MIDI_SUFFIXES else path.name) + ".musicxml"


def _place(path: str) -> str:
    """The file itself, whatever way leads to it."""
    return os.path.normcase(os.path.realpath(path))


def _run(jobs: list[Job], options: dict[str, Any]) -> int:
    several = len(jobs) > 1
    failures = 0
    # disable=None: on a terminal only.
    for job in tqdm(jobs, unit="file", leave=False, disable=None if several else True):
        failures += not _convert(job, options)
    if several:
        print(f"{len(jobs) - failures} of {len(jobs)} written")
    return FAILED if failures else DONE


def _convert(job: Job, options: dict[str, Any]) -> bool:
    """Write one performance, say what was heard, and whether it went well."""
    try:
        source = sys.stdin.buffer if job.source == STANDARD else job.source
        score = engrave.transcribe(source, **options)
        missed = [target for target in job.files if not _save(score, target, job)]
        music = engrave.WRITERS[".musicxml"](score) if STANDARD in job.targets else b""
        said = "\n  ".join([score.summary(), *(score.explain().splitlines() * job.explain)])
    except engrave.MidiError as error:
        return _complain(str(error))
    except Exception:  # the next file may do better
        traceback.print_exc()
        return _complain(f"{job.source}: this is a fault of engrave, please report it")
    if music:
        sys.stdout.buffer.write(music)
    if not missed:
        tqdm.write(said, file=job.words)
    return not missed


def _save(score: engrave.Score, target: str, job: Job) -> bool:
    try:
        if folder := os.path.dirname(target):
            os.makedirs(folder, exist_ok=True)
        score.save(target, pages=job.pages)
    except OSError as error:
        return _complain(f"{job.source}: {error.filename or target}: {error.strerror}")
    return True


def _complain(message: str) -> bool:
    tqdm.write(f"engrave: {' '.join(message.split())}", file=sys.stderr)
    return False


def _silence(stream: TextIO) -> None:
    """Point a stream that takes nothing any more at nowhere, so that no later flush fails."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
