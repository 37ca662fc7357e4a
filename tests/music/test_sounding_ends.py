"""Until when notes sound, with and without the pedal."""

from dataclasses import replace

import pytest

from engrave.music.performance import (
    LONGEST_SOUND,
    PIANO,
    Instrument,
    PedalMove,
    Performance,
    sounding_ends,
)
from tests.support.playing import play, press


def ends(*presses, pedal: tuple[tuple[float, int], ...] = ()) -> list[float]:
    moves = tuple(PedalMove(time, depth) for time, depth in pedal)
    return sounding_ends(Performance(presses, moves))


def test_without_pedal_a_note_ends_with_its_key():
    assert ends(press(0, held=1), press(0.5, 62, held=2)) == [1, 2.5]


@pytest.mark.parametrize(
    ("pedal", "end"),
    [
        (((0.5, 127), (3, 0)), 3),  # down before the release, up after it
        (((0.5, 127), (0.8, 0)), 1),  # up again before the release
        (((1.5, 127), (3, 0)), 1),  # down too late
        (((0.5, 63), (3, 0)), 1),  # not deep enough
        (((0.5, 127), (2, 90), (3, 64), (4, 63)), 4),  # up means past the half
        (((0.5, 127),), LONGEST_SOUND),  # never up again
        (((1.0, 127), (2, 0)), 2),  # down at the very release
        (((0.5, 127), (1.0, 0)), 1),  # up at the very release
        (((0.5, 127), (3, 0), (3.2, 127), (6, 0)), 3),  # a change of pedal
    ],
)
def test_the_pedal_holds_a_note(pedal, end):
    assert ends(press(0, held=1), pedal=pedal) == [end]


def test_a_key_struck_again_ends_what_the_pedal_held():
    found = ends(press(0), press(2), press(2, 64), pedal=((0.1, 127), (5, 0)))
    assert found == [2, 5, 5]


def test_no_end_is_before_the_release():
    assert ends(press(0, held=3), press(2, held=0.5)) == [3, 2.5]


def test_the_pedal_holds_no_other_player():
    violin, piano = press(0, held=1), replace(press(0, 64, held=1), player=1)
    performance = replace(
        play([violin, piano]),
        sustain=(PedalMove(0.5, 127), PedalMove(3, 0)),
        players=(Instrument("Violin", 40), PIANO),
    )
    assert sounding_ends(performance) == [1, 3]
