"""Whether MuseScore reads our pages as they are meant: `python -m bench musescore DATA`.

Each page goes through real MuseScore (as MusicXML and in its own format, and once more from there)
and what comes back is held against what was written, fact for fact: every note, rest and sign at
its place. What a fact is stands in `judges/signature.py`.
"""

import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import engrave
from bench.pages.truth import Recording
from bench.report.table import OWN, in_columns
from bench.runs.kept_pages import keep_page, take_page
from bench.runs.ledger import digest
from bench.runs.processes import Failure, run_in_processes
from bench.runs.score import page_path
from bench.runs.versions import version_of
from engrave.output.musicxml.document import write_musicxml
from judges.musescore import judge
from judges.signature import read_signature

WORKERS, LIMIT = 2, 1800.0


@dataclass(frozen=True, slots=True)
class Task:
    """A recording, and where its page is kept; `key` names all that the page depends on."""

    recording: Recording
    page_folder: Path
    key: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """How many facts of each kind a page has, and what MuseScore reads differently."""

    written: Mapping[str, int]
    findings: tuple[str, ...]

    @property
    def differing(self) -> Counter[str]:
        """How many findings there are about facts of each kind; "other" for complaints."""
        return Counter(map(self._kind_of, self.findings))

    def _kind_of(self, finding: str) -> str:
        about = (k for k in self.written for way in ("lost", "added") if f" {way} {k} " in finding)
        return max(about, key=len, default="other")


def read_pages(
    recordings: Sequence[Recording], data: str, out: Path
) -> Iterator[tuple[Recording, Verdict | Failure]]:
    """The verdict on each page as they come in; `data` names the contents of their folder."""
    version = version_of(OWN)
    tasks = [
        Task(r, page_path(out, OWN, r.name), digest(version, data, r.name)) for r in recordings
    ]
    for task, answer in run_in_processes(check_page, tasks, WORKERS, LIMIT):
        yield task.recording, answer


def check_page(task: Task) -> Verdict:
    """What is on the page of a recording, and what real MuseScore reads differently from it."""
    musicxml = take_page(task.page_folder, task.key)
    if musicxml is None:
        musicxml = write_musicxml(engrave.transcribe(task.recording.midi))
        keep_page(task.page_folder, musicxml, task.key)
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "page.musicxml"
        path.write_bytes(musicxml)
        kinds = Counter(fact.kind for fact in read_signature(path).facts)
        return Verdict(kinds, tuple(judge(path)))


def write_verdicts(verdicts: Mapping[str, Verdict], about: str) -> str:
    """A table of all kinds of facts, and each finding under the name of its recording."""
    written: Counter[str] = Counter()
    differing: Counter[str] = Counter()
    for verdict in verdicts.values():
        written.update(verdict.written)
        differing.update(verdict.differing)
    kinds = sorted(written.keys() | differing.keys())
    rows = [(kind, str(written[kind]), str(differing[kind])) for kind in kinds]
    rows.append((f"all of {len(verdicts)} pages", str(written.total()), str(differing.total())))
    lists = [
        "\n".join([f"{name}:", "", *(f"- {finding}" for finding in verdict.findings)])
        for name, verdict in verdicts.items()
        if verdict.findings
    ]
    return "\n\n".join([about, in_columns(("", "written", "findings"), rows), *lists]) + "\n"
