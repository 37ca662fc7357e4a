"""What the reader of bars is told of a few beats, each number checked by eye."""

from itertools import pairwise

import numpy as np
import pytest

from engrave.listening.bar_features import (
    BAR_FEATURES,
    BEATS_BEFORE,
    CELLS_PER_BEAT,
    NotesInBeats,
    bar_features,
)

C3, E4, G4, C5 = 48, 64, 67, 72
C, E, G = 0, 4, 7  # pitch classes

# The columns, group by group.
EDGES = [
    0,
    *np.cumsum(
        [CELLS_PER_BEAT, CELLS_PER_BEAT, CELLS_PER_BEAT, 12, 12, 12, 12, 5 * len(BEATS_BEFORE)]
    ).tolist(),
]
GROUPS = ("struck", "longest", "gap", "sounding", "on_beat", "bass", "pitches", "likeness")
COLUMNS = {name: slice(*edges) for name, edges in zip(GROUPS, pairwise(EDGES), strict=True)}


def told(group: str, *notes: tuple[float, float, int], beats: int = 2) -> np.ndarray:
    """A group of columns for notes of (onset, end, pitch), in beats."""
    onset, end, pitch = np.array(sorted(notes), float).reshape(-1, 3).T
    return bar_features(NotesInBeats(onset, end, pitch), beats)[:, COLUMNS[group]]


def alone(place: int, value: float, width: int = CELLS_PER_BEAT) -> np.ndarray:
    """A row with one number, all others 0."""
    row = np.zeros(width)
    row[place] = value
    return row


def test_there_is_a_row_of_numbers_for_each_beat_whatever_is_played():
    empty = np.zeros(0)
    silent = bar_features(NotesInBeats(empty, empty, empty), 3)
    assert silent.shape == (3, BAR_FEATURES) and EDGES[-1] == BAR_FEATURES
    assert silent.dtype == np.float32 and np.isfinite(silent).all()
    one = bar_features(NotesInBeats(*np.array([[0.0], [0.0], [60.0]])), 1)
    assert one.shape == (1, BAR_FEATURES) and np.isfinite(one).all()


def test_strokes_are_counted_in_the_cell_in_which_they_fall():
    struck = told("struck", (0, 1, C3), (0, 1, E4), (1.5, 2, G4))
    assert struck[0] == pytest.approx(alone(0, np.log(3)))
    assert struck[1] == pytest.approx(alone(6, np.log(2)))


@pytest.mark.parametrize(
    ("onset", "beat", "cell"), [(0.97, 1, 0), (0.94, 0, 11), (1.03, 1, 0), (1.05, 1, 1)]
)
def test_a_stroke_falls_in_the_nearest_cell(onset, beat, cell):
    assert np.argwhere(told("struck", (onset, 2, C3))).tolist() == [[beat, cell]]


def test_what_lies_before_the_first_beat_or_after_the_last_is_not_struck():
    assert not told("struck", (-0.5, 1, C3), (2, 3, C3)).any()
    assert told("struck", (-0.03, 1, C3)).any()


def test_the_longest_note_of_a_cell_counts():
    """In doublings of a cell: a quarter of a number for each, and one for the first cell."""
    held = told("longest", (0, 4, C3), (0, 0.1, E4), (1, 1 + 1 / 6, C3), (1.5, 1.5, C3))
    assert held[0] == pytest.approx(alone(0, (np.log2(48) + 1) / 4))
    assert held[1] == pytest.approx(alone(0, 0.5) + alone(6, 0.25))


def test_the_next_stroke_ends_the_gap_and_after_the_last_one_the_music():
    gap = told("gap", (0, 1, C3), (0, 2, E4), (0.5, 1, G4))
    assert gap[0] == pytest.approx(alone(0, np.log2(6) / 4) + alone(6, np.log2(18) / 4))
    assert not gap[1].any()


def test_pitch_classes_sound_as_long_as_their_keys_are_held_in_a_beat():
    sounding = told("sounding", (0, 1.9, C3), (0.5, 0.99, E4), beats=3)
    row = alone(C, 1.0, 12) + alone(E, 0.49, 12)
    assert sounding[0] == pytest.approx(row / np.hypot(1, 0.49))
    assert sounding[1] == pytest.approx(alone(C, 1.0, 12))
    assert not sounding[2].any()


