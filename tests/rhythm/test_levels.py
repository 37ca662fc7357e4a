"""The level of the beat: of a pulse and its multiples the one that music is written in."""

import numpy as np
import pytest

from engrave.listening.first_pass import listen
from engrave.midi.read import read_midi
from engrave.music.grid import Pulse
from engrave.rhythm.beats import pulses_at_speeds, track_beats
from engrave.rhythm.levels import (
    SPEEDS,
    level_features,
    level_log_likelihoods,
    log_chord_interval,
    on_beat_log_likelihood,
)
from engrave.rhythm.pulse_tracking import track_beats_as_heard
from samples.tunes import SONGS, arrange, midi_of
from tests.support.evidence import read
from tests.support.playing import play, press

CHORDS = 32


def test_every_speed_that_can_be_felt_is_tried_and_keeps_the_beats_that_are_struck():
    performance = play([press(0.66 * k) for k in range(CHORDS)])
    evidence = read(range(CHORDS), 0.66, (4, False))
    pulse = Pulse(0.66 * np.arange(CHORDS), np.zeros(CHORDS, bool))
    pulses = pulses_at_speeds(performance, evidence, pulse)
    assert set(pulses) == set(SPEEDS) - {1 / 4, 4.0}  # 2.6 s and 0.17 s are no beats
    for speed, found in pulses.items():
        beats = np.diff(found.times)
        assert np.allclose(beats, 0.66 / speed, atol=0.05), speed


def test_slow_beats_keep_those_that_sound_like_beats():
    """Only every other chord sounds like a beat, from the second on."""
    evidence = read([(k - 1) / 2 for k in range(CHORDS)], 1.0, (2, False))
    performance = play([press(0.5 * k) for k in range(CHORDS)])
    pulse = Pulse(0.5 * np.arange(CHORDS), np.zeros(CHORDS, bool))
    halved = pulses_at_speeds(performance, evidence, pulse)[1 / 2]
    struck = np.round(halved.times / 0.5).astype(int)
    assert (struck % 2 == 1).all()
    onset = 0.5 * np.arange(CHORDS)
    late = Pulse(halved.times + 0.5, halved.triple)
    assert on_beat_log_likelihood(evidence, onset, halved) > on_beat_log_likelihood(
        evidence, onset, late
    )


def test_a_level_is_likelier_whose_places_the_reader_knows_and_whose_beats_are_struck():
    evidence = read([k / 2 for k in range(CHORDS)], 0.7, (4, False))
    performance = play([press(0.35 * k) for k in range(CHORDS)])
    onset = 0.35 * np.arange(CHORDS)
    times = [step * np.arange(int(CHORDS * 0.35 / step)) for step in (0.7, 0.7 * 2 / 3)]
    right, wrong = (Pulse(beats, np.zeros(len(beats), bool)) for beats in times)
    told = [level_features(performance, evidence, onset, pulse) for pulse in (right, wrong)]
    assert told[0][2] > told[1][2] + 1 and told[0][3] == 1 > told[1][3]
    worth = level_log_likelihoods(performance, evidence, {1.0: right, 1.5: wrong})
    assert worth[1.0] > worth[1.5]


def test_slowness_is_that_of_chords_not_notes():
    chords = play([press(0.6 * k, pitch) for k in range(8) for pitch in (60, 64, 67)])
    assert log_chord_interval(chords) == pytest.approx(np.log(2), abs=0.01)


@pytest.mark.parametrize("name", ["Twinkle, twinkle", "Jingle Bells", "London Bridge"])
@pytest.mark.parametrize("bpm", [80, 104])
def test_a_childs_tune_is_written_in_quarters(name, bpm):
    performance = read_midi(midi_of(arrange(SONGS[name], "chords"), bpm, 0.012, says=1.07 * bpm))
    found = track_beats(performance, listen(performance, "free"))
    assert np.median(np.diff(found.pulse.times)) == pytest.approx(60 / bpm, rel=0.03)
    assert next(iter(found.speeds)) == 1 and sum(found.speeds.values()) == pytest.approx(1)


def test_a_tempo_that_the_user_gives_is_not_doubted():
    performance = read_midi(midi_of(arrange(SONGS["Jingle Bells"], "alone"), 96, 0.01))
    evidence = listen(performance, "free")
    assert track_beats(performance, evidence, tempo=96).speeds == {}
    assert len(track_beats_as_heard(performance, evidence).times) > 8
