"""Bars of one size over a whole pulse."""

import numpy as np

from engrave.listening.evidence import BarEvidence
from engrave.rhythm.lasting_bars import SIZES, lay_bars
from tests.support.evidence import unsaid_bars


def heard(downbeat):
    bars = unsaid_bars(len(downbeat))
    return BarEvidence(np.where(downbeat, 3.0, -3.0), bars.place, bars.level)


def laid(downbeat, size):
    return lay_bars(heard(downbeat), np.zeros(len(downbeat)))[SIZES.index(size)]


def test_bars_stand_where_pulses_sound_like_downbeats():
    downbeat = np.arange(60) % 3 == 1
    found = laid(downbeat, 3)
    assert ((found.index == 0) == downbeat).all()
    likely = {bars.size: bars.likely for bars in lay_bars(heard(downbeat), np.zeros(60))}
    assert likely[3] == max(likely.values())


def test_a_bar_breaks_off_only_where_that_lasts():
    gained = np.concatenate([np.arange(60) % 4 == 0, [False], np.arange(60) % 4 == 0])
    assert ((laid(gained, 4).index == 0) == gained).all()
    doubtful = np.arange(60) % 4 == 0
    doubtful[31:33] = [True, False]
    assert ((laid(doubtful, 4).index == 0) == (np.arange(60) % 4 == 0)).all()
