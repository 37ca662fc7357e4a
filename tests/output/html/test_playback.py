"""What the player is told: notes, tied heads, bars."""

import json
from dataclasses import replace
from fractions import Fraction

import pytest

from engrave.music.grid import Bar, Grid
from engrave.music.performance import PedalMove, Performance
from engrave.output.html.playback import playing_time, write_playback
from tests.support import scores
from tests.support.playing import even_grid, press


def playback(score, performance, grid) -> dict:
    return json.loads(write_playback(score, performance, grid))


def test_times_are_milliseconds_from_the_first_note_and_onsets_from_the_one_before():
    performance = Performance(
        (press(2, 60, 0.5, 80), press(2.0104, 64, 0.25, 70), press(3, 67, 1, 1)),
        (PedalMove(2.1, 127), PedalMove(4.5, 0)),
    )
    told = playback(scores.triplets(), performance, even_grid(4, 4, bars=1))
    assert told["notes"] == [
        [0, 500, 2500, 60, 80],
        [10, 250, 2490, 64, 70],
        [990, 1000, 1500, 67, 1],
    ]
    assert playing_time(performance) == pytest.approx(2.5)


def test_rounding_does_not_add_up():
    performance = Performance(tuple(press(i * 0.0016) for i in range(1000)))
    told = playback(scores.triplets(), performance, even_grid(4, 4, bars=1))
    assert sum(row[0] for row in told["notes"]) == round(999 * 1.6)


def test_tied_heads_have_the_times_at_which_they_are_written():
    score = scores.tied_over_the_barline()
    lengths = [measure.length for measure in score.parts[0].measures]
    starts = [sum(lengths[:i], Fraction(0)) for i in range(len(lengths))]
    bars = tuple(Bar(s, n, 4, 4) for s, n in zip(starts, lengths, strict=True))
    grid = Grid((10.0, 11.0), (Fraction(0), Fraction(1)), bars)
    performance = scores.performance_of(score)
    first = performance.notes[0].onset
    told = playback(score, performance, grid)
    assert told["ties"] == [["0-2", 1000 * (10 + float(starts[1]) - first)]]
    assert told["bars"] == [1000 * (10 + float(start) - first) for start in starts]


def test_the_first_bar_has_its_number():
    score = scores.triplets()
    (part,) = score.parts
    pickup = replace(part, measures=(replace(part.measures[0], number=0), *part.measures[1:]))
    performance, grid = scores.performance_of(score), even_grid(4, 4, bars=1)
    assert playback(score, performance, grid)["first"] == 1
    assert playback(replace(score, parts=(pickup,)), performance, grid)["first"] == 0
