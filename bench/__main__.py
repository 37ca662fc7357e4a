"""The bench: `python -m bench COMMAND …`; see README.md beside this file."""

import argparse
import re
import shlex
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TextIO

from tqdm import tqdm

from bench.pages.truth import Recording, read_folder
from bench.report.look import Row, View, write_html
from bench.report.publish import publish
from bench.report.results import Outcome, summarize, write_json
from bench.report.table import OWN, write_table
from bench.runs.kept_pages import take_page
from bench.runs.ledger import digest_files
from bench.runs.musescore import Verdict, read_pages, write_verdicts
from bench.runs.pedal import Figures, judge_all, write_pedal_json, write_pedal_table
from bench.runs.plain import judge_plain, own_tunes, read_scores, write_plain_table
from bench.runs.processes import Failure
from bench.runs.score import CEILING, page_path, score_recordings
from bench.runs.speed import (
    Run,
    measure_files,
    measure_growth,
    measure_jobs,
    write_runs,
    write_speed,
)
from bench.runs.versions import commit, version_of
from bench.systems.systems import OWN_WEIGHTS, PEERS, PeerError

RAW = "musescore"  # the raw import that a user would have instead


def main(arguments: Sequence[str]) -> int:
    """Run a command of the bench; its exit status, 2 where something cannot be read or started."""
    command = _parser().parse_args(arguments)
    try:
        command.act(command, arguments)
    except (PeerError, OSError, ValueError) as error:
        _say(f"bench: {' '.join(str(error).split())}", sys.stderr)
        return 2
    return 0


def _on_recordings(command: argparse.Namespace, arguments: Sequence[str]) -> None:
    first = command.first and not command.most
    recordings = _choose(read_folder(command.data), command.only, first)
    if command.most:
        recordings = _by_turns(recordings)[: command.most]
    command.state = _state(arguments, (command.data, command.out))
    command.run(command, recordings, _about(command.state))


def _figures(command: argparse.Namespace, _arguments: Sequence[str]) -> None:
    publish(command.results)


def _plain(command: argparse.Namespace, arguments: Sequence[str]) -> None:
    """The table stands whole on disk at the end; a line for each file that failed comes before."""
    pieces = [*read_scores(command.data, command.most), *own_tunes()]
    systems = [command.weights, *command.peers]
    found = []
    for task, figures in tqdm(judge_plain(pieces, systems), unit="file", disable=None):
        found.append((task, figures))
        if isinstance(figures, Failure):
            _say(f"{task.notated.name}: {figures.reason}", sys.stderr)
    about = _about(_state(arguments, (command.data, command.out)))
    _write(command.out / "plain.md", write_plain_table(found, about))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, run, help_text in (
        ("score", _score, "all figures against the true scores"),
        ("look", _look, "raw import, engrave and the true score side by side"),
        ("speed", _speed, "seconds per thousand notes and peak memory"),
        ("pedal", _pedal, "the pedal's marks against the foot, by composer"),
        ("musescore", _musescore, "what MuseScore reads differently from what is written"),
    ):
        command = commands.add_parser(name, help=help_text, description=help_text)
        command.set_defaults(act=_on_recordings, run=run, first=True, most=0)
        _add_recording_options(command, name)
    help_text = "scores and tunes as a program writes them or hands play them to a click"
    command = commands.add_parser("plain", help=help_text, description=help_text)
    command.set_defaults(act=_plain)
    command.add_argument("data", type=Path, metavar="DATA", help="a folder of scores")
    command.add_argument("--most", type=int, default=60, metavar="N", help="so many scores")
    command.add_argument("--weights", choices=sorted(OWN_WEIGHTS), default=OWN)
    command.add_argument("--peers", type=_peers, default=[], metavar="NAMES")
    command.add_argument("--out", type=Path, default=Path("bench-out"), metavar="DIR")
    help_text = "write the figures of runs of `score` into the documents"
    command = commands.add_parser("figures", help=help_text, description=help_text)
    command.set_defaults(act=_figures)
    command.add_argument("results", type=Path, nargs="*", metavar="RESULTS.json")
    return parser


