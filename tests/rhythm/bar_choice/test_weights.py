"""The networks that weigh bars, and how much short music says."""

import pytest

from engrave.rhythm.bar_choice.weights import certainty, judge_of


def test_a_judge_of_other_numbers_is_refused():
    with pytest.raises(AssertionError):
        judge_of("steady", ("one", "two"))


def test_short_music_says_less():
    assert 0 < certainty(4) < certainty(16) < certainty(40) == certainty(400) == 1
