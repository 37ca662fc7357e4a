"""Conversion: each performance is transcribed and written, and its result is printed.

Several are done in worker processes, on all cores; what a worker says is repeated here, in the
order of the inputs. A single one is done in this process.
"""

import os
import sys
from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import engrave
from engrave.cli.inputs import open_recording
from engrave.cli.plan import STANDARD_STREAM, Job, Plan, Settings, is_nameless, is_page
from engrave.cli.terminal import (
    DONE,
    FAILED,
    Progress,
    Said,
    emit,
    overhear,
    remark,
    repeat,
    report_error,
    report_failures,
    say,
    send,
    visible,
    why,
)
from engrave.cli.workers import Failure, Limits, run_in_workers
from engrave.files.disk import File, same_files, write_files
from engrave.output.formats import files_of, write
from engrave.output.pdf import TooTallError

SECONDS, SECONDS_PER_KIB = 120.0, 2.0  # ten times what a file usually takes, and more
MIB = 2**20  # bytes
LEAST_MEMORY = 2048 * MIB  # bytes for a file; more if there is more for each worker
NOTHING = Said("", "")


@dataclass(frozen=True, slots=True)
class Result:
    """Whether a performance is written, the number of its notes, and what was said about it."""

    well: bool
    notes: int = 0
    said: Said = NOTHING


def run(plan: Plan, work: Callable[[Settings, Job], Result] | None = None) -> int:
    """Convert file after file; returns the exit status. `work` is done in worker processes."""
    if not plan.several:
        (job,) = plan.find_jobs()
        return DONE if convert(plan.settings, job).well else FAILED
    count = failures = 0
    with Progress() as progress, closing(_results(plan, work or convert_apart)) as results:
        progress.expect(lambda: sum(1 for _ in plan.find_jobs()))
        for result in results:
            repeat(result.said)
            progress.step(result.notes)
            count += 1
            failures += not result.well
    if count > 1 and not plan.settings.events:
        say(f"{count - failures} of {count} written")
    return FAILED if failures else DONE


def _results(plan: Plan, work: Callable[[Settings, Job], Result]) -> Generator[Result, None, None]:
    settings = plan.settings
    limits = Limits(plan.jobs, partial(_seconds_for, plan.timeout), _memory(plan))
    with closing(run_in_workers(partial(work, settings), plan.find_jobs(), limits)) as answers:
        for job, answer in answers:
            if is_nameless(job.recording.source):
                yield convert(settings, job)
            elif isinstance(answer, Failure):
                report_error(f"{job.recording.source}: {answer.reason}", settings.events)
                yield Result(False)
            else:
                yield answer


def _seconds_for(timeout: float | None, job: Job) -> float:
    return timeout or SECONDS + SECONDS_PER_KIB * job.recording.size / 1024


def _memory(plan: Plan) -> int:
    """Bytes for each worker: as the user says, or an equal share of what there is."""
    if plan.memory:
        return plan.memory * MIB
    if not hasattr(os, "sysconf"):
        return LEAST_MEMORY
    there = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return max(LEAST_MEMORY, there // plan.jobs)


def convert_apart(settings: Settings, job: Job) -> Result:
    """Convert a performance in a worker process, which has no standard streams to read or write."""
    if is_nameless(job.recording.source):
        return Result(False)
    result, said = overhear(lambda: convert(settings, job))
    return replace(result, said=said)


def convert(settings: Settings, job: Job) -> Result:
    """Write one performance and print its summary."""
    if problem := job.recording.problem:
        return Result(report_error(f"{job.recording.source}: {problem}", settings.events))
    source, events = job.recording.source, settings.events
    return report_failures(source, lambda: _convert(settings, job), events) or Result(False)


def _convert(settings: Settings, job: Job) -> Result:
    is_stream = job.recording.source == STANDARD_STREAM
    source = sys.stdin.buffer if is_stream else open_recording(job.recording)
    progress = _tell_step if settings.events else None
    score = engrave.transcribe(source, **settings.options, progress=progress)
    well = _save(score, settings, job)
    explained = [f"  {line}" for line in score.explain().splitlines() * settings.explain]
    lines = [score.summary(), *explained]
    if STANDARD_STREAM in job.targets:
        send(write(score, ".musicxml"))
    if well and settings.events:
        emit(summary="\n".join(map(visible, lines)), files=job.files)
    elif well:
        (remark if STANDARD_STREAM in job.targets else say)(*lines)
    return Result(well, len(score.performance.notes))


def _tell_step(step: str, done: float) -> None:
    emit(step=step, done=done)


def _save(score: engrave.Score, settings: Settings, job: Job) -> bool:
    files: list[File] = []
    source, target = job.recording.source, ""
    inputs = settings.inputs | same_files([job.recording.archive or source])
    try:
        for target in job.files:
            saving = replace(settings.saving, named=target in settings.named)
            if not is_page(target):
                saving = replace(saving, assets=False, sound=None)
            files += files_of(score, Path(target), saving)
        name = score.performance.source.name
        write_files(files, name, inputs, make_folders=True, sign_named=True)
    except OSError as error:
        reason = f"{source}: {error.filename or target}: {why(error)}"
        return report_error(reason, settings.events)
    except TooTallError as error:
        reason = f"{source}: {target}: {error}; write pages (--pages) or a PDF"
        return report_error(reason, settings.events)
    return True
