"""The questions to the reader: their classes can be told apart, and no answer is lost."""

from dataclasses import fields
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest

from engrave.listening import heads
from engrave.listening.evidence import BarEvidence, Evidence, SecondEvidence


def test_the_reader_is_asked_what_the_network_answers():
    answers = np.arange(2 * heads.NOTE_OUTPUTS).reshape(2, heads.NOTE_OUTPUTS)
    parts = heads.split_heads(answers)
    assert list(parts) == list(heads.NOTE_HEADS) == [field.name for field in fields(Evidence)]
    assert np.concatenate(list(parts.values()), axis=1).tolist() == answers.tolist()


@pytest.mark.parametrize(
    ("questions", "evidence"),
    [(heads.PLACED_HEADS, SecondEvidence), (heads.BAR_HEADS, BarEvidence)],
)
def test_other_readers_answer_their_own_questions(questions, evidence):
    width = sum(questions.values())
    parts = heads.split_heads(np.arange(3 * width).reshape(3, width), questions)
    assert {name: part.shape for name, part in parts.items()} == {
        name: (3, classes) for name, classes in questions.items()
    }
    assert set(parts) == {field.name for field in fields(evidence)}


def test_an_answer_goes_to_its_question():
    """Two questions, of one class and of two."""
    parts = heads.split_heads(np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]), {"yes": 1, "which": 2})
    assert parts["yes"].tolist() == [[1], [4]]
    assert parts["which"].tolist() == [[2, 3], [5, 6]]


@pytest.mark.parametrize("places", [heads.PHASES, heads.VALUES, heads.LOG_BEAT_SECONDS.tolist()])
def test_classes_that_are_numbers_grow(places):
    assert all(a < b for a, b in pairwise(places))


def test_every_place_in_a_beat_is_a_share_of_it_and_a_plain_one():
    exact = [Fraction(phase).limit_denominator(24) for phase in heads.PHASES]
    assert exact[0] == 0 and exact[-1] < 1
    assert {place.denominator for place in exact} == {1, 2, 3, 4, 6, 8}


def test_a_bar_has_as_many_places_as_felt_beats():
    counts = {}
    for meter, index in heads.BAR_POSITIONS:
        assert index == counts.get(meter, 0)
        counts[meter] = index + 1
    assert [counts[k] for k in range(len(heads.METERS))] == [beats for beats, _ in heads.METERS]


def test_paces_are_within_what_a_beat_may_last():
    """From 400 beats a minute to 15."""
    assert np.exp(heads.LOG_BEAT_SECONDS[[0, -1]]) == pytest.approx([0.15, 4.0])
