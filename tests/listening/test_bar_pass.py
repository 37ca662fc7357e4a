"""The bars as they are heard once beats are known."""

from dataclasses import fields

import numpy as np
import pytest

from engrave.listening import heads
from engrave.listening.bar_pass import listen_for_bars
from engrave.listening.evidence import BarEvidence
from engrave.music.grid import Pulse
from engrave.music.performance import Performance
from tests.support.playing import play, press


def pulse(beats: int, seconds: float = 0.5, start: float = 0.0) -> Pulse:
    return Pulse(start + seconds * np.arange(beats), np.zeros(beats, bool))


def waltz(bars: int = 12, seconds: float = 0.5, spread: float = 0.0, start: float = 0.0):
    """Bass on one, chords on two and three, the upper note of each later by `spread` seconds."""
    notes = []
    for bar in range(bars):
        root = (43, 48, 50, 43)[bar % 4]
        for beat, keys in enumerate([(root, root + 24), *[(root + 16, root + 19)] * 2]):
            onset = start + seconds * (3 * bar + beat)
            low, high = keys
            notes += [press(onset, low, 0.9 * seconds)]
            notes += [press(onset + spread, high, 0.9 * seconds - spread)]
    return play(notes)


def same(one: BarEvidence, other: BarEvidence) -> bool:
    pairs = [(getattr(one, f.name), getattr(other, f.name)) for f in fields(BarEvidence)]
    return all(np.allclose(a, b, atol=1e-3) for a, b in pairs)


@pytest.mark.parametrize(
    ("performance", "beats"),
    [
        (waltz(), 36),
        (play([press(0)]), 1),
        (play([press(0), press(100)]), 4),  # the pulse ends before the music
        (play([press(0, held=0)]), 20),  # and long after it
    ],
)
def test_every_beat_is_answered(performance: Performance, beats: int):
    heard = listen_for_bars(performance, pulse(max(beats, 2)))
    count = max(beats, 2)
    assert heard.downbeat.shape == (count,)
    assert heard.place.shape == (count, len(heads.BAR_POSITIONS) + 1)
    assert heard.level.shape == (count, heads.BAR_HEADS["level"])
    assert np.exp(heard.place).sum(axis=1) == pytest.approx(1)
    assert np.isfinite(heard.downbeat).all()


def test_a_waltz_is_heard_in_three():
    heard = listen_for_bars(waltz(), pulse(36)).downbeat[:33].reshape(-1, 3)
    assert (heard.argmax(axis=1) == 0).mean() > 0.9


def test_it_does_not_matter_how_fast_it_is_or_when_it_began():
    here = listen_for_bars(waltz(), pulse(36))
    assert same(here, listen_for_bars(waltz(seconds=0.25), pulse(36, 0.25)))
    assert same(here, listen_for_bars(waltz(start=64), pulse(36, start=64)))


def test_what_is_struck_together_is_on_one_place():
    """Within the window of a chord the upper note is as if it began with the lower one."""
    quick = {"seconds": 0.24}  # a 24th of such a beat, half a cell, lasts 10 ms
    together = listen_for_bars(waltz(**quick), pulse(36, 0.24))
    assert same(together, listen_for_bars(waltz(**quick, spread=0.03), pulse(36, 0.24)))
    assert not same(together, listen_for_bars(waltz(**quick, spread=0.04), pulse(36, 0.24)))
