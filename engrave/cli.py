"""The command `engrave`: performances in, scores beside them, one line said about each.

With --explain more lines follow, indented. `engrave plugin ...` is a command of its own.

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
from math import isfinite
from pathlib import Path
from typing import Any, TextIO, TypeVar

from tqdm import tqdm

import engrave
from engrave import plugin
from engrave.terminal import DONE, EVENTS, FAILED, INTERRUPTED, READER_GONE, Parser, tell

PAGE_OPTIONS = ("assets", "audio", "audio_start")
MIDI_SUFFIXES = {".mid", ".midi", ".smf", ".kar", ".rmi"}
STANDARD = "-"  # standard input among the inputs, standard output among the outputs
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Option:
    """A keyword of `engrave.transcribe` as an option: how its text is read and explained.

    Without a `metavar` it says yes and takes no text.
    """

    metavar: str | None
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
    "smallest": Option("1/16", "the shortest note value to write", engrave.parse_smallest),
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
    "find_repeats": Option(None, "write sections that are played twice once, with repeat signs"),
}


@dataclass(frozen=True, slots=True)
class Job:
    """One performance and the files that it is to be written to; `page`: how an .html page is."""

    source: str
    targets: tuple[str, ...]
    pages: bool
    paper: str
    explain: bool
    events: bool
    page: dict[str, Any]

    @property
    def files(self) -> list[str]:
        return [target for target in self.targets if target != STANDARD]

    @property
    def words(self) -> TextIO:
        """Where what is said of it goes: not into the music."""
        return sys.stderr if STANDARD in self.targets else sys.stdout


@dataclass(frozen=True, slots=True)
class Written:
    """What became of a job: files that could not be written, music for standard output, words."""

    missed: list[str]
    music: bytes
    said: str


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status (bad usage raises SystemExit, as in argparse)."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a name that a terminal cannot show
    words = sys.argv[1:] if arguments is None else arguments
    try:
        status = _dispatch(list(words))
        sys.stdout.flush()
        return status
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        _silence(sys.stdout)
        return READER_GONE
    except OSError as error:  # of standard output; those of files are caught where they arise
        _silence(sys.stdout)
        complain(f"standard output: {error.strerror}")
        return FAILED


def _dispatch(words: list[str]) -> int:
    """Run the command that the first word names; else the words are performances and options."""
    match words[:1]:
        case ["plugin"]:
            return plugin.main(words[1:])
        case ["embed"]:
            from engrave import embed

            return embed.main(words[1:])
        case ["view"]:
            from engrave import view

            return view.main(words[1:])
    return _run(*_read_command(words))


def _parser() -> Parser:
    parser = Parser(
        prog="engrave",
        description="Turn piano performances recorded as MIDI into readable sheet music.",
        epilog="engrave embed: for a blog post; engrave view: in the browser;"
        " engrave plugin install: into MuseScore (--help says more)",
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
    parser.add_argument("--pages", action="store_true", help="write one .svg or .png file a page")
    parser.add_argument(
        "--paper",
        type=_reading(Option("a4|letter", "", engrave.parse_paper)),
        default="a4",
        metavar="a4|letter",
        help="the paper of .pdf and --pages (default: a4)",
    )
    parser.add_argument(
        "--explain",
        action="store_true",
        help="say how sure the reading is, and which correction would matter most",
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
    add_audio_options(parser)
    add_options(parser)
    parser.add_argument("--version", action="version", version=f"engrave {engrave.__version__}")
    return parser


def add_audio_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--audio",
        type=_read_audio,
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
        open(text, "rb").close()
    except OSError as error:
        raise argparse.ArgumentTypeError(f"{text}: {error.strerror}") from error
    return Path(text)


def _read_seconds(text: str) -> float:
    with suppress(ValueError):
        if isfinite(seconds := float(text)):
            return seconds
    raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds")


def add_options(parser: argparse.ArgumentParser) -> None:
    """The keywords of `engrave.transcribe` as options."""
    for name, option in OPTIONS.items():
        flag = f"--{name.replace('_', '-')}"
        if option.metavar is None:
            parser.add_argument(flag, action="store_true", help=option.help)
            continue
        parser.add_argument(
            flag,
            metavar=option.metavar,
            type=_reading(option),
            default=option.default,
            help=option.help,
        )


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


def _read_command(arguments: Sequence[str]) -> tuple[list[Job], dict[str, Any]]:
    parser = _parser()
    parser.events = EVENTS in arguments
    command = parser.parse_args(arguments)
    try:
        if command.beats and len(set(command.inputs)) > 1:
            raise ValueError("--beats fits one performance, not several")
        _check_page_options(command)
        jobs = _plan(command)
    except ValueError as error:
        parser.error(str(error))
    return jobs, {name: getattr(command, name) for name in OPTIONS}


def _check_page_options(command: argparse.Namespace) -> None:
    asked = "--assets" if command.assets else "--audio" if command.audio else ""
    if asked and not any(map(is_page, command.output)):
        raise ValueError(f"{asked} needs an .html page to write (-o take.html)")
    if command.audio and len(set(command.inputs)) > 1:
        raise ValueError("--audio fits one performance, not several")
    if command.audio_start is not None and not command.audio:
        raise ValueError("--audio-start needs --audio")


def is_page(target: str) -> bool:
    return target.lower().endswith(".html")


def _plan(command: argparse.Namespace) -> list[Job]:
    """Who is written where. After this: no file is written twice, and no input is overwritten."""
    inputs, pages = list(dict.fromkeys(command.inputs)), command.pages
    jobs = [
        Job(
            source,
            _targets(source, command.output, len(inputs)),
            pages,
            command.paper,
            command.explain,
            command.events,
            {name: getattr(command, name) for name in PAGE_OPTIONS},
        )
        for source in inputs
    ]
    read = {_place(source): source for source in inputs if source != STANDARD}
    written: dict[str, str] = {}
    for job in jobs:
        if pages and STANDARD in job.targets:
            raise ValueError("--pages needs an .svg or .png file to write to (-o take.svg)")
        if job.events and STANDARD in job.targets:
            raise ValueError(f"{EVENTS} needs standard output for itself")
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
    if several and not jobs[0].events:
        print(f"{len(jobs) - failures} of {len(jobs)} written")
    return FAILED if failures else DONE


def _convert(job: Job, options: dict[str, Any]) -> bool:
    """Write one performance, say what was heard, and whether it went well."""
    written = attempt(job.source, lambda: _write(job, options), job.events)
    if written is None:
        return False
    if written.music:
        sys.stdout.buffer.write(written.music)
    if not written.missed and job.events:
        tell(summary=written.said, files=job.files)
    elif not written.missed:
        tqdm.write(written.said, file=job.words)
    return not written.missed


def _write(job: Job, options: dict[str, Any]) -> Written:
    source = sys.stdin.buffer if job.source == STANDARD else job.source
    progress = _tell_step if job.events else None
    score = engrave.transcribe(source, **options, progress=progress)
    missed = [target for target in job.files if not _save(score, target, job)]
    music = engrave.WRITERS[".musicxml"](score) if STANDARD in job.targets else b""
    said = "\n  ".join([score.summary(), *(score.explain().splitlines() * job.explain)])
    return Written(missed, music, said)


def attempt(source: str, work: Callable[[], Result], events: bool = False) -> Result | None:
    """What the work on a performance gives; None if it went wrong, which is said in one line."""
    try:
        return work()
    except engrave.MidiError as error:
        complain(str(error), events)
    except Exception:  # the next file may do better
        traceback.print_exc()
        complain(f"{source}: this is a fault of engrave, please report it", events)
    return None


def _tell_step(step: str, done: float) -> None:
    tell(step=step, done=done)


def _save(score: engrave.Score, target: str, job: Job) -> bool:
    try:
        if folder := os.path.dirname(target):
            os.makedirs(folder, exist_ok=True)
        options = job.page if is_page(target) else {}
        score.save(target, pages=job.pages, paper=job.paper, **options)
    except OSError as error:
        return complain(f"{job.source}: {error.filename or target}: {error.strerror}", job.events)
    except engrave.TooTallError as error:
        reason = f"{job.source}: {target}: {error}; write pages (--pages) or a PDF"
        return complain(reason, job.events)
    return True


def complain(message: str, events: bool = False) -> bool:
    """Say in one line what is wrong, also to a program that wants to hear of it. Returns False."""
    line = " ".join(message.split())
    if events:
        tell(error=line)
    tqdm.write(f"engrave: {line}", file=sys.stderr)
    return False


def _silence(stream: TextIO) -> None:
    """Point a stream that takes nothing any more at nowhere, so that no later flush fails."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
