"""Where music begins and ends in its bars."""

import pytest

from engrave.rhythm.bar_choice.begin_and_end import ENDS, Span, describe_ends
from samples.tunes import line
from tests.support.placed import placed


@pytest.mark.parametrize(
    "text, bar, offset, right",
    [
        ("60 62 64 65 67:4", 4, 0, {"last on a downbeat", "long last fills its bar", "no pickup"}),
        ("60 62 64 65 67:4", 4, 1, {"pickup of a beat", "last bar lacks the pickup", "whole bars"}),
        ("60:.5 62 64 65:3", 3, 0.5, {"pickup between", "long last on a beat"}),
        ("60 62 64 65:2", 4, 3, {"longer pickup", "last on a downbeat"}),
    ],
)
def test_how_music_begins_and_ends(text, bar, offset, right):
    row = describe_ends(Span.of(placed(line(text))), 1.0, float(bar), float(offset))
    assert right <= {name for name, holds in zip(ENDS, row, strict=True) if holds}
