"""All figures of all systems over a folder of recordings; what is done already is not done again.

Each performance is written and judged in a process of its own, so that a program that crashes or
does not come to an end fails in this one performance only, and the failure counts.
"""

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import engrave
from bench.metrics.all import compare
from bench.metrics.readability import readability
from bench.pages.align import align, align_to_performance
from bench.pages.own import read_own_page
from bench.pages.page import Page
from bench.pages.read_musicxml import read_page
from bench.pages.truth import Recording
from bench.report.results import READABLE, TRUE, Outcome
from bench.runs.kept_pages import keep_page, take_page
from bench.runs.ledger import Ledger, digest
from bench.runs.processes import Failure, run_in_processes
from bench.runs.versions import version_of, version_of_figures
from bench.systems.systems import OWN_WEIGHTS, PEERS, import_midi
from engrave.output.musicxml.document import write_musicxml

WORKERS = 2
LIMIT = 900.0  # seconds for one performance
CEILING = "ceiling"

# What is said of progress: the outcome, whether it was new, and how many of how many are done.
Report = Callable[[Outcome, bool, int, int], None]


@dataclass(frozen=True, slots=True)
class Task:
    """A recording for a system; `key` names its page and all that the page depends on."""

    system: str
    recording: Recording
    page_folder: Path
    key: str


@dataclass(frozen=True, slots=True)
class _WrittenPage:
    page: Page
    musicxml: bytes | None  # not of the ceiling, which is no page that anybody gets


def score_recordings(
    recordings: Sequence[Recording],
    systems: Sequence[str],
    data: str,
    out: Path,
    report: Report,
) -> list[Outcome]:
    """The outcome of every system with every recording, each system in turn.

    `data` names the contents of the folder that the recordings are from; the pages and the
    ledger stand in `out`. Raises PeerError if a system is not installed.
    """
    ledger = Ledger(out)
    versions = {system: version_of(system) for system in systems}
    judging = version_of_figures()
    tasks = [
        Task(s, r, page_path(out, s, r.name), digest(versions[s], data, r.name))
        for r in recordings
        for s in systems
    ]
    keys = {task: digest(task.system, task.key, judging) for task in tasks}
    outcomes = {task: ledger.done[keys[task]] for task in tasks if keys[task] in ledger.done}
    for outcome in list(outcomes.values()):
        report(outcome, False, len(outcomes), len(tasks))
    waiting = [task for task in tasks if task not in outcomes]
    for task, answer in run_in_processes(judge, waiting, WORKERS, LIMIT):
        figures, failure = ({}, answer.reason) if isinstance(answer, Failure) else (answer, "")
        outcomes[task] = _outcome(task, figures, failure)
        ledger.add(keys[task], outcomes[task])
        report(outcomes[task], True, len(outcomes), len(tasks))
    return [outcomes[task] for task in tasks]


def page_path(out: Path, system: str, name: str) -> Path:
    """Where the page of a system is kept."""
    return out / "pages" / system / f"{name}.mxl"


def judge(task: Task) -> dict[str, float | None]:
    """Let the system write the page, and compare it with the true score."""
    truth = task.recording.page
    made = _make(task)
    figures = compare(truth, made.page, align(truth, made.page))
    if made.musicxml is not None:
        figures |= _readable(made.musicxml, "") | _readable(task.recording.score, TRUE)
    return figures


def _readable(musicxml: bytes, suffix: str) -> dict[str, float | None]:
    named = asdict(readability(musicxml))
    return {f"{READABLE}{name}{suffix}": value for name, value in named.items()}


def _make(task: Task) -> _WrittenPage:
    recording = task.recording
    with tempfile.TemporaryDirectory() as name:
        if task.system == CEILING:
            return _WrittenPage(PEERS[CEILING](recording, Path(name)), None)
        if task.system in OWN_WEIGHTS:
            score = engrave.transcribe(recording.midi, weights=OWN_WEIGHTS[task.system])
            musicxml = write_musicxml(score)
            keep_page(task.page_folder, musicxml, task.key)
            return _WrittenPage(read_own_page(score, musicxml, recording), musicxml)
        kept = take_page(task.page_folder, task.key)
        musicxml = kept or import_midi(task.system, recording.midi, Path(name))
        keep_page(task.page_folder, musicxml, task.key)
        page = align_to_performance(read_page(musicxml), recording.onsets, recording.pitches)
        return _WrittenPage(page, musicxml)


def _outcome(task: Task, figures: Mapping[str, float | None], failure: str) -> Outcome:
    recording = task.recording
    return Outcome(
        task.system, recording.name, recording.score_name, recording.composer, figures, failure
    )
