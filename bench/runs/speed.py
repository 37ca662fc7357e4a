"""Seconds per thousand notes and peak memory of `engrave` and its peers, as a user has them.

Every run is a whole program started from the shell, start-up, reading and writing included; the
systems take turns on each file, so that a busy machine is busy for all of them. Then `engrave`
alone on 1,000 to 100,000 notes (performances one after the other) to show how both grow, and on all
performances at once, with one job and with more.
"""

import io
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from pretty_midi import ControlChange, Instrument, Note, PrettyMIDI

from bench.pages.truth import Recording
from bench.report.table import OWN, in_columns
from bench.systems.systems import command
from engrave.midi.read import read_midi
from engrave.music.performance import Performance

STOPWATCH = Path(__file__).with_name("stopwatch.py")
JOBS = (1, 2)  # numbers of worker processes
GROWTH = (1_000, 3_000, 10_000, 30_000, 100_000)  # notes
LIMIT = 600.0  # seconds for one run
SILENCE = 2.0  # seconds between two performances
SUSTAIN = 64  # controller number
MIB = 2**20


@dataclass(frozen=True, slots=True)
class Run:
    """One start of one program: seconds by the clock, the peak of its memory in bytes."""

    system: str
    name: str
    notes: int
    seconds: float
    peak: int
    failure: str

    @property
    def per_thousand(self) -> float:
        """Seconds per thousand notes."""
        return 1000 * self.seconds / self.notes


def measure_files(recordings: Iterable[Recording], systems: Sequence[str]) -> Iterator[Run]:
    """Each system in turn on each recording."""
    for recording in recordings:
        for system in systems:
            yield _run(system, recording.name, recording.midi, len(recording.pitches))


def measure_growth(recordings: Sequence[Recording]) -> Iterator[Run]:
    """`engrave` on ever more notes; after a run that failed it is not asked for more."""
    for count in GROWTH:
        run = _run(OWN, f"{count} notes", concatenate(recordings, count), count)
        yield run
        if run.failure:
            return


def measure_jobs(recordings: Sequence[Recording]) -> Iterator[Run]:
    """`engrave` on all recordings in one run, with each number of jobs."""
    notes = sum(len(recording.pitches) for recording in recordings)
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "takes"
        source.mkdir()
        for number, recording in enumerate(recordings):
            (source / f"{number}.mid").write_bytes(recording.midi)
        for jobs in JOBS:
            target = Path(folder) / f"scores{jobs}"
            target.mkdir()
            seconds, peak, failure = _time([*command(OWN, source, target), "--jobs", str(jobs)])
            yield Run(OWN, f"--jobs {jobs}", notes, seconds, peak, failure)


def write_speed(files: Sequence[Run], growth: Sequence[Run], jobs: Sequence[Run]) -> str:
    """The measurements as tables in Markdown."""
    systems = list(dict.fromkeys(run.system for run in files))
    rows = [_summary_row(system, [r for r in files if r.system == system]) for system in systems]
    head = ("", "files (failures)", "s per 1000 notes", "slowest file", "peak MiB")
    growing = [(f"{r.notes:,}", *_own_cells(r)) for r in growth]
    at_once = [(r.name, *_own_cells(r)) for r in jobs]
    return "\n\n".join(
        (
            "### Speed and memory, whole process",
            in_columns(head, rows),
            f"### How `{OWN}` grows",
            in_columns(("notes", "seconds", "s per 1000 notes", "peak MiB"), growing),
            "### All files in one run",
            in_columns(("", "seconds", "s per 1000 notes", "peak MiB of a process"), at_once),
            "",
        )
    )


def write_runs(runs: Iterable[Run]) -> str:
    """The runs as JSON."""
    return json.dumps([asdict(run) for run in runs], indent=1, ensure_ascii=False) + "\n"


def concatenate(recordings: Sequence[Recording], count: int) -> bytes:
    """A MIDI file of so many notes: the performances one after the other, again if need be."""
    piano = Instrument(program=0)
    start = 0.0
    for performance in _endlessly(recordings):
        for n in performance.notes[: count - len(piano.notes)]:
            piano.notes.append(Note(n.velocity, n.pitch, start + n.onset, start + n.release))
        piano.control_changes += [
            ControlChange(SUSTAIN, move.depth, start + move.time) for move in performance.sustain
        ]
        if len(piano.notes) == count:
            break
        start = max(note.end for note in piano.notes) + SILENCE
    midi = PrettyMIDI(resolution=480, initial_tempo=120)
    midi.instruments.append(piano)
    file = io.BytesIO()
    midi.write(file)
    return file.getvalue()


def _endlessly(recordings: Sequence[Recording]) -> Iterator[Performance]:
    while True:
        for recording in recordings:
            yield read_midi(recording.midi)


def _run(system: str, name: str, midi: bytes, notes: int) -> Run:
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "take.mid", Path(folder) / "take.musicxml"
        source.write_bytes(midi)
        seconds, peak, failure = _time(command(system, source, target))
        failure = failure or ("" if target.exists() else "wrote no file")
    return Run(system, name, notes, seconds, peak, failure)


def _time(words: Sequence[str]) -> tuple[float, int, str]:
    """Seconds, peak memory and failure of a command."""
    words = [sys.executable, "-I", str(STOPWATCH), str(LIMIT), *words]
    said = json.loads(subprocess.run(words, stdout=subprocess.PIPE, check=True).stdout)
    return said["seconds"], said["peak"], said["failure"]


def _summary_row(system: str, runs: Sequence[Run]) -> Sequence[str]:
    done = [run for run in runs if not run.failure]
    count = f"{len(runs)} ({len(runs) - len(done)})"
    if not done:
        return (system, count, "–", "–", "–")
    mean = 1000 * sum(run.seconds for run in done) / sum(run.notes for run in done)
    slowest = max(done, key=lambda run: run.seconds)
    peak = max(run.peak for run in done) / MIB
    slow = f"{slowest.seconds:.1f} s for {slowest.notes:,} notes"
    return (system, count, f"{mean:.2f}", slow, f"{peak:.0f}")


def _own_cells(run: Run) -> Sequence[str]:
    if run.failure:
        return (run.failure, "–", f"{run.peak / MIB:.0f}")
    return (f"{run.seconds:.1f}", f"{run.per_thousand:.2f}", f"{run.peak / MIB:.0f}")