def _add_recording_options(command: argparse.ArgumentParser, name: str) -> None:
    """The arguments of a command that reads a folder of recordings."""
    command.add_argument("data", type=Path, metavar="DATA", help="the folder of recordings")
    command.add_argument("--only", default="", metavar="REGEX", help="which performances")
    command.add_argument("--out", type=Path, default=Path("bench-out"), metavar="DIR")
    if name in ("score", "pedal"):
        command.add_argument("--first", action="store_true", help="one performance a score")
        command.set_defaults(first=False)
    if name == "musescore":
        help_text = "so many performances, the scores in turn (default: one of each score)"
        command.add_argument("--most", type=int, default=0, metavar="N", help=help_text)
    if name in ("score", "speed"):
        help_text = f"what to compare with, of {','.join(_names(name))} (default: {RAW})"
        command.add_argument("--peers", type=_peers, default=[RAW], metavar="NAMES", help=help_text)


def _names(command: str) -> list[str]:
    """The peers of a command; the ceiling is no program whose speed could be measured."""
    return [name for name in PEERS if name != OWN and (name, command) != (CEILING, "speed")]


def _peers(text: str) -> list[str]:
    names = [name for name in text.split(",") if name]
    if unknown := set(names) - set(_names("score")):
        raise argparse.ArgumentTypeError(f"no such peer: {', '.join(sorted(unknown))}")
    return names


def _choose(recordings: Iterable[Recording], only: str, first: bool) -> list[Recording]:
    """The recordings whose name fits, of each score the first only if `first`."""
    chosen = [recording for recording in recordings if re.search(only, recording.name)]
    if first:
        chosen = list({r.score_name: r for r in reversed(chosen)}.values())[::-1]
    if not chosen:
        raise ValueError(f"no performance is called {only!r}")
    return chosen


def _by_turns(recordings: Iterable[Recording]) -> list[Recording]:
    """The first performance of each score, then the second of each, and so on."""
    seen: Counter[str] = Counter()
    turn: dict[str, int] = {}
    ordered = list(recordings)
    for recording in ordered:
        turn[recording.name] = seen[recording.score_name]
        seen[recording.score_name] += 1
    return sorted(ordered, key=lambda recording: turn[recording.name])


def _state(arguments: Sequence[str], folders: Sequence[Path]) -> dict[str, str]:
    """When, of which commit and how; where the folders stand says nothing to others."""
    words = [Path(word).name if Path(word) in folders else word for word in arguments]
    command = f"python -m bench {shlex.join(words)}"
    return {"date": f"{date.today():%Y-%m-%d}", "commit": commit(), "command": command}


def _about(state: Mapping[str, str]) -> str:
    sources = f"commit `{state['commit']}`, " if state["commit"] else ""
    return f"{state['date']}, {sources}`{state['command']}`"


def _score(command: argparse.Namespace, recordings: list[Recording], about: str) -> None:
    systems = [OWN, *command.peers]
    outcomes = _outcomes(command, recordings, systems)
    facts = {system: {"version": version_of(system), **command.state} for system in systems}
    results = summarize(outcomes, facts)
    _write(command.out / "results.json", write_json(results))
    _write(command.out / "table.md", write_table(results, about))
    for system, found in results.items():
        error, failures = found["mean_per_performance"]["E_mean"], found["failures"]
        _say(f"{system}: E_mean {error:.1f}, {len(found['performances'])} done, {failures} failed")


