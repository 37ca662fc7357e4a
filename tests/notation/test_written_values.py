"""The values of a voice in a bar: what is tied, and that they fill the bar whatever is played."""

import random
from fractions import Fraction

import pytest

from engrave.notation.written_values import split_into_values
from tests.support.rhythms import (
    bar_of,
    faults,
    in_small,
    random_bar,
    random_places,
    random_stretches,
    stretches_of,
)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(12))
def test_random_bars_are_written_exactly(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(250):
        bar = random_bar(chance)
        stretches = random_stretches(chance, random_places(chance, bar))
        values = split_into_values(stretches, bar, bar.full_length - bar.length)
        assert faults(values, stretches) == [], f"{bar}: {in_small(values)}"


def test_the_faults_are_seen() -> None:
    stretches = stretches_of("1/3 1/3 1/3")
    good = split_into_values(stretches, bar_of("1/4"), Fraction(0))
    assert faults(good, stretches) == []
    assert faults(good[:2], stretches)
    assert faults(good[::-1], stretches)
    assert faults([*good, good[0]], stretches)


def parts(meter: str, lengths: str) -> list[tuple[int | None, str]]:
    """Which chord each value belongs to, and which of its parts it is: "only", "first", "last"."""
    words = {(True, True): "only", (True, False): "first", (False, True): "last"}
    values = split_into_values(stretches_of(lengths), bar_of(meter), Fraction(0))
    return [(one.chord, words.get((one.first, one.last), "inner")) for one in values]


def test_the_parts_of_a_tied_note_belong_to_one_chord() -> None:
    assert parts("4/4", "1/2 2 3/2") == [(0, "only"), (1, "first"), (1, "last"), (2, "only")]
    assert parts("2/4", "2/3 4/3") == [(0, "only"), (1, "first"), (1, "last")]
    assert parts("9/8", "1/2 7/2 1/2") == [
        *((0, "only"), (1, "first"), (1, "inner"), (1, "last"), (2, "only"))
    ]


def test_a_rest_belongs_to_none() -> None:
    assert parts("4/4", "1 r3") == [(0, "only"), (None, "first"), (None, "last")]


def test_a_note_that_leaves_its_tuplet_is_divided_where_that_ends() -> None:
    values = split_into_values(stretches_of("2/3 4/3"), bar_of("2/4"), Fraction(0))
    assert [(one.onset, one.value.actual) for one in values] == [
        (0, 3),
        (Fraction(2, 3), 3),
        (1, 1),
    ]
    assert [(one.tuplet_start, one.tuplet_stop) for one in values] == [
        *((True, False), (False, True), (False, False))
    ]
