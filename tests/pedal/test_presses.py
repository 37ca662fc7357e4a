"""What the foot means: presses and lifts, from hand-drawn curves of the pedal."""

from fractions import Fraction

import pytest

from engrave.music.performance import PedalMove, Performance, PlayedNote
from engrave.pedal.presses import down_intervals, pedal_presses

Move = tuple[float, int]  # second, depth


def down(*moves: Move, first: float = 0.0, last: float = 8.0) -> list[tuple[float, float]]:
    """When the pedal is down, whatever is played."""
    presses = down_intervals([PedalMove(*move) for move in moves], first, last)
    return [(press.start, press.stop) for press in presses]


def meant(*moves: Move, step: Fraction = Fraction(1)) -> list[tuple[float, float]]:
    """The presses that mean something under eight seconds of even notes, each `step` long.

    The keys go up a tenth of a step early.
    """
    onsets = [float(step * i) for i in range(int(8 / step))]
    notes = (PlayedNote(on, on + 0.9 * float(step), 60, 64) for on in onsets)
    performance = Performance(tuple(notes), tuple(PedalMove(*move) for move in moves))
    return [(press.start, press.stop) for press in pedal_presses(performance, 0.0, 8.0)]


# --- depths ------------------------------------------------------------------------------------


def test_the_pedal_goes_down_at_one_depth_and_comes_up_at_a_lower_one() -> None:
    assert down((1.0, 63), (3.0, 0)) == []
    assert down((1.0, 64), (3.0, 59)) == [(1.0, 3.0)]
    assert down((1.0, 64), (2.0, 60), (3.0, 59)) == [(1.0, 3.0)]


def test_a_pedal_that_is_never_lifted_is_down_until_the_last_note() -> None:
    assert down((1.0, 127)) == [(1.0, 8.0)]
    assert down((1.0, 127), (2.0, 0), (3.0, 127)) == [(1.0, 2.0), (3.0, 8.0)]


def test_what_is_before_the_first_note_or_after_the_last_does_not_count() -> None:
    moves = [(0.5, 127), (1.0, 0), (1.5, 127), (3.0, 0), (6.0, 127), (9.0, 0), (9.5, 127)]
    assert down(*moves, first=2.0) == [(2.0, 3.0), (6.0, 8.0)]
    assert down((1.0, 127), (2.0, 0), first=2.0) == []


def test_half_pedal_that_never_frees_the_dampers_stays_down() -> None:
    assert down((0.0, 127), (1.1, 62), (1.5, 66), (2.2, 61), (2.8, 90), (4.0, 0)) == [(0, 4)]


def test_a_foot_resting_on_the_pedal_is_not_down() -> None:
    assert down((0.0, 40), (1.0, 60), (2.0, 63), (3.0, 20)) == []


# --- lifts -------------------------------------------------------------------------------------


def test_flutter_between_the_notes_is_no_lift() -> None:
    assert meant((0.0, 127), (1.4, 30), (1.45, 127), (2.6, 10), (2.67, 100), (4.0, 0)) == [(0, 4)]


def test_as_short_a_lift_with_a_note_is_one() -> None:
    assert meant((0.0, 127), (2.02, 30), (2.07, 127), (4.0, 0)) == [(0, 2.02), (2.07, 4)]


@pytest.mark.parametrize(
    ("lift", "up", "seen"),
    [
        (1.4, 0.07, False),
        (1.4, 0.09, True),  # long enough to damp
        (2.0, 0.02, False),  # with a note, but nobody moves so fast
        (2.0, 0.04, True),
        (2.19, 0.04, True),  # the foot may come late
        (2.22, 0.04, False),
        (1.9, 0.04, True),  # or early
        (1.87, 0.04, False),
    ],
)
def test_how_short_a_lift_may_be(lift: float, up: float, seen: bool) -> None:
    """Notes are struck at 1 and 2 seconds."""
    moves = [(0.0, 127), (lift, 0), (lift + up, 127), (4.0, 0)]
    assert meant(*moves) == ([(0, lift), (lift + up, 4)] if seen else [(0, 4)])


def test_flutter_at_every_depth_is_one_press() -> None:
    """A foot that trembles around the point where the dampers lift."""
    tremble = [(0.5 + i * 0.02, 50 if i % 2 else 70) for i in range(100)]
    assert meant((0.0, 127), *tremble, (2.52, 127), (4.0, 0)) == [(0, 4)]


# --- short presses -----------------------------------------------------------------------------

LATER = [(5.0, 127), (6.0, 0)]  # a press that nobody doubts


def test_a_tap_that_catches_nothing_is_left_out() -> None:
    assert meant((1.3, 127), (1.38, 0), *LATER) == [(5, 6)]
    assert meant((1.3, 127), (1.41, 0), *LATER) == [(1.3, 1.41), (5, 6)]


def test_a_tap_through_which_a_released_key_sounds_on_counts() -> None:
    """The key of the first note goes up at 0.9."""
    assert meant((0.86, 127), (0.94, 0), *LATER) == [(0.86, 0.94), (5, 6)]


def test_a_dab_where_there_is_hardly_any_pedal_is_left_out() -> None:
    sixteenths = Fraction(1, 4)
    assert meant((3.0, 127), (3.19, 0), step=sixteenths) == []
    assert meant((3.0, 127), (3.22, 0), step=sixteenths) == [(3, 3.22)]
    assert meant((3.0, 127), (3.19, 0), *LATER, step=sixteenths) == [(3, 3.19), (5, 6)]
