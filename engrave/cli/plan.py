"""The plan of a command line: which recordings are written to which files, and how."""

import argparse
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engrave.cli.arguments import OPTIONS, main_parser
from engrave.cli.inputs import (
    ARCHIVE_SUFFIX,
    Recording,
    collection_name,
    is_collection,
    score_name,
    size_of,
    walk,
)
from engrave.cli.terminal import EVENTS
from engrave.files.disk import Identities, find_same, same_files
from engrave.output.formats import SaveOptions, check_suffix
from engrave.output.html.assets import AudioFile

STANDARD_STREAM = "-"  # standard input among the inputs, standard output among the outputs
NAMELESS = re.compile(r"-|/dev/stdin|(/dev|/proc/self)/fd/\d+")


@dataclass(frozen=True, slots=True)
class Job:
    """One recording and the files that it is to be written to."""

    recording: Recording
    targets: tuple[str, ...]

    @property
    def files(self) -> list[str]:
        """The targets that are files: all but standard output."""
        return [target for target in self.targets if target != STANDARD_STREAM]


@dataclass(frozen=True, slots=True)
class Settings:
    """What holds for all jobs of a command line.

    `options` of `engrave.transcribe`; `named`: those outputs that the user named; `inputs`: all
    files that the user named to be read; `saving`: how scores are written.
    """

    options: dict[str, Any]
    named: frozenset[str]
    inputs: Identities
    saving: SaveOptions
    explain: bool
    events: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """The jobs of a command line, found as they are needed, and the limits of each.

    `timeout` in seconds, `memory` in MiB; None: as seems reasonable.
    """

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    settings: Settings
    jobs: int
    timeout: float | None
    memory: int | None

    @property
    def several(self) -> bool:
        """Whether it may be more than one recording."""
        return len(self.inputs) > 1 or is_collection(self.inputs[0])

    def find_jobs(self) -> Iterator[Job]:
        """The jobs, in the order of the inputs."""
        for source in self.inputs:
            if not is_collection(source):
                targets = _targets(source, self.outputs, len(self.inputs))
                yield Job(Recording(source, "", size_of(source)), targets)
                continue
            folders = self.folders_for(source)
            recording = None
            for recording in walk(source):
                targets = tuple(os.path.join(folder, recording.place) for folder in folders)
                yield Job(recording, targets)
            if recording is None:
                yield Job(Recording(source, "", problem="no MIDI file in it"), ())

    def folders_for(self, source: str) -> tuple[str, ...]:
        """The folders for the scores of a folder or an archive; without outputs, beside it."""
        if not self.outputs:
            return (source if os.path.isdir(source) else source[: -len(ARCHIVE_SUFFIX)],)
        if len(self.inputs) == 1:
            return self.outputs
        return tuple(os.path.join(output, collection_name(source)) for output in self.outputs)


def read_command(arguments: Sequence[str]) -> Plan:
    """The plan of a command line."""
    parser = main_parser()
    parser.events = EVENTS in arguments
    command = parser.parse_args(arguments)
    try:
        plan = _plan(command)
        _check_page_options(command, plan.several)
        _check_targets(plan)
    except ValueError as error:
        parser.error(str(error))
    return plan


def _plan(command: argparse.Namespace) -> Plan:
    inputs = tuple(dict.fromkeys(command.inputs))
    sound = AudioFile(command.audio, command.audio_start) if command.audio else None
    saving = SaveOptions(
        pages=command.pages, paper=command.paper, assets=command.assets, sound=sound
    )
    read = same_files([*(it for it in inputs if it != STANDARD_STREAM), *command.files_read])
    settings = Settings(
        {name: getattr(command, name) for name in OPTIONS},
        frozenset(command.output),
        read,
        saving,
        command.explain,
        command.events,
    )
    outputs = tuple(command.output)
    jobs = command.jobs or _count_cores()
    return Plan(inputs, outputs, settings, jobs, command.timeout, command.memory)


def _count_cores() -> int:
    """The cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _check_page_options(command: argparse.Namespace, several: bool) -> None:
    if command.beats and several:
        raise ValueError("--beats fits one performance, not several")
    asked = "--assets" if command.assets else "--audio" if command.audio else ""
    if asked and not any(map(is_page, command.output)):
        raise ValueError(f"{asked} needs an .html page to write (-o take.html)")
    if command.audio and several:
        raise ValueError("--audio fits one performance, not several")
    if command.audio_start is not None and not command.audio:
        raise ValueError("--audio-start needs --audio")


def is_page(target: str) -> bool:
    """Whether a target is an .html page."""
    return target.lower().endswith(".html")


def _check_targets(plan: Plan) -> None:
    """Raise ValueError if a file would be written twice, or an input overwritten.

    For a folder only its own name is checked: within it no two names are written to one.
    """
    written: Identities = {}
    for source in plan.inputs:
        if is_collection(source):
            if any(not _is_folder(output) for output in plan.outputs):
                raise ValueError(f"{source}: several performances need a folder (-o out/)")
            check_suffix(Path(score_name("x")), plan.settings.saving.pages)
            targets = list(plan.folders_for(source))
        else:
            targets = _check_files(plan, source)
        for target in targets:
            if other := find_same(target, written):
                both = f"from {other} and from {source}"
                raise ValueError(f"{target} would be written twice, {both}")
            written |= dict.fromkeys(same_files([target]), source)


def _check_files(plan: Plan, source: str) -> list[str]:
    """The files to be written for one file, none of which is an input."""
    targets = _targets(source, plan.outputs, len(plan.inputs))
    if STANDARD_STREAM in targets:
        if plan.settings.saving.pages:
            raise ValueError("--pages needs an .svg or .png file to write to (-o take.svg)")
        if plan.settings.events:
            raise ValueError(f"{EVENTS} needs standard output for itself")
    files = [target for target in targets if target != STANDARD_STREAM]
    for target in files:
        check_suffix(Path(target), plan.settings.saving.pages)
        if read := find_same(target, plan.settings.inputs):
            raise ValueError(f"{target} would overwrite the input {read}")
    return files


def _targets(source: str, outputs: Sequence[str], inputs: int) -> tuple[str, ...]:
    """The output paths for one file; without `outputs`, beside it."""
    if outputs:
        return tuple(dict.fromkeys(_target(source, output, inputs) for output in outputs))
    if is_nameless(source):
        return (STANDARD_STREAM,)
    return (os.path.join(os.path.dirname(source), score_name(source)),)


def _target(source: str, output: str, inputs: int) -> str:
    if _is_folder(output):
        if is_nameless(source):
            name = "standard input" if source == STANDARD_STREAM else source
            raise ValueError(f"{output}: {name} has no name; say which file to write")
        return os.path.join(output, score_name(source))
    if inputs > 1:
        raise ValueError(f"{output}: several performances need a folder (-o out/)")
    return output


def _is_folder(output: str) -> bool:
    """Whether an output is a folder, there or to be made."""
    return output != STANDARD_STREAM and (output.endswith(("/", os.sep)) or os.path.isdir(output))


def is_nameless(source: str) -> bool:
    """Whether a source is an open stream, such as the pipe that a shell makes of <(...)."""
    return NAMELESS.fullmatch(source) is not None
