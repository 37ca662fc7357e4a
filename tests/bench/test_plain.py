"""The bench of plain music: what it writes is what was notated, and what it finds is there."""

import io
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import mido
import numpy as np
import pytest

from bench.pages.page import Page, PageBar, PageNote
from bench.pages.truth import TICKS
from bench.runs.plain import (
    FIGURES,
    WAYS,
    Task,
    compare,
    judge,
    midi_of,
    own_tunes,
    read_scores,
    write_plain_table,
)
from bench.runs.processes import Failure

TUNES = {tune.name: tune for tune in own_tunes()}
LULLABY = TUNES["Brahms's lullaby, oompah"]


def as_page(notated, later: Fraction = Fraction(0), times: int = 1) -> Page:
    """A page on which all stands as it was notated, but later, and in longer values."""
    notes = (
        PageNote(times * on + later, times * length, pitch, "C", 0, 4, staff, staff)
        for on, length, pitch, staff in notated.notes
    )
    edges = [*notated.bars, notated.bars[-1] + 3]
    bars = (
        PageBar(times * a + (later if a else 0), times * (b - a), 3, 4, 0)
        for a, b in pairwise(edges)
    )
    return Page(tuple(notes), tuple(bars))


def test_every_tune_fills_its_bars():
    for tune in TUNES.values():
        bar = Fraction(4 * tune.meters[-1][1], tune.meters[-1][2])
        assert tune.notes[0][0] == 0
        assert tune.bars[-1] <= max(on for on, *_ in tune.notes) < tune.bars[-1] + bar


def test_a_page_as_it_was_notated_is_right_in_all():
    assert LULLABY.meter == "3/4"
    assert compare(LULLABY, as_page(LULLABY)) == pytest.approx(dict.fromkeys(FIGURES, 1.0))


def test_a_page_that_begins_with_rests_is_right_all_the_same():
    assert compare(LULLABY, as_page(LULLABY, later=Fraction(2)))["places"] == 1


def test_another_level_is_seen_and_so_are_other_barlines():
    slow = compare(LULLABY, as_page(LULLABY, times=2))
    assert slow["level"] == 0 and slow["places"] < 0.2
    page = as_page(LULLABY)
    moved = compare(
        LULLABY, replace(page, bars=tuple(replace(b, start=b.start + 1) for b in page.bars))
    )
    assert moved["barlines"] < 0.15 and moved["places"] == 1


def test_lost_notes_are_not_in_their_places():
    page = as_page(LULLABY)
    half = replace(page, notes=page.notes[: len(page.notes) // 2])
    assert compare(LULLABY, half)["places"] == pytest.approx(0.5, abs=0.02)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)
def test_the_file_tells_what_the_way_says(way):
    file = mido.MidiFile(file=io.BytesIO(midi_of(Task(LULLABY, way, "engrave", 96))))
    told = [m for track in file.tracks for m in track if m.is_meta]
    assert bool([m for m in told if m.type == "time_signature"]) == way.stated
    (tempo,) = (m.tempo for m in told if m.type == "set_tempo")
    assert 60e6 / tempo == pytest.approx(96 * way.told, rel=1e-3)
    ticks = np.cumsum([m.time for m in file.tracks[0]])
    places = ticks[[m.type == "note_on" for m in file.tracks[0]]] / 480
    exact = np.abs(places * 4 - np.round(places * 4)).max() < 0.01
    assert exact == (not way.jitter)


def test_a_program_that_writes_the_meter_is_read_as_notated():
    assert judge(Task(LULLABY, WAYS[0], "engrave-free", 96)) == dict.fromkeys(FIGURES, 1.0)


def test_scores_of_a_folder_are_read_with_their_pickup(tmp_path):
    """Thirty bars of 3/4 in quarters after a pickup of one; a grace note is left out."""
    count = 91
    onset = TICKS * np.arange(count)
    measure = (np.arange(count) + 2) // 3
    rows = {
        "score_onset": onset,
        "position": np.where(measure == 0, 0, TICKS * ((np.arange(count) + 2) % 3)),
        "duration": np.full(count, TICKS),
        "pitch": np.full(count, 60),
        "staff": np.full(count, 1),
        "flags": np.where(np.arange(count) == 5, 1, 0),
        "beats": np.full(count, 3),
        "beat_type": np.full(count, 4),
        "measure_length": np.where(measure == 0, TICKS, 3 * TICKS),
        "fifths": np.full(count, -2),
    }
    np.savez(tmp_path / "notes.npz", **rows)
    (tmp_path / "scores.csv").write_text(f"score,note_start,note_stop\na,0,{count}\n")
    (score,) = read_scores(tmp_path, 5)
    assert (score.meter, score.fifths, len(score.notes)) == ("3/4", -2, count - 1)
    assert score.meters[:2] == ((Fraction(0), 1, 4), (Fraction(1), 3, 4))
    assert score.bars[:3] == (0, 1, 4)


def test_a_failure_counts_as_nothing_right():
    task = Task(LULLABY, WAYS[0], "engrave", 96)
    right = (task, dict.fromkeys(FIGURES, 1.0))
    table = write_plain_table([right, (task, Failure("not done"))], "about")
    assert "| 2 | 50.0 | 50.0 |" in table
