"""--smallest: no shorter note value is written, whatever was played."""

from fractions import Fraction

import numpy as np
import pytest

import engrave
from engrave.music.score import Chord, Rest
from engrave.music.values import NOTE_TYPES
from engrave.options import Options, parse_meter, parse_smallest
from engrave.pipeline import transcribe
from engrave.rhythm.beat_divisions import default_division, shortest_value
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


@pytest.mark.parametrize(
    ("length", "compound", "values"),
    [
        (F(1), False, {1: F(1), 2: F(1, 2), 3: F(1, 2), 4: F(1, 4), 5: F(1, 4), 6: F(1, 4)}),
        (F(2), False, {2: F(1), 3: F(1), 4: F(1, 2), 8: F(1, 4)}),
        # A dotted quarter: three eighths, but two dotted eighths stand where 16ths do.
        (F(3, 2), True, {2: F(1, 4), 3: F(1, 2), 4: F(1, 8), 6: F(1, 4), 12: F(1, 8)}),
    ],
)
def test_values_that_a_divided_beat_takes(length, compound, values):
    assert {d: shortest_value(length, compound, d) for d in values} == values


def test_a_beat_ends_where_that_is_not_too_short():
    assert default_division(F(1), False) == 2 and default_division(F(3, 2), True) == 3
    assert (
        default_division(F(1), False, F(1, 2)) == 2
        and default_division(F(1, 2), False, F(1, 2)) == 1
    )


@pytest.mark.parametrize("value", ["1/16", F(1, 16), 0.0625])
def test_it_may_be_a_text_or_a_value(value):
    assert parse_smallest(value) == F(1, 16)


@pytest.mark.parametrize("value", ["1/4", "1/64", "16", "0", "1/0", "x", ""])
def test_what_is_no_value_to_stop_at(value):
    with pytest.raises(ValueError, match="is not a note value to stop at; there are 1/8, 1/16"):
        parse_smallest(value)
