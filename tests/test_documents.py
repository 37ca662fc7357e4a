"""Figures that stand in several documents are those of the bench."""

import json
import re

import pytest

from bench import documents
from bench.documents import DOCUMENTS, MARKED, ROOT, read_figures, take_figures, written

# A mean error that no mark says where it comes from.
LOOSE = re.compile(r"mean error[^<\n]{0,40}?\d+\.\d")


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_documents_say_what_was_measured(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    assert written(text, read_figures()) == text
    assert not LOOSE.search(text)


def test_every_run_says_when_and_of_what():
    runs = read_figures()
    assert all({"date", "commit", "E_mean"} <= set(run) for run in runs.values())
    marks = [m for n in DOCUMENTS for m in MARKED.finditer((ROOT / n).read_text("utf-8"))]
    assert len(marks) >= 4 and {mark["run"] for mark in marks} <= set(runs)


def test_new_figures_reach_every_document(tmp_path, monkeypatch):
    monkeypatch.setattr(documents, "ROOT", tmp_path)
    monkeypatch.setattr(documents, "FIGURES", tmp_path / "figures.json")
    (tmp_path / "figures.json").write_text('{"a": {"E_mean": 9.9}}')
    monkeypatch.setattr(documents, "DOCUMENTS", ("x.md", "y.md"))
    for name in ("x.md", "y.md"):
        (tmp_path / name).write_text("It is <!-- a.E_mean -->9.9<!-- / --> %.")
    means = dict.fromkeys(documents.KEPT, 1.26)
    results = tmp_path / "results.json"
    results.write_text(json.dumps({"engrave": {"mean_per_performance": means}}))
    take_figures("a", results)
    for name in ("x.md", "y.md"):
        assert (tmp_path / name).read_text() == "It is <!-- a.E_mean -->1.3<!-- / --> %."
