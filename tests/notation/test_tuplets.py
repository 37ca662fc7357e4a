"""Where tuplets stand and what is printed of them; rhythms in small as in `support.rhythms`."""

from dataclasses import replace
from fractions import Fraction

import pytest

from engrave.music.score import Chord, Event, Rest, Voice
from engrave.music.values import NoteValue
from engrave.notation.note_values import bar_points
from engrave.notation.tuplets import Tuplet, TupletBracket, find_tuplets, tuplet_brackets
from engrave.notation.written_values import split_into_values
from tests.support.rhythms import bar_of, faults, stretches_of, written
from tests.support.scores import chord, head, rest, voice

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
    ("1/4", "1/2 1/6 1/3", "3:2{e. s e}"),  # a siciliano is read at a glance
    ("1/4", "1/3 1/6 1/2", "3:2{e s} e"),
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
    ("2/4", "1/6 1/6 1/6", "3:2{s s s}"),
    ("2/4", "1/3 1/6", "3:2{e s}"),
]


@pytest.mark.parametrize(("meter", "lengths", "expected"), TUPLETS)
def test_tuplets_in_full_bars(meter: str, lengths: str, expected: str) -> None:
    assert sum(s.end - s.onset for s in stretches_of(lengths)) == bar_of(meter).length
    assert written(meter, lengths) == expected


@pytest.mark.parametrize(("meter", "lengths", "expected"), PICKUPS)
def test_tuplets_in_pickups(meter: str, lengths: str, expected: str) -> None:
    assert written(meter, lengths) == expected


@pytest.mark.parametrize("meter", ["2/4", "6/8"])
@pytest.mark.parametrize("place", ["1/3", "1/12", "1/24", "5/24", "1/60", "1/15", "8/15"])
@pytest.mark.parametrize("pickup", ["5/8", "3/4", "1"])
def test_odd_places_are_written_even_in_a_part_of_a_beat(
    meter: str, place: str, pickup: str
) -> None:
    full = bar_of(meter)
    bar = bar_of(meter, Fraction(pickup))
    stretches = stretches_of(f"{place} r{bar.length - Fraction(place)}")
    values = split_into_values(stretches, bar, full.length - bar.length)
    assert faults(values, stretches) == []


def found(meter: str, lengths: str) -> list[Tuplet]:
    cuts = frozenset(stretch.end for stretch in stretches_of(lengths))
    return find_tuplets(cuts, bar_points(bar_of(meter), Fraction(0)))


def test_a_tuplet_says_how_many_notes_stand_in_the_time_of_how_many() -> None:
    half = Fraction(1, 2)
    assert found("2/4", "1/2 1/2 1") == []
    assert found("2/4", "1 1/2 1/6 1/6 1/6") == [Tuplet(1 + half, Fraction(2), 3, 2)]
    assert found("2/4", "2/3 2/3 2/3") == [Tuplet(Fraction(0), Fraction(2), 3, 2)]
    assert found("6/8", "3/4 3/4 3/2") == []  # dotted eighths: two in a dotted beat are plain
    assert found("3/8", " ".join(["3/14"] * 7)) == [Tuplet(Fraction(0), Fraction(3, 2), 7, 6)]


EIGHTH, QUARTER = NoteValue("eighth", 0, 3, 2), NoteValue("quarter", 0, 3, 2)


def triplet(*members: Chord | Rest) -> list[Event]:
    """The events as one tuplet, from the first to the last."""
    events = list(members)
    events[0] = replace(events[0], tuplet_start=True)
    events[-1] = replace(events[-1], tuplet_stop=True)
    return events


def beamed(*words: str) -> list[Event]:
    """A triplet of eighths under these beams; "-" is a rest, "" a note without a beam."""
    return triplet(
        *(
            rest(EIGHTH)
            if word == "-"
            else chord(EIGHTH, head("C5", k), beams=(word,) * bool(word))
            for k, word in enumerate(words)
        )
    )


@pytest.mark.parametrize(
    ("beams", "bracket"),
    [
        (("begin", "continue", "end"), False),
        (("begin", "-", "end"), False),  # the beam goes over the rest
        (("continue", "continue", "continue"), False),  # of a beam that is longer
        (("begin", "end", ""), True),
        (("", "begin", "end"), True),
        (("begin", "end", "-"), True),
        (("-", "begin", "end"), True),
        (("", "", ""), True),
    ],
)
def test_a_beam_over_all_of_a_tuplet_takes_the_place_of_its_bracket(
    beams: tuple[str, ...], bracket: bool
) -> None:
    (signs,) = tuplet_brackets([voice(1, *beamed(*beams))])
    assert signs == dict.fromkeys(range(3), TupletBracket("eighth", bracket))


def test_a_tuplet_counts_in_the_note_type_of_which_so_many_fill_it() -> None:
    broken = triplet(chord(QUARTER, head("C5", 0)), chord(EIGHTH, head("D5", 1)))
    wide = triplet(*(chord(QUARTER, head("C5", k)) for k in range(2, 5)))
    (signs,) = tuplet_brackets([voice(1, chord("4", head("C5", 9)), *broken, *wide)])
    assert {k: sign.unit for k, sign in signs.items()} == {
        **{1: "eighth", 2: "eighth"},
        **{3: "quarter", 4: "quarter", 5: "quarter"},
    }


def test_voices_that_divide_alike_show_one_number() -> None:
    under_a_beam = beamed("begin", "continue", "end")
    upper, lower = voice(1, *under_a_beam), voice(2, *under_a_beam)
    bass, later = voice(5, *under_a_beam), voice(2, rest("4"), *under_a_beam)

    def numbers(*voices: Voice) -> list[list[bool]]:
        return [[sign.number for sign in signs.values()] for signs in tuplet_brackets(voices)]

    assert numbers(upper, lower) == [[True] * 3, [False] * 3]
    assert numbers(upper, bass) == [[True] * 3] * 2  # each staff has its own
    assert numbers(upper, later) == [[True] * 3] * 2
    bracketed = voice(2, *beamed("", "", ""))
    assert numbers(upper, bracketed) == [[True] * 3] * 2  # a bracket is looked for in it