def _outcomes(
    command: argparse.Namespace, recordings: list[Recording], systems: list[str]
) -> list[Outcome]:
    """The outcomes, while a bar shows progress on a terminal and lines do elsewhere."""
    data = digest_files(path for path in command.data.iterdir() if path.is_file())
    with tqdm(total=len(recordings) * len(systems), unit="page", disable=None) as bar:

        def report(outcome: Outcome, new: bool, done: int, total: int) -> None:
            bar.update()
            if new and (bar.disable or outcome.failure):
                error = outcome.failure or f"E_mean {outcome.figures['E_mean']:.1f}"
                _say(f"{done}/{total} {outcome.system} {outcome.performance}: {error}")

        return score_recordings(recordings, systems, data, command.out, report)


def _look(command: argparse.Namespace, recordings: list[Recording], about: str) -> None:
    outcomes = _outcomes(command, recordings, [RAW, OWN])
    by_name = {(o.system, o.performance): o for o in outcomes}
    rows = []
    for recording in tqdm(recordings, unit="piece", disable=None):
        systems = [by_name[system, recording.name] for system in (RAW, OWN)]
        views = [_view(outcome, command.out) for outcome in systems]
        error = systems[-1].figures.get("E_mean")
        views.append(View("true score", {}, recording.score))
        rows.append(Row(recording.name, 100.0 if error is None else error, views))
    _write(command.out / "look.html", write_html(rows, about))


def _view(outcome: Outcome, out: Path) -> View:
    page = take_page(page_path(out, outcome.system, outcome.performance))
    return View(outcome.system, outcome.figures, page, outcome.failure or "its page was not kept")


def _speed(command: argparse.Namespace, recordings: list[Recording], _about: str) -> None:
    """The table stands whole on disk after every run: the last ones take long."""
    files: list[Run] = []
    growth: list[Run] = []
    jobs: list[Run] = []
    for kept, runs in (
        (files, measure_files(recordings, [OWN, *command.peers])),
        (jobs, measure_jobs(recordings)),
        (growth, measure_growth(recordings)),
    ):
        for run in runs:
            kept.append(run)
            said = run.failure or f"{run.per_thousand:.2f} s per 1000 notes"
            _say(f"{run.system} {run.name}, {run.notes} notes: {said}, {run.peak / 2**20:.0f} MiB")
            _write(command.out / "speed.json", write_runs([*files, *jobs, *growth]))
            _write(command.out / "speed.md", write_speed(files, growth, jobs))


def _pedal(command: argparse.Namespace, recordings: list[Recording], about: str) -> None:
    """The table stands whole on disk after every recording."""
    rows: list[tuple[Recording, Figures]] = []
    for recording, found in judge_all(recordings):
        if isinstance(found, Failure):
            _say(f"{recording.name}: {found.reason}", sys.stderr)
            continue
        rows.append((recording, found))
        said = ", ".join(f"{name} {value:.1f}" for name, value in found.items())
        _say(f"{len(rows)}/{len(recordings)} {recording.name}: {said}")
        _write(command.out / "pedal.json", write_pedal_json(rows))
        _write(command.out / "pedal.md", write_pedal_table(rows, about))


def _musescore(command: argparse.Namespace, recordings: list[Recording], about: str) -> None:
    """The table stands whole on disk after every page."""
    data = digest_files(path for path in command.data.iterdir() if path.is_file())
    verdicts: dict[str, Verdict] = {}
    failed = 0
    for recording, found in read_pages(recordings, data, command.out):
        if isinstance(found, Failure):
            failed += 1
            _say(f"{recording.name}: {found.reason}", sys.stderr)
            continue
        verdicts[recording.name] = found
        count, facts = len(found.findings), sum(found.written.values())
        _say(f"{len(verdicts)}/{len(recordings)} {recording.name}: {count} findings, {facts} facts")
        _write(command.out / "musescore.md", write_verdicts(verdicts, about))
    clean = sum(not verdict.findings for verdict in verdicts.values())
    _say(f"{clean} of {len(recordings)} pages as they were written, {failed} failed")


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _say(line: str, file: TextIO | None = None) -> None:
    tqdm.write(line, file=file or sys.stdout)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
