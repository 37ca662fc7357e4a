"""The hidden Markov model of bars: its likeliest path over beats."""

from dataclasses import replace

import numpy as np
import pytest

from engrave.music.grid import Pulse
from engrave.rhythm.bar_model import evidence_per_beat, find_bar_path
from tests.support.evidence import bars_as_notes, blank, read
from tests.support.playing import play, press

NO_SLIP, SELDOM = 0.0, 1e-8


def heard(read_as, count=24):
    """A note on each of so many beats; what is read of them is said of the beats."""
    performance = play(press(0.5 * k) for k in range(count))
    pulse = Pulse(0.5 * np.arange(count), np.zeros(count, bool))
    bars = bars_as_notes(read_as, list(range(count)), count)
    return evidence_per_beat(performance, pulse, read_as, bars)


def path(evidence, meters, slip=SELDOM, known=None):
    count = len(evidence.downbeat)
    known = np.zeros(count, int) if known is None else known
    return find_bar_path(evidence, np.zeros(count, bool), known, meters, slip)


@pytest.mark.parametrize("beats", [2, 3, 4])
def test_the_meter_that_is_read_is_the_likeliest(beats):
    evidence = heard(read([*range(24)], 0.5, (beats, False)))
    found = path(evidence, {(2, False): 1.0, (3, False): 1.0, (4, False): 1.0})
    assert list(found.states) == [((beats, False), k % beats) for k in range(24)]


def test_a_beat_that_was_tapped_as_a_downbeat_is_one():
    known = np.zeros(24, int)
    known[2] = 1
    found = path(heard(blank(24)), {(4, False): 1.0}, NO_SLIP, known)
    assert [place for _, place in found.states] == [(k - 2) % 4 for k in range(24)]


def test_bars_that_were_chosen_with_the_beats_outweigh_what_is_usual():
    evidence = heard(blank(24))
    chosen = replace(evidence, chosen=((3, False), np.arange(24) % 3))
    meters = {(3, False): 0.1, (4, False): 1.0}
    assert {meter for meter, _ in path(evidence, meters).states} == {(4, False)}
    assert {meter for meter, _ in path(chosen, meters).states} == {(3, False)}
    assert path(chosen, meters).log_likelihood > path(evidence, meters).log_likelihood
