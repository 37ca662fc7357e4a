"""Rhythms as engravers write them, and what holds for every rhythm.

Rhythms are read and written in small: w h q e s t x are whole, half, quarter, eighth, 16th, 32nd
and 64th notes, "." a dot, "r" before it a rest, "~" after it a tie, "3:2{...}" a tuplet.
"""

import random
from fractions import Fraction
from itertools import pairwise

import pytest

from engrave.grid import Bar
from engrave.rhythm import Stretch, WrittenValue, plain_value, write_values
from engrave.score import NOTE_TYPES, NoteValue

LETTERS = dict(zip(list(NOTE_TYPES)[1:], "whqestx!", strict=True))


def bar_of(meter: str, length: Fraction | None = None) -> Bar:
    beats, beat_type = map(int, meter.split("/"))
    full = Fraction(4 * beats, beat_type)
    return Bar(Fraction(0), full if length is None else length, beats, beat_type)


def stretches_of(lengths: str) -> list[Stretch]:
    """ "1/2 r1 1/2": so many quarters each, rests with an "r"; notes are numbered."""
    stretches, place = [], Fraction(0)
    for k, word in enumerate(lengths.split()):
        end = place + Fraction(word.lstrip("r"))
        stretches.append(Stretch(place, end, None if word.startswith("r") else k))
        place = end
    return stretches


def in_small(values: list[WrittenValue]) -> str:
    """The rhythm in letters."""
    words = []
    for written in values:
        value = written.value
        word = "r" * (written.chord is None) + LETTERS[value.type] + "." * value.dots
        word += "~" * (written.chord is not None and not written.last)
        if written.tuplet_start:
            word = f"{value.actual}:{value.normal}{{{word}"
        words.append(word + "}" * written.tuplet_stop)
    return " ".join(words)


def written(meter: str, lengths: str) -> str:
    """How the lengths (in quarters) are written in a bar, or in a pickup if they are too short."""
    stretches = stretches_of(lengths)
    bar = bar_of(meter, stretches[-1].end)
    return in_small(write_values(stretches, bar, bar.full_length - bar.length))


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
    ("3/4", "5/2 1/2", "h~ e"),
    ("3/4", "1/2 5/2", "e e~ h"),
    ("3/4", "1/2 1 1 1/2", "e q q e"),
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
    ("6/8", "5/4 1/4 1/4 5/4", "q~ s s s~ q"),
    ("6/8", "3/4 3/4 3/2", "e. e. q."),  # two against three
    ("9/8", "3 3/2", "h. q."),
    ("9/8", "9/2", "h.~ q."),
    ("12/8", "6", "w."),
    ("12/8", "3/2 3 3/2", "q. h. q."),
    ("12/8", "9/2 3/2", "h.~ q. q."),
    ("3/8", "1 1/2", "q e"),
    ("3/8", "1/2 1", "e q"),
    ("3/8", "3/2", "q."),
]

RESTS = [
    ("4/4", "1/2 r3/2 r2", "e re rq rh"),
    ("4/4", "1 r3", "q rq rh"),
    ("4/4", "r3 1", "rh rq q"),
    ("4/4", "1 r2 1", "q rq rq q"),
    ("4/4", "r3/2 1/2 2", "rq re e h"),
    ("4/4", "1/4 r7/4 2", "s rs re rq h"),
    ("4/4", "r3/4 1/4 3", "re rs s q~ h"),
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

TUPLETS = [
    ("1/4", "1/3 1/3 1/3", "3:2{e e e}"),
    ("1/4", "2/3 1/3", "3:2{q e}"),
    ("1/4", "1/3 2/3", "3:2{e q}"),
    ("1/4", "1/3 r1/3 1/3", "3:2{e re e}"),
    ("1/4", "1/3 r2/3", "3:2{e re re}"),
    ("1/4", "r2/3 1/3", "3:2{rq e}"),
    ("1/4", "1/3 1/6 1/6 1/3", "3:2{e s s e}"),
    ("1/4", "1/2 1/6 1/6 1/6", "e 3:2{s s s}"),
    ("1/4", "1/6 1/6 1/6 1/2", "3:2{s s s} e"),
    ("1/4", "1/6 1/6 1/6 1/6 1/6 1/6", "6:4{s s s s s s}"),
    ("1/4", "1/6 1/6 1/6 1/4 1/4", "3:2{s s s} s s"),
    ("1/4", "1/6 1/6 2/3", "3:2{s s q}"),
    ("1/4", "1/5 1/5 1/5 1/5 1/5", "5:4{s s s s s}"),
    ("1/4", "2/5 3/5", "5:4{e e.}"),
    ("1/4", "1/7 1/7 1/7 1/7 1/7 1/7 1/7", "7:4{s s s s s s s}"),
    ("1/4", "1/7 5/7 1/7", "7:4{s q~ s s}"),
    ("1/4", "1/4 5/12 1/3", "s s~ 3:2{s e}"),  # four and three in one beat
    ("2/4", "2/3 2/3 2/3", "3:2{q q q}"),
    ("2/4", "1/3 1/3 2/3 2/3", "3:2{e e q q}"),
    ("2/4", "1/3 1/3 1/3 1/3 1/3 1/3", "3:2{e e e} 3:2{e e e}"),
    ("2/4", "2/3 4/3", "3:2{q e~} q"),
    ("2/4", "1 2/3 1/3", "q 3:2{q e}"),
    ("3/4", "1 2/3 2/3 2/3", "q 3:2{q q q}"),
    ("3/4", "2/3 2/3 2/3 1", "3:2{q q q} q"),
    ("4/4", "4/3 4/3 4/3", "3:2{h h h}"),
    ("4/4", "1 2/3 2/3 2/3 1", "q 3:2{q e~} 3:2{e q} q"),  # the middle is shown
    ("4/4", "8/3 1/3 1", "h~ 3:2{q e} q"),
    ("2/2", "1/3 1/3 1/3 1/3 1/3 1/3 2", "3:2{e e e} 3:2{e e e} h"),
    ("2/2", "2/3 2/3 2/3 2", "3:2{q q q} h"),
    ("2/2", "4/3 4/3 4/3", "3:2{h h h}"),
    ("6/8", "1/6 1/6 1/6 1/2 1/2 3/2", "3:2{s s s} e e q."),
    ("3/8", "3/10 3/10 3/10 3/10 3/10", "5:6{s s s s s}"),
]

PICKUPS = [
    ("4/4", "1/2", "e"),
    ("4/4", "1/2 1", "e q"),
    ("4/4", "1 1 1", "q q q"),
    ("4/4", "1/2 3/2", "e q."),
    ("4/4", "3/2 3/2", "e~ q q."),  # on the upbeat before the middle
    ("3/4", "1/4 1/4", "s s"),
    ("3/4", "3/4", "e."),
    ("6/8", "1/2 1 1/2", "e q e"),
    ("6/8", "1/2 2", "e h"),
    ("2/4", "1/6 1/6 1/6", "3:2{s s s}"),
    ("2/4", "1/3 1/6", "3:2{e s}"),
]


@pytest.mark.parametrize(("meter", "lengths", "expected"), SIMPLE + COMPOUND + RESTS + TUPLETS)
def test_rhythms_in_full_bars(meter: str, lengths: str, expected: str) -> None:
    assert sum(s.end - s.onset for s in stretches_of(lengths)) == bar_of(meter).length
    assert written(meter, lengths) == expected


@pytest.mark.parametrize(("meter", "lengths", "expected"), PICKUPS)
def test_rhythms_in_pickups(meter: str, lengths: str, expected: str) -> None:
    assert written(meter, lengths) == expected
