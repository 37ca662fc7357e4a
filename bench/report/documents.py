"""Figures in the documents, written there by a program so that none contradicts another.

A figure stands between two marks, `<!-- first_full.E_mean -->6.7<!-- / -->`: the name of a run and
that of the figure. `figures.json` beside this file holds each run's means, with the date and the
commit of the program that was measured; `python -m bench figures RUN RESULTS` takes them from a
`results.json` and writes them wherever they stand.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
FIGURES = Path(__file__).parent.parent / "figures.json"
DOCUMENTS = ("README.md", "docs/model-card.md", "bench/README.md", "CHANGELOG.md")
MARKED = re.compile(r"<!-- (?P<run>\w+)\.(?P<figure>\w+) -->(?P<value>.*?)<!-- / -->")
KEPT = ("E_mean", "E_onset", "E_offset", "beat_f", "downbeat_f", "time_signature", "bars", "staff")


def read_figures() -> dict[str, dict[str, str | float]]:
    """Runs by name, each with its figures, `date` and `commit`."""
    runs: dict[str, dict[str, str | float]] = json.loads(FIGURES.read_text(encoding="utf-8"))
    return runs


def take_figures(run: str, results: Path, system: str = "engrave") -> None:
    """Keep the means of a `results.json` under the name of a run, and write them everywhere."""
    measured = json.loads(results.read_text(encoding="utf-8"))
    means = measured[system]["mean_per_performance"]
    about = {name: measured["about"][name] for name in ("date", "commit")}
    runs = read_figures() | {run: about | {name: round(means[name], 1) for name in KEPT}}
    FIGURES.write_text(json.dumps(runs, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    for path in documents():
        path.write_text(written(path.read_text(encoding="utf-8"), runs), encoding="utf-8")


def documents() -> Iterator[Path]:
    """The paths of the documents that show figures."""
    return (ROOT / name for name in DOCUMENTS)


def written(text: str, runs: dict[str, dict[str, str | float]]) -> str:
    """A document with the figures of these runs."""

    def value(mark: re.Match[str]) -> str:
        figure = runs[mark["run"]][mark["figure"]]
        return f"<!-- {mark['run']}.{mark['figure']} -->{figure}<!-- / -->"

    return MARKED.sub(value, text)
