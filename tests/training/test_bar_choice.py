"""Music whose bars are known, and networks that learn which of several is right."""

from fractions import Fraction

import numpy as np
import pytest

from engrave.music.values import TimeSignature
from training.bar_choice.fit import NAMES, file_case
from training.bar_choice.network import Case, fit, left_out
from training.bar_choice.pieces import START, Piece, as_file, play_steadily, songs


def a_song(name: str) -> Piece:
    return next(piece for piece in songs() if piece.song == name)


def test_barlines_of_songs_stand_after_their_pickup():
    assert a_song("Amazing Grace").offset == 1 and a_song("Amazing Grace").bar == 3
    row = a_song("Row, row, row your boat")
    assert (row.meter, row.felt, row.offset) == (TimeSignature(6, 8), Fraction(3, 2), 0)


def test_just_one_place_of_the_barline_is_right():
    case = file_case(a_song("Happy Birthday"), 96)
    assert case.rows.shape[1] == len(NAMES["file"]) and case.right.sum() == 1
    assert case.figures["barlines"][case.right] == 1
    assert case.figures["meter"].sum() > 1 and case.figures["barlines"].min() < 0.7


def test_hands_keep_to_a_tempo_that_people_play():
    piece = a_song("Clementine")
    played = play_steadily(piece, np.random.default_rng(1))
    onsets = [note.onset for note in played.performance.notes]
    written = [START + float(on) * played.quarter for on, *_ in piece.notes]
    assert sorted(onsets) == pytest.approx(sorted(written), abs=0.1)
    assert 60 / 165 <= played.quarter <= 1
    exact = as_file(piece, 120).notes
    assert all(note.onset * 4 == round(note.onset * 4) for note in exact)


def puzzles(count: int, seed: int) -> list[Case]:
    """Of five rows the right one has the greatest product of its first two numbers."""
    chance = np.random.default_rng(seed)
    cases = []
    for k in range(count):
        rows = chance.normal(size=(5, 4))
        right = np.arange(5) == np.argmax(rows[:, 0] * rows[:, 1])
        cases.append(Case("puzzle", str(k), rows, right, {"first": rows[:, 0]}))
    return cases


def test_a_network_learns_what_no_sum_of_weights_says():
    judge = fit(puzzles(600, 1), {})
    found = [case.right[np.argmax(judge.log_likelihood(case.rows))] for case in puzzles(200, 2)]
    assert np.mean(found) > 0.6  # by chance 0.2


def test_what_is_reported_was_left_out():
    noise = puzzles(60, 3)
    random = [Case("noise", c.song, c.rows[:, 2:], c.right, {}) for c in noise]
    assert left_out(random, {})["noise"]["right"] < 0.45
