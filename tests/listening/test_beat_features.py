"""What the reader of places is told of a few notes, each number checked by eye."""

from dataclasses import replace

import numpy as np
import pytest

from engrave.listening import beat_features
from engrave.listening.beat_features import NotesOnGrid, placed_note_features
from engrave.listening.heads import PHASES

# Upper staff: C5 held for two beats over E4 on the second eighth; then D5. Lower staff: C3, G3.
#   onset   end   pitch  upper
NOTES = [
    (0.0, 1.0, 48, False),
    (0.0, 2.0, 72, True),
    (0.5, 1.0, 64, True),
    (1.0, 1.25, 55, False),
    (2.0, 3.0, 74, True),
]


def places(beat: float = 1.0, bar: float = 4.0, first: float = 0.0) -> NotesOnGrid:
    onset, end, pitch, upper = (np.array(column) for column in zip(*NOTES, strict=True))
    count = len(NOTES)
    return NotesOnGrid(
        onset,
        end,
        pitch.astype(float),
        np.full(count, 64.0),
        upper,
        np.full(count, beat),
        (onset + first) % bar,
        np.full(count, bar),
        np.zeros(count, bool),
        np.full(count, 0.5),
    )


def columns() -> np.ndarray:
    """A row of each of the features."""
    return placed_note_features(places()).T


def about(value: float) -> float:
    return np.log(value) + 0.7


def test_there_is_a_row_for_each_note():
    table = placed_note_features(places())
    assert table.shape == (len(NOTES), beat_features.PLACED_FEATURES)
    assert table.dtype == np.float32


def test_the_hold_is_measured_in_beats_and_against_the_next_notes_of_the_hand():
    rows = columns()
    assert rows[5] == pytest.approx(
        [about(1), about(2), about(0.5), about(0.25), about(1)], abs=1e-6
    )
    first = 8 + 6 * len(beat_features.CHORDS_AROUND)
    until_next, until_second = rows[first], rows[first + 1]
    assert until_next[:3] == pytest.approx([1, 2, 1 / 3])  # C5: four eighths of one; not above 2
    assert until_second[1] == pytest.approx(1)


def test_waits_and_intervals_to_the_next_notes_of_the_hand():
    rows = columns()
    wait, highest, lowest = rows[8 + 3 : 8 + 6]
    assert wait[:3] == pytest.approx([about(1), about(0.5), about(1.5)], abs=1e-6)
    assert highest[:3] == pytest.approx([7 / 12, -8 / 12, 10 / 12], abs=1e-6)
    assert (lowest == highest).all()


def test_the_other_hand_is_told_apart():
    rows = columns()
    together, following = rows[first_beside() : first_beside() + 2]
    assert together.tolist() == [1, 1, 0, 0, 0]
    assert following[:3] == pytest.approx([about(0.5), about(1), about(0.5)], abs=1e-6)


def first_beside() -> int:
    return 8 + 6 * len(beat_features.CHORDS_AROUND) + len(beat_features.HELD_OVER)


def test_one_hand_alone_is_described_too():
    whole = places()
    names = NotesOnGrid.__dataclass_fields__
    upper = NotesOnGrid(*(getattr(whole, name)[whole.upper] for name in names))
    table = placed_note_features(upper)
    assert np.isfinite(table).all()
    beside = slice(first_beside(), first_beside() + beat_features._BESIDE)
    assert not table[:, beside].any()
    assert (table[:, 5] == columns()[5][whole.upper]).all()


def test_the_beat_is_the_measure_of_all_lengths():
    """The same music in beats of half the length: what is told of waits does not change."""
    slow = places()
    names = ("onset", "end", "position", "bar", "beat")
    fast = replace(slow, **{name: getattr(slow, name) / 2 for name in names})
    # But for the last note, after which nothing comes.
    assert placed_note_features(fast)[:-1] == pytest.approx(
        placed_note_features(slow)[:-1], abs=1e-6
    )


def test_where_a_note_stands_in_its_bar():
    start = beat_features._BY_HAND
    rows = placed_note_features(places(first=3.0))[:, start:]
    assert rows[:, : len(PHASES)].argmax(axis=1).tolist() == [0, 0, PHASES.index(0.5), 0, 0]
    index = rows[:, len(PHASES) : len(PHASES) + beat_features.MOST_BEATS]
    assert index.argmax(axis=1).tolist() == [3, 3, 3, 0, 1]
