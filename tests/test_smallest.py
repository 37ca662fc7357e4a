"""--smallest: no shorter note value is written, whatever was played."""

from fractions import Fraction

import numpy as np
import pytest

import engrave
from engrave.music.score import Chord, Rest
from engrave.music.values import NOTE_TYPES
from engrave.options import Options, parse_meter
from engrave.pipeline import transcribe
from samples import FOLDER
from tests.support.judge import check
from tests.support.playing import play, press

pytestmark = pytest.mark.slow
F = Fraction
SMALLEST = [F(1, 8), F(1, 16), F(1, 32)]


def shortest_in(score) -> Fraction:
    """The shortest value among the notes and rests, grace notes aside, as a part of a whole."""
    events = (e for m in score.parts[0].measures for voice in m.voices for e in voice.events)
    return min(
        NOTE_TYPES[event.value.type] / 4
        for event in events
        if not (isinstance(event, Chord) and event.grace)
        and not (isinstance(event, Rest) and event.whole_measure)
    )


@pytest.mark.parametrize("smallest", SMALLEST, ids=str)
@pytest.mark.parametrize("meter", [None, "6/8", "7/8"])
@pytest.mark.parametrize("name", ["sonatina", "two_against_three"])
def test_nothing_shorter_is_written(name, meter, smallest):
    """Where notes do not fit, they are listed; two hundred notes are still on the page."""
    score = engrave.transcribe(FOLDER / f"{name}.mid", meter=meter, smallest=str(smallest))
    assert shortest_in(score) >= smallest
    assert check(score, score.performance) == []
    assert len(score.unwritten) < 40
    assert {note.reason for note in score.unwritten} <= {"pressed twice at one written place"}


@pytest.mark.parametrize("smallest", SMALLEST[:2], ids=str)
@pytest.mark.parametrize(("beats", "beat_type"), [(4, 4), (9, 8), (5, 8)])
def test_noise_fits_too(beats, beat_type, smallest):
    chance = np.random.default_rng(beats)
    presses = zip(chance.uniform(0, 30, 150), chance.integers(36, 96, 150), strict=True)
    performance = play(press(time, int(pitch), 0.2) for time, pitch in presses)
    meter = parse_meter(f"{beats}/{beat_type}")
    made = transcribe(performance, Options(meter=meter, smallest=4 * smallest))
    assert shortest_in(made.score) >= smallest
    assert check(made.score, performance) == []


def test_without_it_the_nocturne_has_shorter_notes():
    assert shortest_in(engrave.transcribe(FOLDER / "nocturne.mid")) < F(1, 16)
