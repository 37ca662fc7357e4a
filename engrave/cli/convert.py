"""Conversion: which performance is written to which files, and the results."""

import argparse
import os
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import engrave
from engrave.cli.arguments import OPTIONS, main_parser
from engrave.cli.terminal import (
    DONE,
    EVENTS,
    FAILED,
    emit,
    remark,
    report_error,
    report_failures,
    say,
    send,
    show_progress,
    visible,
    why,
)
from engrave.files.disk import File, Identities, find_same, same_files, write_files
from engrave.output.formats import SaveOptions, check_suffix, files_of, write
from engrave.output.html.assets import AudioFile
from engrave.output.pdf import TooTallError

MIDI_SUFFIXES = {".mid", ".midi", ".smf", ".kar", ".rmi"}
STANDARD_STREAM = "-"  # standard input among the inputs, standard output among the outputs
NAMELESS = re.compile(r"-|/dev/stdin|(/dev|/proc/self)/fd/\d+")


@dataclass(frozen=True, slots=True)
class Job:
    """One performance and the files that it is to be written to.

    `named`: those outputs that the user named; `inputs`: all files that are read, of this and other
    performances; `saving`: how they are written.
    """

    source: str
    targets: tuple[str, ...]
    named: frozenset[str]
    inputs: Identities
    saving: SaveOptions
    explain: bool
    events: bool

    @property
    def files(self) -> list[str]:
        """The targets that are files: all but standard output."""
        return [target for target in self.targets if target != STANDARD_STREAM]

    @property
    def say(self) -> Callable[..., None]:
        """Print function for messages: standard error if the music goes to standard output."""
        return remark if STANDARD_STREAM in self.targets else say


@dataclass(frozen=True, slots=True)
class JobResult:
    """The result of a job: whether its files are written, music for standard output, messages."""

    well: bool
    music: bytes
    said: list[str]


def read_command(arguments: Sequence[str]) -> tuple[list[Job], dict[str, Any]]:
    """The conversions that a command line requests, and their options."""
    parser = main_parser()
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
    """Whether a target is an .html page."""
    return target.lower().endswith(".html")


def _plan(command: argparse.Namespace) -> list[Job]:
    """Outputs of each input. After this: no file is written twice, no input is overwritten."""
    inputs, pages = list(dict.fromkeys(command.inputs)), command.pages
    named = frozenset(command.output)
    sound = AudioFile(command.audio, command.audio_start) if command.audio else None
    saving = SaveOptions(pages=pages, paper=command.paper, assets=command.assets, sound=sound)
    read = same_files([*(it for it in inputs if it != STANDARD_STREAM), *command.files_read])
    jobs = [
        Job(
            source,
            _targets(source, command.output, len(inputs)),
            named,
            read,
            saving,
            command.explain,
            command.events,
        )
        for source in inputs
    ]
    written: Identities = {}
    for job in jobs:
        if pages and STANDARD_STREAM in job.targets:
            raise ValueError("--pages needs an .svg or .png file to write to (-o take.svg)")
        if job.events and STANDARD_STREAM in job.targets:
            raise ValueError(f"{EVENTS} needs standard output for itself")
        for target in job.files:
            check_suffix(Path(target), pages)
            if source := find_same(target, read):
                raise ValueError(f"{target} would overwrite the input {source}")
            if other := find_same(target, written):
                both = f"from {other} and from {job.source}"
                raise ValueError(f"{target} would be written twice, {both}")
            written |= dict.fromkeys(same_files([target]), job.source)
    return jobs


def _targets(source: str, outputs: list[str], inputs: int) -> tuple[str, ...]:
    """The output paths for one input; without `outputs`, beside it."""
    if outputs:
        return tuple(dict.fromkeys(_target(source, output, inputs) for output in outputs))
    if is_nameless(source):
        return (STANDARD_STREAM,)
    return (os.path.join(os.path.dirname(source), _score_name(source)),)


def _target(source: str, output: str, inputs: int) -> str:
    if output != STANDARD_STREAM and (output.endswith(("/", os.sep)) or os.path.isdir(output)):
        if is_nameless(source):
            name = "standard input" if source == STANDARD_STREAM else source
            raise ValueError(f"{output}: {name} has no name; say which file to write")
        return os.path.join(output, _score_name(source))
    if inputs > 1:
        raise ValueError(f"{output}: several performances need a folder (-o out/)")
    return output


def is_nameless(source: str) -> bool:
    """Whether a source is an open stream, such as the pipe that a shell makes of <(...)."""
    return NAMELESS.fullmatch(source) is not None


def _score_name(source: str) -> str:
    path = Path(os.path.abspath(source))
    return (path.stem if path.suffix.lower() in MIDI_SUFFIXES else path.name) + ".musicxml"


def run(jobs: list[Job], options: dict[str, Any]) -> int:
    """Convert file after file; returns the exit status."""
    several = len(jobs) > 1
    failures = 0
    for job in show_progress(jobs):
        failures += not _convert(job, options)
    if several and not jobs[0].events:
        say(f"{len(jobs) - failures} of {len(jobs)} written")
    return FAILED if failures else DONE


def _convert(job: Job, options: dict[str, Any]) -> bool:
    """Write one performance and print its summary; whether all went well."""
    written = report_failures(job.source, lambda: _write(job, options), job.events)
    if written is None:
        return False
    if written.music:
        send(written.music)
    if written.well and job.events:
        emit(summary="\n".join(map(visible, written.said)), files=job.files)
    elif written.well:
        job.say(*written.said)
    return written.well


def _write(job: Job, options: dict[str, Any]) -> JobResult:
    source = sys.stdin.buffer if job.source == STANDARD_STREAM else job.source
    progress = _tell_step if job.events else None
    score = engrave.transcribe(source, **options, progress=progress)
    well = _save(score, job)
    music = write(score, ".musicxml") if STANDARD_STREAM in job.targets else b""
    explained = [f"  {line}" for line in score.explain().splitlines() * job.explain]
    return JobResult(well, music, [score.summary(), *explained])


def _tell_step(step: str, done: float) -> None:
    emit(step=step, done=done)


def _save(score: engrave.Score, job: Job) -> bool:
    files: list[File] = []
    target = ""
    try:
        for target in job.files:
            options = replace(job.saving, named=target in job.named)
            if not is_page(target):
                options = replace(options, assets=False, sound=None)
            files += files_of(score, Path(target), options)
        name = score.performance.source.name
        write_files(files, name, job.inputs, make_folders=True, sign_named=True)
    except OSError as error:
        return report_error(f"{job.source}: {error.filename or target}: {why(error)}", job.events)
    except TooTallError as error:
        reason = f"{job.source}: {target}: {error}; write pages (--pages) or a PDF"
        return report_error(reason, job.events)
    return True
