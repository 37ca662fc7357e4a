"""Asking a network for long inputs in windows, and what its raw answers mean."""

from functools import partial
from importlib.resources import files

import numpy as np
import pytest

from engrave.listening import heads
from engrave.listening.bar_features import BAR_FEATURES as BARS
from engrave.listening.beat_features import PLACED_FEATURES as PLACED
from engrave.listening.beat_features import TIMED_FEATURES as TIMED
from engrave.listening.first_pass import NOTE_MARGIN, NOTE_WINDOW
from engrave.listening.heads import BAR_HEADS, PLACED_HEADS, TIMED_HEADS
from engrave.listening.network import (
    BAR_NETWORK,
    PLACED_MARGIN,
    PLACED_NETWORKS,
    PLACED_WINDOW,
    TIMED_NETWORKS,
    WEIGHTS,
    as_evidence,
    in_windows,
    listen_to_beats,
    listen_to_placed_notes,
    listen_to_timed_notes,
    log_probabilities,
)


class Neighbourly:
    """A reader whose answer to each note is the mean of the notes that it sees `reach` around."""

    def __init__(self, reach):
        self.reach = reach
        self.read = []  # the windows, each as its notes

    def __call__(self, rows):
        self.read.append(rows[:, 0].astype(int).tolist())
        index = np.arange(len(rows))
        start = np.maximum(index - self.reach, 0)
        stop = np.minimum(index + self.reach + 1, len(rows))
        total = np.concatenate([[0.0], np.cumsum(rows[:, 1])])
        mean = (total[stop] - total[start]) / (stop - start)
        return np.repeat(mean[:, None], heads.NOTE_OUTPUTS, axis=1)


def rows_of(count):
    """Rows that know their number and something more."""
    chance = np.random.default_rng(count)
    return np.stack([np.arange(count), chance.random(count)], axis=1)


def read_in_windows(rows, reader):
    return in_windows(len(rows), lambda shown: reader(rows[shown]), NOTE_WINDOW, NOTE_MARGIN)


EDGES = [
    1,
    NOTE_MARGIN,
    NOTE_WINDOW - 1,
    NOTE_WINDOW,
    NOTE_WINDOW + 1,
    2 * NOTE_WINDOW - 2 * NOTE_MARGIN,
    3 * NOTE_WINDOW,
]
COUNTS = [*EDGES, 2 * NOTE_WINDOW - 2 * NOTE_MARGIN + 1, 5000]


@pytest.mark.parametrize("count", COUNTS)
def test_windows_are_read_as_one(count):
    """A reader who looks no further than the margin says the same of all notes."""
    rows = rows_of(count)
    answers = read_in_windows(rows, Neighbourly(NOTE_MARGIN))
    assert answers.shape == (count, heads.NOTE_OUTPUTS)
    assert np.allclose(answers, Neighbourly(NOTE_MARGIN)(rows), rtol=0, atol=1e-6)


@pytest.mark.parametrize("count", COUNTS)
def test_no_window_is_longer_than_the_network_may_read_and_none_is_read_in_vain(count):
    reader = Neighbourly(0)
    read_in_windows(rows_of(count), reader)
    assert {note for window in reader.read for note in window} == set(range(count))
    assert all(0 < len(window) <= NOTE_WINDOW for window in reader.read)
    kept = NOTE_WINDOW - 2 * NOTE_MARGIN
    assert len(reader.read) == max(1, -(-(count - 2 * NOTE_MARGIN) // kept))


# --- raw answers -----------------------------------------------------------------------------


def test_log_shares_are_log_probabilities_and_keep_the_differences():
    shares = log_probabilities(np.log([[1.0, 3.0], [8.0, 2.0]]))
    assert np.exp(shares) == pytest.approx(np.array([[0.25, 0.75], [0.8, 0.2]]))


def test_answers_of_any_size_have_shares():
    """Their exponentials are no numbers any more."""
    assert log_probabilities(np.array([[1000.0, 0.0], [-1000.0, -1000.0]])) == pytest.approx(
        np.array([[0.0, -1000.0], [-np.log(2), -np.log(2)]])
    )


def test_classes_become_log_probabilities_flags_and_single_numbers_stay():
    raw = np.array([[0.0, 0.0], [5.0, 5.0]], np.float32)
    assert as_evidence("phase", raw) == pytest.approx(np.full((2, 2), -np.log(2)))
    assert as_evidence("flags", raw).tolist() == raw.tolist()
    assert as_evidence("onbeat", raw[:, :1]).tolist() == [0.0, 5.0]
    assert as_evidence("phase", raw).dtype == as_evidence("flags", raw).dtype == float


# --- the networks ----------------------------------------------------------------------------


def test_each_of_the_weights_has_all_its_files():
    assert set(TIMED_NETWORKS) == set(PLACED_NETWORKS) == set(WEIGHTS)
    names = {*WEIGHTS, *TIMED_NETWORKS.values(), *PLACED_NETWORKS.values(), BAR_NETWORK}
    for name in names:
        assert (files("engrave") / "weights" / f"{name}.onnx").is_file(), name


READERS = {
    **{
        f"phases {w}": (partial(listen_to_timed_notes, weights=w), TIMED, TIMED_HEADS)
        for w in WEIGHTS
    },
    **{
        f"places {w}": (partial(listen_to_placed_notes, weights=w), PLACED, PLACED_HEADS)
        for w in WEIGHTS
    },
    "bars": (listen_to_beats, BARS, BAR_HEADS),
}


@pytest.mark.parametrize(("read", "width", "questions"), READERS.values(), ids=READERS)
@pytest.mark.parametrize("count", [1, 7])
def test_every_row_gets_an_answer_to_each_question(read, width, questions, count):
    said = read(np.random.default_rng(0).random((count, width), np.float32))
    assert set(said) == set(questions)
    for name, classes in questions.items():
        assert said[name].shape == ((count, classes) if classes > 1 else (count,))
        assert np.isfinite(said[name]).all()
        if classes > 1:
            assert np.exp(said[name]).sum(axis=1) == pytest.approx(1)


def test_a_long_piece_is_read_as_its_windows_are():
    """Far from the edge of a window it does not matter that it is one."""
    rows = np.random.default_rng(1).random((PLACED_WINDOW + 1, BARS), np.float32)
    long, first = (
        listen_to_beats(rows)["downbeat"],
        listen_to_beats(rows[:PLACED_WINDOW])["downbeat"],
    )
    kept = PLACED_WINDOW - PLACED_MARGIN
    assert len(long) == PLACED_WINDOW + 1
    assert long[:kept] == pytest.approx(first[:kept], abs=1e-4)
