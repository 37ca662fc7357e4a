"""Evidence that is made by hand: which rows and columns are taken of it."""

from dataclasses import fields, replace

import numpy as np
import pytest

from engrave.listening import heads
from engrave.listening.evidence import Evidence, probability
from tests.support.evidence import blank


def numbered(count: int) -> Evidence:
    """Each answer is the number of its note, and of flags that of their column after a point."""
    evidence = blank(count)
    rows = {
        field.name: np.broadcast_to(
            np.arange(count).reshape(-1, *[1] * (getattr(evidence, field.name).ndim - 1)),
            getattr(evidence, field.name).shape,
        ).astype(float)
        for field in fields(Evidence)
    }
    flags = rows["flags"] + np.arange(len(heads.FLAGS)) / 10
    return replace(evidence, **rows | {"flags": flags})


@pytest.mark.parametrize(
    ("odds", "share"), [(0, 0.5), (np.log(9), 0.9), (-np.log(9), 0.1), (40, 1), (-40, 0)]
)
def test_log_odds_are_probabilities(odds, share):
    assert probability(np.array([odds])) == pytest.approx([share])


def test_evidence_of_some_notes_has_all_answers_in_the_order_that_is_asked_for():
    some = numbered(9).take([7, 3, 5])
    for field in fields(Evidence):
        answers = getattr(some, field.name)
        assert len(answers) == 3
        assert np.floor(answers.reshape(3, -1)[:, 0]).tolist() == [7, 3, 5], field.name
        assert answers.shape[1:] == getattr(numbered(9), field.name).shape[1:]


def test_a_note_may_be_taken_twice_and_none_at_all():
    assert numbered(4).take(np.array([2, 2])).onbeat.tolist() == [2, 2]
    assert numbered(4).take([]).value.shape == (0, len(heads.VALUES) + 1)


@pytest.mark.parametrize("column", range(len(heads.FLAGS)))
def test_a_flag_is_found_by_its_name(column):
    found = numbered(3).flag(heads.FLAGS[column])
    assert found == pytest.approx(np.arange(3) + column / 10)


def test_there_is_no_flag_of_another_name():
    with pytest.raises(ValueError, match="not in tuple"):
        numbered(1).flag("turn")