def test_a_note_that_began_before_the_first_beat_sounds_in_it():
    assert told("sounding", (-0.5, 0.9, G4))[0] == pytest.approx(alone(G, 1.0, 12))


def test_what_is_struck_on_a_beat_is_told_apart_from_what_comes_after():
    on = told("on_beat", (0, 1, C3), (0, 1, E4), (0.5, 1, G4), (1.25, 2, G4))
    assert on[0] == pytest.approx((alone(C, 1, 12) + alone(E, 1, 12)) / np.sqrt(2))
    assert not on[1].any()


def test_the_bass_is_the_lowest_pitch_of_the_beat_wherever_in_it():
    bass = told("bass", (0, 1, C5), (0.5, 1, G4), (1, 2, C5), (1, 2, E4))
    assert bass[0].tolist() == alone(G, 1, 12).tolist()
    assert bass[1].tolist() == alone(E, 1, 12).tolist()


def test_pitches_are_measured_from_the_beats_around():
    """C3 alone, then C5 alone: an octave below the mean of the lowest, and an octave above."""
    (
        low,
        no_low,
        high,
        no_high,
        low_on,
        no_low_on,
        high_on,
        no_high_on,
        later,
        width,
        count,
        first,
    ) = told("pitches", (0, 1, C3), (1.5, 2, C5)).T
    assert low.tolist() == high.tolist() == [-1, 1]
    assert no_low.tolist() == no_high.tolist() == [0, 0]
    # Nothing is struck on the second beat itself.
    assert low_on.tolist() == high_on.tolist() == [-1, 0]
    assert no_low_on.tolist() == no_high_on.tolist() == [0, 1]
    assert later.tolist() == width.tolist() == [0, 0]
    assert count == pytest.approx([np.log(2), 0])
    assert first.tolist() == [1, 0]


def test_a_chord_on_the_beat_has_a_width_and_may_have_a_lower_note_after_it():
    pitches = told("pitches", (0, 1, E4), (0, 1, E4 + 12), (0.5, 1, C3 + 4))
    later, width, count = pitches[0, 8:11]
    assert (later, width) == (1, 0.5)
    assert count == pytest.approx(np.log(3))


def waltz(bars: int = 3) -> list[tuple[float, float, int]]:
    """Bass, chord, chord; over it another note in each bar."""
    notes = []
    for bar in range(bars):
        at = 3.0 * bar
        notes += [(at, at + 0.9, C3), (at, at + 2.9, C5 + bar)]
        notes += [(at + beat, at + beat + 0.9, key) for beat in (1, 2) for key in (E4, G4)]
    return notes


def likeness(away: int, beats: int = 9) -> np.ndarray:
    """How like each beat of the waltz is to the one so many before it: a row for each part."""
    table = told("likeness", *waltz(), beats=beats)
    first = 5 * BEATS_BEFORE.index(away)
    return table[:, first : first + 5].T


def test_a_beat_is_like_the_one_a_bar_before_it_and_not_like_its_neighbour():
    sounding, struck, rhythm, bass, top = likeness(3)
    assert rhythm[3:] == pytest.approx(np.ones(6))
    assert bass[3:] == pytest.approx(np.ones(6))
    assert struck[[4, 5, 7, 8]] == pytest.approx(np.ones(4))
    # The bass is the same and the melody moves on: an octave, then two pitch classes of which one
    # is new.
    assert struck[[3, 6]] == pytest.approx([np.sqrt(0.5), 0.5])
    assert (sounding[[3, 6]] < 1).all()
    assert top.tolist() == [0, 0, 0, 0, 1, 1, 0, 1, 1]
    _, neighbour, _, bass, _ = likeness(1)
    assert neighbour[[1, 3, 4, 6, 7]] == pytest.approx(np.zeros(5))
    assert bass[1::3].tolist() == [0, 0, 0] and bass[2::3].tolist() == [1, 1, 1]


@pytest.mark.parametrize("away", BEATS_BEFORE)
def test_before_the_first_beat_there_is_nothing_to_be_like(away):
    assert not likeness(away)[:, :away].any()


def test_two_silent_beats_have_no_top_in_common():
    assert not told("likeness", (0, 1, C3), beats=4)[1:, 4::5].any()
