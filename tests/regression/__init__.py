"""Notation, feature by feature: tiny samples, each with the sentence that the eye should confirm.

After LilyPond's regression tests. `python -m tests.look` shows them all, engraved by Verovio and by
MuseScore; `tests/regression/test_notation.py` holds each against the lines of the page that it must
give.
"""

from tests.regression import frame, parts, pitch, played, rhythm, signs, staves, tuplets, voices
from tests.regression.sample import Sample

ALL: tuple[Sample, ...] = (
    *rhythm.SAMPLES,
    *tuplets.SAMPLES,
    *voices.SAMPLES,
    *staves.SAMPLES,
    *pitch.SAMPLES,
    *frame.SAMPLES,
    *signs.SAMPLES,
    *parts.SAMPLES,
    *played.SAMPLES,
)
