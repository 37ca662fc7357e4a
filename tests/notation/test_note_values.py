"""Rhythms as engravers write them, and what holds for every rhythm.

Rhythms are read and written in small as in `support.rhythms`; tuplets stand in `test_tuplets`.
"""

import random
from fractions import Fraction

import pytest

from engrave.music.values import NoteValue
from engrave.notation.note_values import plain_value
from engrave.notation.written_values import split_into_values
from tests.support.rhythms import METERS, bar_of, random_stretches, stretches_of, written

SIMPLE = [
    # Syncopations within half a bar stay whole; the middle of 4/4 is shown.
    ("4/4", "1/2 1 1/2 1/2 1 1/2", "e q e e q e"),
    ("4/4", "1/2 1 1 1 1/2", "e q e~ e q e"),
    ("4/4", "1/2 3/2 2", "e q. h"),
    ("4/4", "1 2 1", "q h q"),
    ("4/4", "1/2 2 3/2", "e q.~ e q."),
    ("4/4", "1 3/2 3/2", "q q~ e q."),
    ("4/4", "3/2 3/2 1", "q. e~ q q"),
    ("4/4", "1 3", "q h."),
    ("4/4", "3 1", "h. q"),
    ("4/4", "4", "w"),
    ("4/4", "5/2 3/2", "h~ e q."),
    ("4/4", "7/2 1/2", "h~ q. e"),
    ("4/4", "1/2 7/2", "e q.~ h"),
    ("2/4", "1/2 1 1/2", "e q e"),
    ("2/4", "1/2 3/2", "e q."),
    # Beats are shown where 16ths come in.
    ("2/4", "1/4 1/2 1/4 3/4 1/4", "s e s e. s"),
    ("2/4", "1/4 1 3/4", "s e.~ s e."),
    ("2/4", "3/4 1/2 3/4", "e. s~ s e."),
    ("2/4", "1/2 3/4 3/4", "e e~ s e."),
    ("2/4", "5/4 3/4", "q~ s e."),
    ("2/4", "1/4 7/4", "s e.~ q"),
    ("1/4", "1/8 1/4 1/8 1/2", "t s t e"),
    # Three beats: no middle, longer values from the barline or up to it.
    ("3/4", "1 2", "q h"),
    ("3/4", "2 1", "h q"),
    ("3/4", "3", "h."),
    ("3/4", "5/2 1/2", "h~ e e"),
    ("3/4", "1/2 5/2", "e e~ h"),
    ("3/4", "1/2 1 1 1/2", "e q q e"),
    # A double dot on the beat, up to the last eighth of one beat or two; a longer note is tied.
    ("2/4", "7/8 1/8 7/16 1/16 1/2", "e.. t s.. x e"),
    ("2/4", "7/4 1/4", "q.. s"),
    ("4/4", "7/4 1/4 7/4 1/4", "q.. s q.. s"),
    ("4/4", "1 7/4 1/4 1", "q q~ e. s q"),  # the middle is shown
    ("4/4", "7/2 1/2", "h~ q. e"),
    ("2/2", "7/2 1/2", "h.. e"),
    ("3/4", "1 7/4 1/4", "q q.. s"),
    ("2/4", "1/8 7/8 1", "t s.~ e q"),
    ("2/4", "1/4 7/4", "s e.~ q"),
    ("2/4", "15/8 1/8", "q~ e.. t"),
    # Beats of a half note.
    ("2/2", "1 2 1", "q h q"),
    ("2/2", "1 3", "q h."),
    ("2/2", "3/2 1 3/2", "q. e~ e q."),
    ("2/2", "1/2 1 1/2 2", "e q e h"),
    ("3/2", "2 4", "h w"),
    ("3/2", "6", "w."),
    ("3/2", "1 2 3", "q h h."),
    ("5/4", "5", "h.~ h"),
    ("5/4", "3 2", "h. h"),
]

