"""Pulses that are held near one tempo each."""

import numpy as np
import pytest

from engrave.rhythm import tempo_bank
from engrave.rhythm.beat_pointer import TempoGrid, beat_likelihoods
from engrave.rhythm.pulse_tracking import METRICAL_LEVELS
from tests.rhythm.test_beat_pointer import said


def bank(phases, seconds):
    tempi = TempoGrid(tempo_bank.SECONDS, np.zeros(len(tempo_bank.SECONDS)), METRICAL_LEVELS)
    return beat_likelihoods(*said(phases, seconds), tempi).__getitem__


def test_each_pointer_keeps_its_own_level():
    count = 40
    time = 0.3 * np.arange(count)
    found = tempo_bank.follow_tempi(time, bank([0.0, 0.5] * (count // 2), [0.6] * count))
    assert found.shape == (tempo_bank.COUNT, count)
    beats = 0.3 / np.diff(found).mean(axis=1)
    assert beats[4] == pytest.approx(0.6) and beats[2] == pytest.approx(0.3)


def test_a_pointer_follows_a_tempo_that_changes_little_by_little():
    steps = np.geomspace(0.5, 0.75, 40)
    time = np.concatenate([[0.0], np.cumsum(steps)])
    found = tempo_bank.follow_tempi(time, bank([0.0] * 41, [0.5, *steps]))
    assert found[4].tolist() == list(range(41))


def test_scores_are_kept_for_some_chords_at_a_time(monkeypatch):
    rng = np.random.default_rng(0)
    time = np.cumsum(rng.uniform(0.1, 0.6, 100))
    heard = bank(rng.choice([0.0, 0.5], 100), rng.uniform(0.3, 0.9, 100))
    at_once = tempo_bank.follow_tempi(time, heard)
    for size in (1, 7, 50, 99, 100):
        monkeypatch.setattr(tempo_bank, "CHORDS_PER_BLOCK", size)
        assert (tempo_bank.follow_tempi(time, heard) == at_once).all()
