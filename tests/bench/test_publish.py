"""Figures in documents: written by the bench, the same everywhere, and of one state."""

import copy
import json
import re

import pytest

from bench.__main__ import main
from bench.report import publish
from bench.report.publish import DOCUMENTS, HOUSE, MARK, fill, read_figures, update
from bench.report.results import Outcome, summarize

STATE = {"date": "2026-01-02", "commit": "abc1234", "command": "python -m bench score data --first"}
MARKED = "E is <!-- bench: first engrave E_mean -->9.9<!-- /bench --> %.\n"
# What a measured mean error looks like where nobody marked it.
UNMARKED = re.compile(r"(mean error|E[_ ]mean)\b[^.|]{0,40}?\b\d+\.\d")


def results(error: float, pieces: tuple[str, ...] = ("a", "b"), **state: str) -> dict:
    """A `results.json` of both weights; the second performance of a piece is another pianist's."""
    outcomes = [
        Outcome(system, f"{piece}{i}", piece, "Anon", {"E_mean": error, "beat_f": None})
        for system in ("engrave", "engrave-free")
        for i, piece in enumerate(pieces)
    ]
    return summarize(outcomes, dict.fromkeys(("engrave", "engrave-free"), STATE | state))


# the documents as they are


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_documents_say_what_the_bench_has_measured(name):
    text = (HOUSE / name).read_text(encoding="utf-8")
    assert fill(text, read_figures()) == text, "write it with `python -m bench figures`"


@pytest.mark.parametrize("name", [name for name in DOCUMENTS if "experiments" not in name])
def test_no_mean_error_stands_there_unmarked(name):
    """What was tried has figures of its own time, and says so."""
    text = MARK.sub("", (HOUSE / name).read_text(encoding="utf-8"))
    assert [found[0] for found in UNMARKED.finditer(text)] == []


def test_an_unmarked_mean_error_is_seen():
    assert UNMARKED.search("`E_mean` 6.7 with `full`") and UNMARKED.search("E mean the same 7.21")
    assert UNMARKED.search("the mean error of the page is 6.8 %, where")
    assert UNMARKED.search("(mean error 8.3 instead of 7.5 % on")


def test_a_mark_within_a_line_never_begins_it():
    """Markdown would take the whole line for HTML."""
    for name in DOCUMENTS:
        text = (HOUSE / name).read_text(encoding="utf-8")
        for mark in MARK.finditer(text):
            begins = text[: mark.start()].endswith("\n")
            assert begins == mark[2].startswith("\n\n"), (name, mark[1])


def test_the_headline_figures_are_marked():
    said = {name: MARK.findall((HOUSE / name).read_text(encoding="utf-8")) for name in DOCUMENTS}
    weights = {"first engrave E_mean", "first engrave-free E_mean"}
    assert weights | {"all engrave E_mean"} <= {words for words, _ in said["README.md"]}
    assert weights <= {words for words, _ in said["docs/model-card.md"]}


def test_both_weights_are_of_one_state():
    first = read_figures()["first"]
    assert all(first["engrave"][word] == first["engrave-free"][word] for word in ("date", "commit"))


# how they come there


def test_a_mark_is_filled_and_stays():
    figures = update({}, results(6.66))
    assert fill(MARKED, figures) == MARKED.replace("9.9", "6.7")
    state = fill("a <!-- bench: first engrave state --><!-- /bench -->", figures)
    assert "2026-01-02, commit `abc1234`" in state
    table = fill("<!-- bench: first mean_per_performance --><!-- /bench -->", figures)
    assert (
        "| E_mean | 6.7 | 6.7 |" in table and "| performances (failures) | 2 (0) | 2 (0) |" in table
    )


@pytest.mark.parametrize(
    "words",
    ["last engrave E_mean", "first nobody E_mean", "first engrave E_men", "first", "", "all"],
)
def test_a_mark_that_names_nothing_is_refused(words):
    with pytest.raises(ValueError, match="there is no figure"):
        fill(f"<!-- bench: {words} -->1<!-- /bench -->", update({}, results(1.0)))


def test_a_figure_that_was_not_measured_is_no_number():
    with pytest.raises(ValueError, match="there is no figure"):
        fill("<!-- bench: first engrave beat_f -->1<!-- /bench -->", update({}, results(1.0)))


def test_a_mark_that_is_not_closed_is_refused():
    with pytest.raises(ValueError, match="not closed"):
        fill("<!-- bench: first engrave E_mean -->9.9", update({}, results(1.0)))


def test_several_performances_of_a_piece_are_the_other_run():
    figures = update(update({}, results(5.0)), results(7.0, pieces=("a", "a", "b")))
    assert figures["first"]["engrave"]["mean_per_performance"]["E_mean"] == 5
    assert figures["all"]["engrave"]["performances"] == 3


def test_peers_stay_and_nothing_older_of_engrave_does():
    before = update({}, results(5.0))
    before["first"]["music21"] = before["first"]["engrave"]
    now = results(4.0)
    del now["engrave-free"]
    after = update(before, now)["first"]
    assert list(after) == ["engrave", "music21"]
    assert after["engrave"]["mean_per_performance"]["E_mean"] == 4


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ({"commit": "abc1234+"}, "changed"),
        ({"commit": ""}, "do not say their commit"),
        ({"command": "python -m bench score data --only Bach"}, "some performances only"),
    ],
)
def test_results_that_nobody_could_make_again_are_refused(state, said):
    with pytest.raises(ValueError, match=said):
        update({}, results(5.0, **state))


# the command


@pytest.fixture
def house(tmp_path, monkeypatch):
    """A house with one document and figures of an older state."""
    monkeypatch.setattr(publish, "HOUSE", tmp_path)
    monkeypatch.setattr(publish, "FIGURES", tmp_path / "figures.json")
    monkeypatch.setattr(publish, "DOCUMENTS", ("README.md",))
    (tmp_path / "README.md").write_text(MARKED)
    (tmp_path / "figures.json").write_text(json.dumps(update({}, results(9.9))))
    return tmp_path


def test_the_command_takes_up_results_and_writes_the_documents(house):
    (house / "results.json").write_text(json.dumps(results(3.3)))
    assert main(["figures", str(house / "results.json")]) == 0
    assert (house / "README.md").read_text() == MARKED.replace("9.9", "3.3")
    (house / "README.md").write_text(MARKED)
    assert main(["figures"]) == 0
    assert (house / "README.md").read_text() == MARKED.replace("9.9", "3.3")


@pytest.mark.parametrize("broken", ["no commit", "not results", "not JSON", "one of the weights"])
def test_refused_results_change_nothing(house, capsys, broken):
    found = copy.deepcopy(results(3.3))
    if broken == "no commit":
        found["engrave"]["commit"] = ""
    if broken == "one of the weights":
        del found["engrave"]
    text = {"not JSON": "{", "not results": '{"engrave": 3}'}.get(broken, json.dumps(found))
    (house / "results.json").write_text(text)
    before = (house / "figures.json").read_text()
    assert main(["figures", str(house / "results.json")]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
    assert (house / "figures.json").read_text() == before
    assert (house / "README.md").read_text() == MARKED
