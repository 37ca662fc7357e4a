"""What marks say of themselves."""

from dataclasses import replace
from fractions import Fraction

import pytest

from engrave.music.marks import TempoMark
from tests.support.scores import EIGHTH, QUARTER


@pytest.mark.parametrize(
    ("mark", "sounding"),
    [
        (TempoMark(Fraction(0), QUARTER, 72), 72.0),
        (TempoMark(Fraction(0), EIGHTH, 120), 60.0),
        (TempoMark(Fraction(0), replace(QUARTER, dots=1), 60), 90.0),
        (TempoMark(Fraction(0), QUARTER, 72, sounding_tempo=70.5), 70.5),
    ],
)
def test_a_tempo_mark_sounds_in_quarters_a_minute(mark, sounding):
    assert mark.sounding == sounding
