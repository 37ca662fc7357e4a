"""What was played: the order of notes, and which presses are one chord."""

import dataclasses

import pytest

from engrave.music.performance import CHORD_WINDOW, Performance, chord_starts
from tests.support.playing import play, press


def test_notes_out_of_order_are_refused():
    with pytest.raises(AssertionError, match="sorted by onset, then pitch"):
        Performance((press(1.0), press(0.5)))
    with pytest.raises(AssertionError, match="sorted by onset, then pitch"):
        Performance((press(1.0, 64), press(1.0, 60)))


def test_the_same_key_twice_at_once_is_in_order():
    assert len(Performance((press(1.0), press(1.0))).notes) == 2


def test_a_performance_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        play([press(0)]).notes = ()


@pytest.mark.parametrize(
    ("onsets", "starts"),
    [
        ([], []),
        ([5.0], [0]),
        ([0.0, 0.0, 0.0], [0]),
        ([0.0, 0.02, 0.5, 0.53, 1.0], [0, 2, 4]),
        # A chord is counted from its first note: a slow roll falls into several.
        ([0.0, 0.03, 0.06, 0.09], [0, 2]),
        ([1000.0, 1000.0 + 0.9 * CHORD_WINDOW], [0]),
        ([1000.0, 1000.0 + 1.1 * CHORD_WINDOW], [0, 1]),
    ],
)
def test_presses_within_the_window_are_one_chord(onsets, starts):
    assert chord_starts([press(onset) for onset in onsets]) == starts


def test_the_window_can_be_chosen():
    assert chord_starts([press(t) for t in (0.0, 0.03, 0.06)], window=0.1) == [0]
