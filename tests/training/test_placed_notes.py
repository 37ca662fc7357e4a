"""What the second reading learns from: windows of notes on grids, true ones and wrong ones."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engrave.listening import heads
from engrave.listening.beat_features import PLACED_FEATURES, TIMED_FEATURES
from tests.training.test_tasks import CONFIG, answers_by, score
from training.tasks.note_labels import UNKNOWN
from training.tasks.placed_notes import (
    PLACED,
    AlignedNotes,
    GridAugmentation,
    align,
    augment,
    placed_example,
)
from training.tasks.timed_notes import PHASE, FoundBeats, timed_example
from training.train import train
from training.weights.export import export

CALM = GridAugmentation(
    level=0, shift=0, beside=0, other_hand=0, misheard=0, lost=0, releases=0, flat=0
)
SHARES = {"performances": 0.4, "scores": 0.3, "songs": 0.3}


def score_of(count: int) -> np.ndarray:
    return score(list(range(count)), ("CDEFG" * (count // 5 + 1))[:count])


def laid(count: int, held: float = 0.2) -> AlignedNotes:
    """Eighths of one line, four to the second."""
    onset = 0.25 * np.arange(count)
    return align(score_of(count), onset, onset + held, np.full(count, 70.0))


def test_keys_are_let_go_at_places_of_the_score():
    """Eighths of a quarter of a second each: held for half of it, for a quarter of a beat."""
    notes = laid(16, held=0.125)
    assert notes.end - np.arange(16) / 2 == pytest.approx([0.25] * 16)
    assert notes.quarter_seconds == pytest.approx([0.5] * 16)


def test_grace_notes_and_what_has_no_place_are_left_out():
    rows = score_of(4)
    rows["flags"][1] = 1
    rows["staff"][2] = 0
    onset = np.arange(4.0)
    assert align(rows, onset, onset + 0.5, np.full(4, 70.0)).onset.tolist() == [0, 3]


def test_a_chord_that_comes_too_early_gives_no_time():
    onset = np.array([0.0, 0.25, 1.5, 0.75, 1.0])
    notes = align(score_of(5), onset, onset + 0.25, np.full(5, 70.0))
    assert notes.end[0] == pytest.approx(0.5)
    assert np.isfinite(notes.end).all() and np.isfinite(notes.quarter_seconds).all()


def test_the_true_grid_is_told_and_asked_for():
    places, answers = placed_example(laid(9))
    assert places.position.tolist() == [0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5, 0]
    assert set(places.beat) == {1} and set(places.bar) == {4}
    assert {heads.VALUES[k] for k in answers["value"]} == {0.5}


def test_three_eight_is_felt_in_one_as_the_grid_has_it():
    rows = score(list(range(6)), "CDEFGA", meter=(3, 8))
    onset = 0.25 * np.arange(6)
    places, answers = placed_example(align(rows, onset, onset + 0.2, np.full(6, 70.0)))
    assert set(places.beat) == {1.5} and places.triple.all()
    assert heads.VALUES[answers["value"][0]] == pytest.approx(1 / 3)


def test_in_beats_twice_as_long_values_are_half():
    change = replace(CALM, level=1.0)
    for seed in range(20):
        places, answers = augment(laid(40), change, np.random.default_rng(seed))
        (value,) = set(answers["value"].tolist())
        if value < len(heads.VALUES):
            assert heads.VALUES[value] == pytest.approx(0.5 / places.beat[0])
        assert (places.position < places.bar).all() and (places.position >= 0).all()


def test_without_changes_the_window_is_the_true_one():
    true, answers = placed_example(laid(30))
    places, same = augment(laid(30), CALM, np.random.default_rng(3))
    assert (places.position == true.position).all() and (places.end == true.end).all()
    assert (answers == same).all()


def test_hands_are_misheard_and_answers_stay():
    change = replace(CALM, other_hand=0.5)
    places, answers = augment(laid(200), change, np.random.default_rng(2))
    assert 0 < (~places.upper).sum() < 140
    assert (answers["value"] == placed_example(laid(200))[1]["value"]).all()


def test_played_beats_and_the_place_of_each_note_in_them():
    places, answers = timed_example(laid(17))
    assert places.onset == pytest.approx(np.arange(17) / 2)
    assert [heads.PHASES[k] for k in answers["phase"]] == [0, 0.5] * 8 + [0]
    assert places.position == pytest.approx(np.arange(17) / 2 % 4)
    assert places.beat_seconds == pytest.approx([0.5] * 17)


@pytest.mark.parametrize(
    ("found", "true", "expected"),
    [((0.5, 0.0), 1.25, 2.5), ((2.0, 1.0), 2.0, 0.5), ((1.0, 0.5), 0.5, 0.0)],
)
def test_found_beats_count_otherwise(found, true, expected):
    factor, away = found
    assert FoundBeats(np.arange(4.0), factor, away).count(np.array(true)) == expected


def test_beats_are_found_a_little_beside_the_true_ones():
    """Whatever the beats are: most answers are where the time is."""
    near = []
    for seed in range(30):
        places, answers = timed_example(laid(120), np.random.default_rng(seed))
        known = (answers["phase"] != UNKNOWN) & (answers["phase"] < len(heads.PHASES))
        share = np.array(heads.PHASES)[answers["phase"][known]]
        away = (places.onset[known] - share + 0.5) % 1 - 0.5
        near.append(np.mean(np.abs(away) < 0.2))
        assert np.abs(away).max() > 1e-6
    assert np.mean(near) > 0.95


@pytest.mark.parametrize(
    ("answers", "heads"), [(PLACED, heads.PLACED_HEADS), (PHASE, heads.TIMED_HEADS)]
)
def test_every_question_has_an_answer_to_learn_from(answers, heads):
    assert set(answers.names) == set(heads)


@pytest.mark.parametrize(
    ("lesson", "heads", "told"),
    [
        ("places", heads.PLACED_HEADS, PLACED_FEATURES),
        ("phases", heads.TIMED_HEADS, TIMED_FEATURES),
    ],
)
def test_readers_are_trained_and_exported(data: Path, tmp_path: Path, lesson, heads, told):
    config = {**CONFIG, "lesson": lesson, "shares": SHARES, "loss": dict.fromkeys(heads, 1.0)}
    train(config, data, tmp_path)
    (line,) = [json.loads(text) for text in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert set(heads) < set(line)
    assert all(0 <= line[name] <= 1 for name in heads)
    export(config, tmp_path, tmp_path / "reader.onnx")
    rows = np.zeros((1, 70, told), np.float32)
    assert answers_by(tmp_path / "reader.onnx", rows).shape == (70, sum(heads.values()))
