"""The pedal's figures on pedals drawn by hand."""

import json
from fractions import Fraction

import numpy as np
import pytest

from bench.__main__ import main
from bench.metrics.pedal import (
    compare_time,
    count_harmonies,
    crossing_f,
    intervals,
    press_f,
    written_intervals,
)
from bench.pages.page import Page, PageBar, PageNote
from bench.runs.pedal import _pooled, hold_through_pedal
from engrave.music.grid import Bar, Grid
from engrave.music.note import Note, PedalSpan
from engrave.music.performance import PedalMove, Performance, PlayedNote
from tests.support.bench_folder import lay_out

GRID = Grid((0.0, 8.0), (Fraction(0), Fraction(8)), (Bar(Fraction(0), Fraction(8), 8, 4),))


def test_the_foot_is_down_from_the_middle_of_the_way():
    moves = [PedalMove(t, d) for t, d in ((1, 64), (2, 63), (3, 127), (3.5, 90), (4, 0), (6, 80))]
    assert intervals(moves, 0.0, 7.0) == [(1, 2), (3, 4), (6, 7)]
    assert intervals(moves, 1.5, 3.25) == [(1.5, 2), (3, 3.25)]


@pytest.mark.parametrize(
    ("found", "time", "f"),
    [
        ([(0.0, 4.0)], 1.0, 1.0),
        ([], 0.5, 0.0),
        ([(0.0, 8.0)], 0.5, 2 / 3),
        ([(0.0, 1.0), (1.0, 3.0)], 7 / 8, 6 / 7),
    ],
)
def test_time_agreed_and_f_of_down(found, time, f):
    agreed = compare_time([(0.0, 4.0)], found, 0.0, 8.0)
    assert (agreed["time"], agreed["f"]) == (pytest.approx(time), pytest.approx(f))
    assert compare_time([], [], 0.0, 8.0) == {"time": 1.0, "f": 1.0}


def test_a_press_is_right_within_a_sixteenth_but_counts_once():
    true = [(1.0, 2.0), (4.0, 5.0)]
    assert press_f(true, [(1.2, 2.0), (4.3, 5.0)], GRID) == 0.5  # a sixteenth is 0.25 s
    assert press_f(true, [(0.9, 0.95), (1.1, 2.0), (4.0, 5.0)], GRID) == 4 / 5
    quick = Grid((0.0, 0.8), GRID.quarters, GRID.bars)
    assert press_f([(0.3, 0.5)], [(0.41, 0.5)], quick) == 1.0  # 0.12 s, where that is more


def test_crossings_are_presses_and_lifts():
    assert crossing_f([(1.0, 2.0)], [(1.1, 2.2)]) == 0.5
    assert crossing_f([], []) == 1.0
    assert crossing_f([(1.0, 2.0)], []) == 0.0


def test_marks_are_down_from_when_their_notes_were_played():
    performance = Performance((PlayedNote(0.0, 1.0, 60, 64), PlayedNote(2.3, 3.0, 60, 64)))
    notes = [Note(i, 60, Fraction(2 * i), Fraction(1)) for i in range(2)]
    spans = [PedalSpan(Fraction(2), Fraction(3))]
    assert written_intervals(spans, performance, notes, GRID) == [(2.3, 3.0)]


def test_keys_are_held_until_the_pedal_lifts_or_they_are_struck_again():
    notes = tuple(
        PlayedNote(t, t + 0.2, p, 64) for t, p in ((0.0, 60), (1.0, 62), (2.0, 60), (5, 64))
    )
    performance = Performance(notes, (PedalMove(0.1, 127), PedalMove(4.0, 0)))
    held = hold_through_pedal(performance)
    assert [note.release for note in held.notes] == [2.0, 4.0, 4.0, 5.2]
    assert held.sustain == ()


def page(*chords: str) -> Page:
    """One chord of pitch classes ("0 4 7") a bar, in quarters."""
    notes = [
        PageNote(Fraction(4 * bar + q), Fraction(1), 48 + int(p), "C", 0, 4, 1, 1)
        for bar, chord in enumerate(chords)
        for q in range(4)
        for p in chord.split()
    ]
    bars = tuple(PageBar(Fraction(4 * k), Fraction(4), 4, 4, 0) for k in range(len(chords)))
    return Page(tuple(notes), bars)


def test_harmonies_are_counted():
    assert count_harmonies(page("0 4 7", "0 4 7", "5 9 0", "7 11 2", "0 4 7")) == 4
    assert count_harmonies(page("0 4 7", "0 4 7")) == 1


def test_harmonies_change_with_felt_beats():
    """In 6/8 there are two to a bar at most, whatever the eighths do."""
    chords = [(0, 4, 7), (8, 0, 3)] * 3
    notes = [
        PageNote(Fraction(i, 2), Fraction(1, 2), 60 + p, "C", 0, 4, 1, 1)
        for i, chord in enumerate(chords)
        for p in chord
    ]
    bar = PageBar(Fraction(0), Fraction(3), 6, 8, 0)
    assert count_harmonies(Page(tuple(notes), (bar,))) <= 2


@pytest.mark.slow
def test_the_command_writes_figures_by_composer(tmp_path):
    data = lay_out(tmp_path / "data", ["greensleeves", "march"])
    assert main(["pedal", str(data), "--first", "--out", str(tmp_path / "out")]) == 0
    figures = json.loads((tmp_path / "out" / "pedal.json").read_text(encoding="utf-8"))
    assert set(figures) == {"greensleeves/first", "march/first"}
    assert all(np.isfinite(list(found.values())).all() for found in figures.values())
    assert figures["greensleeves/first"]["own_time"] > 85
    assert figures["greensleeves/first"]["crowded"] == 0
    table = (tmp_path / "out" / "pedal.md").read_text(encoding="utf-8")
    assert "held / keys" in table and "| all | 2 |" in table


def test_the_hidden_pedal_is_reckoned_per_performance_and_pooled():
    """Ten seconds all right, and thirty in which ten are down and another ten are said to be."""
    right = {"hidden_f": 100.0, "hidden_time": 100.0, "always_f": 100.0}
    right |= {"seconds": 10.0, "seconds_down": 10.0, "seconds_said": 10.0}
    wrong = {"hidden_f": 0.0, "hidden_time": 100 / 3, "always_f": 50.0}
    wrong |= {"seconds": 30.0, "seconds_down": 10.0, "seconds_said": 10.0}
    line = _pooled([("all", [right, wrong])]).splitlines()[-1]
    numbers = [float(word) for word in line.split("|")[2:-1]]
    minutes, down, always, always_pooled, f, f_pooled, time, time_pooled = numbers
    assert (minutes, down) == (0.7, 50.0)
    assert (always, always_pooled) == (75.0, 66.7)
    assert (f, f_pooled) == (50.0, 50.0)
    assert (time, time_pooled) == (66.7, 50.0)
