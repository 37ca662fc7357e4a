"""Tunes that are made up: each is a score that could be sung."""

import numpy as np
import pytest

from training.data.corpora import QUARTER
from training.data.tunes import METERS, make_tune
from training.player.habits import Habits
from training.player.render import render
from training.tasks.bars import beats_of_score


def tunes(count: int = 60):
    return [make_tune(np.random.default_rng(seed)) for seed in range(count)]


def test_all_meters_come_and_most_are_common_time():
    meters = [(int(t["beats"][0]), int(t["beat_type"][0])) for t in tunes(200)]
    assert set(meters) == set(METERS)
    assert max(set(meters), key=meters.count) == (4, 4)


@pytest.mark.parametrize("seed", range(40))
def test_a_tune_is_one_line_above_its_left_hand(seed):
    tune = make_tune(np.random.default_rng(seed))
    melody = tune[tune["staff"] == 1]
    onset, length = melody["score_onset"], melody["duration"]
    assert (np.diff(onset) == length[:-1]).all(), "the melody has neither gaps nor chords"
    left = tune[tune["staff"] == 2]
    assert not len(left) or left["pitch"].mean() < melody["pitch"].mean() - 5
    assert ((tune["pitch"] > 35) & (tune["pitch"] < 96)).all()


@pytest.mark.parametrize("seed", range(40))
def test_bars_are_full_but_for_a_pickup(seed):
    tune = make_tune(np.random.default_rng(seed))
    bar = 4 * QUARTER * int(tune["beats"][0]) // int(tune["beat_type"][0])
    shorter = tune["measure_length"] < bar
    pickup = int(tune["measure_length"][shorter].max(initial=0))
    assert (tune["measure"][shorter] == 0).all() and pickup < bar
    full = tune[~shorter]
    assert (full["measure_length"] == bar).all()
    assert (full["position"] == (full["score_onset"] - pickup) % bar).all()
    assert (np.diff(full["measure"]) <= 1).all() and full["measure"][0] == bool(pickup)


def test_tunes_are_different_and_can_be_made_again():
    first, again, other = (make_tune(np.random.default_rng(seed)) for seed in (3, 3, 4))
    assert (first == again).all() and len(first) != len(other)


def test_they_can_be_played_and_have_beats():
    for tune in tunes(12):
        played = render(tune, np.random.default_rng(1), Habits.load(), is_end=True, plain=True)
        assert len(played.onset) > 0.9 * len(tune)
        assert beats_of_score(tune).downbeat.sum() >= 8
