"""Beats and bars of free playing: of many hypotheses the one that is chosen."""

from fractions import Fraction

import numpy as np
import pytest

from engrave.music.values import TimeSignature
from engrave.rhythm.bar_hypotheses import WEIGHTS
from engrave.rhythm.beats import find_bar_hypotheses, track_beats
from engrave.rhythm.meter import lay_out_bars
from engrave.rhythm.pulse_tracking import track_beats_as_heard
from tests.support.evidence import read
from tests.support.playing import play, press

CHORDS = 96


def rubato(meter):
    """Beats that quicken and slacken, with an eighth after each, in bars of this meter."""
    beats = 0.55 * (1 + 0.25 * np.sin(np.arange(CHORDS // 2) * 1.3))
    start = np.concatenate([[0.0], np.cumsum(beats)])
    time = np.sort(np.append(start[:-1], (start[:-1] + start[1:]) / 2))
    number = np.arange(CHORDS // 2) % meter[0]
    keys = [
        press(float(time[k]), 36 + 5 * (int(number[k // 2]) > 0) if k % 2 == 0 else 67 + k % 5)
        for k in range(CHORDS)
    ]
    places = [Fraction(k, 2) for k in range(CHORDS)]
    pace = np.repeat(beats, 2)
    return play(keys), read(places, pace, meter), start[:-1]


@pytest.mark.parametrize("meter", [(3, False), (4, False)])
def test_free_playing_is_read_in_bars_that_last(meter):
    performance, evidence, beats = rubato(meter)
    found = track_beats(performance, evidence)
    assert found.bars and (found.bars.beats, found.bars.compound) == meter
    near = np.abs(found.bars.times[:, None] - beats).min(axis=0)
    assert np.mean(near < 0.07) > 0.9
    chosen = lay_out_bars(performance, evidence, found.pulse, found.bars)
    assert {(bar.beats, bar.beat_type) for bar in chosen.grid.bars} == {(meter[0], 4)}
    assert next(iter(chosen.hypotheses.meters)) == f"{meter[0]}/4"
    assert next(iter(found.speeds)) == 1 and sum(found.speeds.values()) == pytest.approx(1)


def test_a_meter_that_the_user_gives_leaves_its_readings():
    performance, evidence, _ = rubato((4, False))
    found = track_beats(performance, evidence, TimeSignature(3, 4))
    assert found.bars and found.bars.beats == 3


def test_beats_cover_the_piece_and_every_reading_says_what_speaks_for_it():
    performance, evidence, _ = rubato((3, False))
    pulse = track_beats_as_heard(performance, evidence)
    hypotheses = find_bar_hypotheses(performance, evidence, pulse)
    assert {hypothesis.beats for hypothesis in hypotheses} == {2, 3, 4}
    for hypothesis in hypotheses:
        assert (
            hypothesis.features.shape == (len(WEIGHTS),) and np.isfinite(hypothesis.features).all()
        )
        assert (np.diff(hypothesis.times) > 0).all()
        assert hypothesis.times[0] <= performance.notes[0].onset + 0.1
        assert hypothesis.times[-1] + hypothesis.beat > performance.notes[-1].onset - 0.1
        assert (np.diff(np.flatnonzero(hypothesis.downbeat)) == hypothesis.beats).all()


def test_little_music_and_steady_music_are_not_read_so():
    few = play([press(0.5 * k + 0.1 * (k % 3)) for k in range(8)])
    assert track_beats(few, read(range(8), 0.5, (4, False))).bars is None
    even = play([press(0.5 * k) for k in range(40)])
    found = track_beats(even, read(range(40), 0.5, (4, False)))
    assert found.bars is None
