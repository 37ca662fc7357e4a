"""What the reader of the pedal is told, beside the notes that it comes from."""

import numpy as np
import pytest

from engrave.listening.note_features import KeyPresses
from engrave.listening.pedal_features import (
    FRAME_FEATURES,
    FRAME_SECONDS,
    KEY_COUNT,
    LOWEST_KEY,
    Frames,
)
from tests.support.playing import play, press

# C4 held for ten moments; E4 struck with the last of them, let go after five more; C3 after a rest.
NOTES = [
    press(1.0, 60, held=10.2 * FRAME_SECONDS, velocity=64),
    press(1.0 + 9.2 * FRAME_SECONDS, 64, held=5 * FRAME_SECONDS, velocity=32),
    press(1.0 + 20.2 * FRAME_SECONDS, 48, held=3.6 * FRAME_SECONDS, velocity=96),
]


@pytest.fixture(scope="module")
def moments() -> Frames:
    return Frames.of(KeyPresses.of(play(NOTES)))


def roll(table: np.ndarray, which: int, pitch: int) -> list[float]:
    """A key's column among those struck (0), held (1), let go (2)."""
    return table[:, which * KEY_COUNT + pitch - LOWEST_KEY].tolist()


def test_moments_are_even_from_the_first_onset_to_the_last_release(moments: Frames):
    assert len(moments.times) == 24
    assert moments.times[0] == pytest.approx(1 + FRAME_SECONDS / 2)
    assert np.diff(moments.times) == pytest.approx(FRAME_SECONDS)


def test_the_roll_shows_keys_struck_held_and_let_go(moments: Frames):
    table = moments.features(0, 24)
    assert table.shape == (24, FRAME_FEATURES) and table.dtype == np.float32
    assert roll(table, 0, 60) == [1.0] + 23 * [0.0]
    assert roll(table, 0, 48) == 20 * [0.0] + [1.5] + 3 * [0.0]
    assert roll(table, 1, 60) == 10 * [1.0] + 14 * [0.0]
    assert roll(table, 1, 64) == 9 * [0.0] + 5 * [1.0] + 10 * [0.0]
    assert roll(table, 2, 60) == 10 * [0.0] + [1.0] + 13 * [0.0]
    assert sum(map(sum, (roll(table, 2, pitch) for pitch in range(21, 109)))) == 3


@pytest.mark.parametrize(("start", "stop"), [(0, 8), (8, 12), (5, 24), (20, 99)])
def test_a_part_is_told_as_in_the_whole(moments: Frames, start: int, stop: int):
    whole = moments.features(0, 24)
    assert moments.features(start, stop).tolist() == whole[start:stop].tolist()


def test_what_remains_of_the_last_chord_and_from_before(moments: Frames):
    still, older = moments.waits[:, -4], moments.waits[:, -3] * 3
    assert still.round(3).tolist() == 14 * [1] + 6 * [0] + 3 * [1] + [0]
    assert older.round(3).tolist() == 9 * [0] + [1] + 14 * [0]
    assert (moments.waits[:9, -1] == moments.waits[9:20, -2][:9]).all()  # the next one's lowest


def test_the_music_may_be_anywhere_in_time(moments: Frames):
    later = play(press(n.onset + 64, n.pitch, n.release - n.onset, n.velocity) for n in NOTES)
    shifted = Frames.of(KeyPresses.of(later)).features(0, 24)
    assert shifted == pytest.approx(moments.features(0, 24), abs=1e-5)
