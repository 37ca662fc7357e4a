"""From log likelihoods to shares of belief."""

from math import log

import pytest

from engrave.music.hypotheses import ChosenBars, Hypotheses, shares, temper
from tests.support.playing import even_grid


def test_shares_are_as_the_odds_and_the_likeliest_comes_first():
    found = shares({"6/8": log(1), "3/4": log(3), "4/4": log(4)})
    assert list(found) == ["4/4", "3/4", "6/8"]
    assert found == pytest.approx({"4/4": 0.5, "3/4": 0.375, "6/8": 0.125})


def test_only_differences_count_however_small_the_likelihoods_are():
    """A long piece has sums whose exponentials are 0 as numbers."""
    assert shares({0: -5000.0, 1: -5000.0 + log(3)}) == pytest.approx({0: 0.25, 1: 0.75})
    assert shares({0: 5000.0, 1: 0.0}) == pytest.approx({0: 1.0, 1: 0.0})


def test_of_two_that_are_as_likely_the_first_stays_the_first():
    assert list(shares({2.0: -1.0, 1.0: -1.0})) == [2.0, 1.0]
    assert shares({1.0: -7.5}) == {1.0: 1.0}


def test_shares_are_plain_numbers():
    """They are printed and written as JSON."""
    assert {type(share) for share in shares({1: 0.0, 2: -1.0}).values()} == {float}


def test_where_nothing_was_to_be_chosen_nothing_is_believed():
    chosen = ChosenBars(even_grid(3, 4))
    assert chosen.hypotheses == Hypotheses({}, {}, {}, {})


def test_tempered_probabilities_are_less_certain_and_keep_their_order():
    found = temper({"4/4": 0.9, "3/4": 0.1}, 0.5)
    assert found == pytest.approx({"4/4": 0.75, "3/4": 0.25})
    assert temper({1: 1.0, 2: 0.0}, 0.4) == {1: 1.0, 2: 0.0}
