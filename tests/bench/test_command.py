"""The bench on three samples, from the command line as its users start it.

What its figures mean is tested where they are made; here stands that the whole comes together.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from zipfile import ZipFile

import pytest

from bench.__main__ import main
from bench.pages.truth import read_folder
from bench.report.results import Outcome, summarize
from bench.report.table import write_table
from bench.runs.processes import Failure, run_in_processes
from bench.runs.speed import STOPWATCH, concatenate, measure_files, measure_jobs, write_speed
from engrave.midi.read import read_midi
from tests.support.bench_folder import LEFT_OUT, lay_out

pytestmark = pytest.mark.slow

SAMPLES = ["greensleeves", "march", "two_against_three"]
ERRORS = ("E_pitch", "E_miss", "E_extra", "E_onset", "E_offset")


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> Path:
    return lay_out(tmp_path_factory.mktemp("bench") / "data", SAMPLES)


@pytest.fixture(scope="module")
def out(data) -> Path:
    """Where a run of `engrave` alone on the first performances has written."""
    folder = data.parent / "out"
    assert bench("score", data, "--first", "--peers", "", "--out", folder) == 0
    return folder


def bench(*words: object) -> int:
    return main([str(word) for word in words])


def read_results(folder: Path) -> dict:
    return json.loads((folder / "results.json").read_text(encoding="utf-8"))


# score


def test_every_first_performance_is_judged(out):
    own = read_results(out)["engrave"]
    assert list(own["performances"]) == [f"{name}/first" for name in SAMPLES]
    assert own["failures"] == 0
    assert own["command"] == "python -m bench score data --first --peers '' --out out"
    assert set(own) >= {"date", "commit", "version"}


def test_the_figures_are_those_of_a_good_page_with_a_note_left_out(out):
    for name, figures in read_results(out)["engrave"]["performances"].items():
        notes = len(read_midi_of(out.parent / "data", name).notes) + 1
        assert figures["E_miss"] == pytest.approx(100 / notes)
        assert figures["E_pitch"] == figures["E_extra"] == 0
        assert figures["E_mean"] == pytest.approx(sum(figures[e] for e in ERRORS) / 5)
        assert 0 < figures["E_mean"] < 15
        assert figures["key_signature"] == 100
        assert figures["staff"] > 90 and figures["voice_f"] > 80 and figures["beat_f"] > 50
        assert figures["readability_voices_per_staff_bar_true"] >= 1


def read_midi_of(data: Path, name: str):
    return read_midi(next(r for r in read_folder(data) if r.name == name).midi)


def test_the_table_shows_the_means_and_every_composer(out):
    table = (out / "table.md").read_text(encoding="utf-8")
    mean = read_results(out)["engrave"]["mean_per_performance"]["E_mean"]
    assert f"| E_mean | {mean:.1f} |" in table
    assert all(f"| {name.split('_')[0].title()} | 1 |" in table for name in SAMPLES)
    assert "for orientation only" in table and "11.2–11.3" in table
    assert "`python -m bench score data --first --peers '' --out out`" in table


def test_what_is_done_is_not_done_again(data, out, capsys):
    before = (out / "done.jsonl").read_bytes()
    results = (out / "results.json").read_bytes()
    assert bench("score", data, "--first", "--peers", "", "--out", out) == 0
    assert (out / "done.jsonl").read_bytes() == before
    assert (out / "results.json").read_bytes() == results
    assert "/first" not in capsys.readouterr().out  # no line of progress: nothing was done


def test_a_run_that_was_cut_off_goes_on(data, out, capsys):
    ledger = out / "done.jsonl"
    whole = ledger.read_bytes()
    ledger.write_bytes(whole[:-40])  # the last line was not finished
    try:
        assert bench("score", data, "--first", "--peers", "", "--out", out) == 0
        assert capsys.readouterr().out.count("/first") == 1
        assert bench("score", data, "--first", "--peers", "", "--out", out) == 0
        assert "/first" not in capsys.readouterr().out
    finally:
        ledger.write_bytes(whole)


def test_a_recording_that_cannot_be_read_is_a_failure_and_the_rest_goes_on(tmp_path, capsys):
    data = lay_out(tmp_path / "data", ["march"])
    with ZipFile(data / "midi.zip") as archive:
        recordings = {name: archive.read(name) for name in archive.namelist()}
    with ZipFile(data / "midi.zip", "w") as archive:
        for name, midi in recordings.items():
            archive.writestr(name, midi if "first" in name else b"not MIDI")
    assert bench("score", data, "--peers", "", "--out", tmp_path / "out") == 0
    own = read_results(tmp_path / "out")["engrave"]
    assert own["failures"] == 1 and "MidiError" in own["failure_reasons"]["march/second"]
    good, bad = own["performances"]["march/first"], own["performances"]["march/second"]
    assert bad["E_mean"] == 100 and bad["staff"] == 0 and bad["beat_f"] == 0
    assert own["mean_per_performance"]["E_mean"] == pytest.approx((good["E_mean"] + 100) / 2)
    assert "march/second: MidiError" in capsys.readouterr().out


def test_musescore_stands_beside_engrave(data, tmp_path, musescore3):
    words = ("score", data, "--only", "march/first", "--peers", "musescore,ceiling")
    assert bench(*words, "--out", tmp_path) == 0
    results = read_results(tmp_path)
    errors = {name: found["mean_per_piece"]["E_mean"] for name, found in results.items()}
    assert set(errors) == {"engrave", "musescore", "ceiling"}
    assert errors["ceiling"] < errors["musescore"]
    assert results["musescore"]["version"].startswith("MuseScore3")
    assert results["musescore"]["mean_per_piece"].get("beat_f") is None


def test_usage_is_refused_in_one_line(data, tmp_path, capsys):
    assert bench("score", data, "--only", "no such piece", "--out", tmp_path) == 2
    assert bench("score", tmp_path / "nowhere", "--out", tmp_path) == 2
    assert len(capsys.readouterr().err.splitlines()) == 2
    with pytest.raises(SystemExit):
        bench("score", data, "--peers", "nobody", "--out", tmp_path)


# look


def test_the_pages_stand_side_by_side(data, tmp_path, musescore3):
    assert bench("look", data, "--only", "march|greensleeves", "--out", tmp_path) == 0
    page = (tmp_path / "look.html").read_text(encoding="utf-8")
    assert page.count("data:image/svg+xml;base64,") == 2 * 3
    figures = json.loads(
        "[" + ",".join((tmp_path / "done.jsonl").read_text().split("\n")[:-1]) + "]"
    )
    own = {f["performance"]: f["figures"]["E_mean"] for f in figures if f["system"] == "engrave"}
    worst, best = sorted(own, key=own.__getitem__, reverse=True)
    assert page.index(f"<h2>{worst}</h2>") < page.index(f"<h2>{best}</h2>")


# speed


def test_a_whole_process_is_measured(data):
    recording = read_folder(data)[0]
    (run,) = measure_files([recording], ["engrave"])
    assert run.failure == "" and run.notes == len(recording.pitches)
    assert 0.1 < run.seconds < 60 and 30 < run.peak / 2**20 < 1024
    assert f"| engrave | 1 (0) | {run.per_thousand:.2f} |" in write_speed([run], [run], [])


@pytest.mark.slow
def test_all_files_are_done_by_one_process_and_by_two(data):
    runs = list(measure_jobs(read_folder(data)[:2]))
    assert [(run.name, run.failure) for run in runs] == [("--jobs 1", ""), ("--jobs 2", "")]
    assert f"| --jobs 2 | {runs[1].seconds:.1f} |" in write_speed([], [], runs)


@pytest.mark.parametrize(
    ("limit", "command", "failure"),
    [
        ("60", "x = bytearray(80 * 2**20)", ""),
        ("60", "raise SystemExit('alas')", "ended with status 1: alas"),
        ("0.5", "import time; time.sleep(60)", "stopped after 0.5 seconds"),
    ],
)
def test_stopwatch(limit, command, failure):
    words = [sys.executable, "-I", STOPWATCH, limit, sys.executable, "-c", command]
    said = json.loads(subprocess.run(words, stdout=subprocess.PIPE, check=True).stdout)
    assert said["failure"] == failure
    assert (said["peak"] > 80 * 2**20) == ("bytearray" in command)
    assert said["seconds"] < 30


def test_performances_are_put_one_after_the_other(data):
    recordings = read_folder(data)[:2]
    count = len(recordings[0].pitches) + len(recordings[1].pitches) + 10
    joined = read_midi(concatenate(recordings, count))
    assert len(joined.notes) == count
    first, second = (read_midi(recording.midi).notes for recording in recordings)
    pitches = [note.pitch for note in joined.notes]
    assert pitches[: len(first)] == [note.pitch for note in first]
    assert pitches[-10:] == [note.pitch for note in first[:10]]
    assert joined.notes[len(first)].onset > max(note.release for note in first)
    assert len(second) == len(recordings[1].pitches)


# means


def outcome(performance: str, piece: str, error: float | None, **more) -> Outcome:
    figures = {} if error is None else {"E_mean": error, "staff": 80.0, "beat_f": None}
    return Outcome("engrave", performance, piece, "Anon", figures, **more)


def test_a_piece_counts_once_however_often_it_is_played():
    outcomes = [outcome("a1", "a", 10), outcome("a2", "a", 20), outcome("b1", "b", 40)]
    own = summarize(outcomes, {"engrave": {}})["engrave"]
    assert own["mean_per_performance"]["E_mean"] == pytest.approx(70 / 3)
    assert own["mean_per_piece"]["E_mean"] == pytest.approx((15 + 40) / 2)


def test_a_failure_counts_as_all_wrong_in_every_figure_that_the_system_says():
    outcomes = [outcome("a1", "a", 10), outcome("b1", "b", None, failure="it fell over")]
    own = summarize(outcomes, {"engrave": {}})["engrave"]
    assert own["mean_per_performance"] == {"E_mean": 55, "staff": 40, "beat_f": None}
    assert own["failures"] == 1
    assert "| E_mean | 55.0 |" in write_table({"engrave": own}, "today")


def test_a_system_that_always_fails_has_every_error():
    own = summarize([outcome("a1", "a", None, failure="no")], {"engrave": {}})["engrave"]
    assert own["mean_per_piece"]["E_onset"] == 100 and own["mean_per_piece"]["voice_f"] == 0


# processes apart


def misbehave(task: str) -> str:
    """Does what a task asks for: ends the process, raises an error, hangs, or answers."""
    if task == "crash":
        os._exit(3)
    if task == "raise":
        raise ValueError("no such\nthing")
    if task == "hang":
        time.sleep(60)
    return task.upper()


def test_no_task_takes_the_others_with_it():
    tasks = ["crash", "well", "raise", "hang", "also well"]
    answers = dict(run_in_processes(misbehave, tasks, workers=2, limit=5))
    assert set(answers) == set(tasks)
    assert answers["well"] == "WELL" and answers["also well"] == "ALSO WELL"
    assert answers["crash"] == Failure("the process ended with status 3")
    assert answers["raise"].reason.startswith("ValueError: no such thing (test_command.py")
    assert answers["hang"] == Failure("not done in 5 seconds")


# the folder of samples


def test_the_laid_out_truth_knows_what_was_left_out(data):
    for recording in read_folder(data):
        left_out = [note for note in recording.page.notes if note.played is None]
        assert len(left_out) == 1
        assert len(recording.page.notes) == len(recording.pitches) + 1 > LEFT_OUT
