"""What holds of any rhythm in any meter: it is written whole, and music21 reads the same notes."""

from collections import Counter
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from music21 import note, stream

from engrave.music.grid import Bar
from engrave.music.performance import Performance
from engrave.music.score import Chord, Score
from engrave.notation.written_values import split_into_values
from engrave.output.to_music21 import to_music21
from tests.support.judge import check
from tests.support.rhythms import faults, in_small
from tests.support.strategies import LIGHT, bars, divided, scores

Found = tuple[int, Fraction, int, Fraction, bool, bool]  # staff, place, key, length, tied from, to


@LIGHT
@given(bars(most=1), st.data())
def test_any_bar_is_filled_by_values_that_can_be_written(
    laid: tuple[Bar, ...], data: st.DataObject
) -> None:
    (bar,) = laid
    stretches = data.draw(divided(bar))
    values = split_into_values(stretches, bar, bar.full_length - bar.length)
    assert faults(values, stretches) == [], in_small(values)


@pytest.mark.slow
@LIGHT
@given(scores())
def test_any_notes_are_written_or_named(made: tuple[Score, Performance]) -> None:
    score, performance = made
    assert check(score, performance) == []
    assert all(left.reason for left in score.unwritten)


@settings(LIGHT, max_examples=30)
@given(scores(most=3))
def test_music21_reads_the_same_notes(made: tuple[Score, Performance]) -> None:
    score, _ = made
    assert read_by_music21(score) == as_written(score)


def as_written(score: Score) -> Counter[Found]:
    found: Counter[Found] = Counter()
    (part,) = score.parts
    start = Fraction(0)
    for measure in part.measures:
        for voice in measure.voices:
            for chord in voice.events:
                if isinstance(chord, Chord):
                    for head in chord.heads:
                        ties = head.tied_from, head.tied_to
                        place = start + chord.onset
                        found[voice.staff, place, head.pitch.midi, chord.length, *ties] += 1
        start += measure.length
    return found


def read_by_music21(score: Score) -> Counter[Found]:
    found: Counter[Found] = Counter()
    for staff, part in enumerate(to_music21(score).parts, start=1):
        start = Fraction(0)
        for k, measure in enumerate(part.getElementsByClass(stream.Measure)):
            for read in measure.recurse().notes:
                place = Fraction(read.getOffsetInHierarchy(measure)).limit_denominator(20160)
                length = Fraction(read.quarterLength).limit_denominator(20160)
                for one in read.notes if read.isChord else [read]:
                    key = staff, start + place, one.pitch.midi, length, *_ties(one)
                    found[key] += 1
            start += score.parts[0].measures[k].length
    return found


def _ties(read: note.Note) -> tuple[bool, bool]:
    kind = read.tie.type if read.tie else ""
    return kind in ("stop", "continue"), kind in ("start", "continue")
