"""What is written: how long events are, on which staff they stand, in which order bars sound."""

from dataclasses import replace
from fractions import Fraction

import pytest

from engrave.music.marks import Dynamic, HiddenTempo, TempoMark
from engrave.music.score import without_performed_tempo
from tests.support import scores
from tests.support.scores import (
    QUARTER,
    TRIPLET_EIGHTH,
    chord,
    head,
    measure,
    opening,
    piano,
    rest,
    voice,
    whole_rest,
)


@pytest.mark.parametrize(
    ("event", "length"),
    [
        (chord("2.", head("C5", 0)), 3),
        (chord(TRIPLET_EIGHTH, head("C5", 0)), Fraction(1, 3)),
        (chord("8", head("C5", 0), grace=True), 0),
        (chord("2", head("C5", 0), tremolo="single"), 2),
        # Two chords in turn: each is written with the value of both together.
        (chord("2", head("C5", 0), tremolo="start"), 1),
        (chord("2", head("C5", 0), tremolo="stop"), 1),
        (rest("4."), Fraction(3, 2)),
        (whole_rest(3), 3),  # drawn as a whole rest in 3/4
        (whole_rest(Fraction(7, 2)), Fraction(7, 2)),
    ],
)
def test_how_long_an_event_takes(event, length):
    assert event.length == length


def test_a_voice_may_visit_the_other_staff():
    low, high = chord("4", head("C3", 0)), chord("4", head("C5", 1), staff=1)
    line = voice(5, low, high, rest("2"))
    assert [line.staff_of(event) for event in line.events] == [2, 1, 2]
    assert line.chords_on(1) == [line.events[1]]
    assert line.chords_on(2) == [line.events[0]]  # a rest is no chord
    assert line.chords_on(3) == []


def test_bars_sound_in_the_order_in_which_they_are_repeated():
    score = scores.repeated()
    (part,) = score.parts
    assert [bar.number for bar in score.as_played(part)] == [1, 2, 2, 3, 4, 3, 5, 6]
    plain = replace(score, order=())
    assert plain.as_played(part) == list(part.measures)


def test_without_paces_a_score_has_all_that_is_seen():
    """The tempo mark stays and loses what it sounds like; other marks and bars stay as they are."""
    andante, mf = TempoMark(Fraction(0), QUARTER, 72, "Andante", 70.5), Dynamic(Fraction(0), "mf")
    line = voice(1, chord("2", head("C5", 0)), chord("2", head("D5", 1))), voice(5, whole_rest(4))
    bars = [
        measure(1, *line, marks=(andante, mf, HiddenTempo(Fraction(2), 64.0)), **opening()),
        measure(2, *line, marks=(HiddenTempo(Fraction(0), 80.0),)),
    ]
    seen = without_performed_tempo(piano(*bars, title="Breath"))
    first, second = bars
    assert seen == piano(
        replace(first, marks=(replace(andante, sounding_tempo=None), mf)),
        replace(second, marks=()),
        title="Breath",
    )
    assert without_performed_tempo(seen) == seen