COMPOUND = [
    ("6/8", "1 1/2 1/2 1", "q e e q"),
    ("6/8", "1/2 1/2 1 1", "e e e~ e q"),
    ("6/8", "1/2 5/2", "e q~ q."),
    ("6/8", "5/2 1/2", "q.~ q e"),
    ("6/8", "3", "h."),
    ("6/8", "2 1", "q.~ e q"),
    ("6/8", "3/4 1/4 1/2 1/2 3/4 1/4", "e. s e e e. s"),
    ("6/8", "1/4 1/2 1/4 1/2 3/2", "s e s e q."),
    ("6/8", "5/4 1/4 1/4 5/4", "q~ s s s s~ q"),
    ("6/8", "3/4 3/4 3/2", "e. e. q."),  # two against three
    ("9/8", "3 3/2", "h. q."),
    ("9/8", "9/2", "h.~ q."),
    ("12/8", "6", "w."),
    ("12/8", "3/2 3 3/2", "q. h. q."),
    ("12/8", "9/2 3/2", "h.~ q. q."),
    ("3/8", "1 1/2", "q e"),
    ("3/8", "1/2 1", "e q"),
    ("3/8", "3/2", "q."),
    ("6/8", "7/8 1/8 1/2 3/2", "e.. t e q."),
    ("6/8", "7/4 1/4 1", "q.~ s s q"),
]

RESTS = [
    ("4/4", "1/2 r3/2 r2", "e re rq rh"),
    ("4/4", "1 r3", "q rq rh"),
    ("4/4", "r3 1", "rh rq q"),
    ("4/4", "1 r2 1", "q rq rq q"),
    ("4/4", "r3/2 1/2 2", "rq re e h"),
    ("4/4", "1/4 r7/4 2", "s rs re rq h"),
    ("4/4", "r3/4 1/4 3", "re rs s h."),
    ("3/4", "1 r2", "q rq rq"),
    ("3/4", "r2 1", "rq rq q"),
    ("2/4", "1/2 r1 1/2", "e re re e"),
    ("2/2", "r2 2", "rh h"),
    ("2/2", "1 r3", "q rq rh"),
    ("3/2", "r4 2", "rh rh h"),
    ("6/8", "r1 1/2 3/2", "rq e q."),
    ("6/8", "1/2 r1 3/2", "e re re q."),
    ("6/8", "3/2 r3/2", "q. rq."),
    ("6/8", "1/2 r5/2", "e re re rq."),
    ("6/8", "3/4 r3/4 3/2", "e. rs re q."),
    ("9/8", "r3 3/2", "rq. rq. q."),
    ("12/8", "r3 3", "rh. h."),
    ("12/8", "3/2 r9/2", "q. rq. rh."),
]


PICKUPS = [
    ("4/4", "1/2", "e"),
    ("4/4", "1/2 1", "e q"),
    ("4/4", "1 1 1", "q q q"),
    ("4/4", "1/2 3/2", "e q."),
    ("4/4", "3/2 3/2", "q~ e q."),  # from the second beat: the middle is shown
    ("3/4", "1/4 1/4", "s s"),
    ("3/4", "3/4", "e."),
    ("6/8", "1/2 1 1/2", "e q e"),
    ("6/8", "1/2 2", "e e~ q."),
]


@pytest.mark.parametrize(("meter", "lengths", "expected"), SIMPLE + COMPOUND + RESTS)
def test_rhythms_in_full_bars(meter: str, lengths: str, expected: str) -> None:
    assert sum(s.end - s.onset for s in stretches_of(lengths)) == bar_of(meter).length
    assert written(meter, lengths) == expected


@pytest.mark.parametrize(("meter", "lengths", "expected"), PICKUPS)
def test_rhythms_in_pickups(meter: str, lengths: str, expected: str) -> None:
    assert written(meter, lengths) == expected


def test_the_longest_dotted_value_is_found() -> None:
    assert plain_value(Fraction(3, 4)) == NoteValue("eighth", dots=1)
    assert plain_value(Fraction(5, 4)) is None


@pytest.mark.parametrize("meter", METERS)
def test_notes_on_beats_show_the_beats(meter: str) -> None:
    """In any arrangement of eighths no value hides a stronger point than those it stands between,
    but for a syncopation that lies evenly across it."""
    bar = bar_of(meter)
    chance = random.Random(meter)
    for _ in range(100):
        steps = int(bar.length * 2)
        inner = sorted(chance.sample(range(1, steps), chance.randrange(steps)))
        places = [Fraction(k, 2) for k in (0, *inner, steps)]
        for one in split_into_values(random_stretches(chance, places), bar, Fraction(0)):
            end = one.onset + one.value.length
            hidden = [
                beat
                for k in range(1, int(bar.length / bar.beat_length))
                if one.onset < (beat := k * bar.beat_length) < end
            ]
            on_beat = {one.onset, end} & {k * bar.beat_length for k in range(20)}
            even = len(hidden) == 1 and hidden[0] - one.onset == end - hidden[0]
            assert not hidden or on_beat or (even and not bar.compound and one.chord is not None)
            if bar.compound and hidden:
                assert len(on_beat) == 2
