"""How beats may divide, for each hand, and the values that this takes on paper."""

from fractions import Fraction

import pytest

from engrave.rhythm.beat_divisions import (
    CHANGE_COST,
    COMPOUND_DIVISIONS,
    CROSS_COST,
    HAND_DIVISIONS,
    SIMPLE_DIVISIONS,
    TICKS_PER_BEAT,
    default_division,
    shortest_value,
)

F = Fraction
PAIRS = HAND_DIVISIONS


@pytest.mark.parametrize(
    ("length", "compound", "values"),
    [
        (F(1), False, {1: F(1), 2: F(1, 2), 3: F(1, 2), 4: F(1, 4), 5: F(1, 4), 6: F(1, 4)}),
        (F(2), False, {2: F(1), 3: F(1), 4: F(1, 2), 8: F(1, 4)}),
        # A dotted quarter: three eighths, but two dotted eighths stand where 16ths do.
        (F(3, 2), True, {2: F(1, 4), 3: F(1, 2), 4: F(1, 8), 6: F(1, 4), 12: F(1, 8)}),
    ],
)
def test_values_that_a_divided_beat_takes(length, compound, values):
    assert {d: shortest_value(length, compound, d) for d in values} == values


def test_a_beat_ends_where_that_is_not_too_short():
    assert default_division(F(1), False) == 2 and default_division(F(3, 2), True) == 3
    assert (
        default_division(F(1), False, F(1, 2)) == 2
        and default_division(F(1, 2), False, F(1, 2)) == 1
    )


def test_every_division_is_whole_in_ticks():
    assert all(
        TICKS_PER_BEAT % division == 0 for division in (*SIMPLE_DIVISIONS, *COMPOUND_DIVISIONS)
    )


def pair(right: int, left: int, compound: bool = False) -> int:
    """The index of a pair of divisions."""
    kind = (
        range(PAIRS.simple_count, len(PAIRS.divisions)) if compound else range(PAIRS.simple_count)
    )
    return next(k for k in kind if PAIRS.divisions[k] == (right, left))


def allowed(length: Fraction, compound: bool, smallest: Fraction) -> set[tuple[int, int]]:
    return {PAIRS.divisions[k] for k in PAIRS.allowed_in(length, compound, smallest)}


def test_a_plain_beat_divides_in_fives_and_a_dotted_one_in_twelves():
    plain, dotted = allowed(F(1), False, F(0)), allowed(F(3, 2), True, F(0))
    assert {(1, 1), (5, 5), (2, 3), (3, 2)} <= plain and (12, 12) not in plain
    assert {(1, 1), (12, 12), (2, 3), (3, 2)} <= dotted and (5, 5) not in dotted
    assert len(plain) == PAIRS.simple_count and len(plain) + len(dotted) == len(PAIRS.divisions)


def test_no_beat_divides_into_values_that_are_too_short():
    eighths = allowed(F(1), False, F(1, 2))
    assert eighths == {(1, 1), (2, 2), (3, 3), (2, 3), (3, 2)}
    assert allowed(F(1, 2), False, F(1, 2)) == {(1, 1)}  # an eighth is a beat that does not divide
    assert allowed(F(3, 2), True, F(1, 2)) == {(1, 1), (3, 3)}  # two dotted eighths need 16ths
    assert allowed(F(1, 4), False, F(1, 2)) == {(1, 1)}  # a whole beat always may be


def test_each_hand_has_its_division():
    against = pair(2, 3)
    assert [PAIRS.division(against, hand) for hand in (1, 2)] == [2, 3]
    assert [PAIRS.division(against, hand) for hand in (3, 4)] == [
        2,
        3,
    ]  # a second player's hands
    assert PAIRS.common_division(pair(4, 6), frozenset({1, 2})) == 2
    assert PAIRS.common_division(pair(4, 6), frozenset({2})) == 6
    assert PAIRS.common_division(against, frozenset({1, 2})) == 1


def test_hands_cross_where_neither_division_is_part_of_the_other():
    assert PAIRS.crossing[pair(2, 3)] and PAIRS.crossing[pair(3, 4)] and PAIRS.crossing[pair(6, 4)]
    assert not PAIRS.crossing[pair(2, 2)] and not PAIRS.crossing[pair(2, 6)]
    assert PAIRS.crossing[pair(2, 3, compound=True)]


def test_two_against_three_costs_what_both_hands_do_and_that_they_cross():
    assert PAIRS.cost[pair(2, 3)] == pytest.approx(
        SIMPLE_DIVISIONS[2] + SIMPLE_DIVISIONS[3] + CROSS_COST
    )
    assert PAIRS.cost[pair(3, 2)] == PAIRS.cost[pair(2, 3)]
    assert PAIRS.cost[pair(4, 4)] == SIMPLE_DIVISIONS[4]
    assert PAIRS.cost[pair(3, 3, compound=True)] < PAIRS.cost[pair(3, 3)]


def test_only_a_finer_or_coarser_division_follows_at_no_cost():
    assert PAIRS.change[pair(2, 2), pair(4, 4)] == PAIRS.change[pair(4, 4), pair(2, 2)] == 0
    assert PAIRS.change[pair(3, 3), pair(6, 6)] == 0
    assert PAIRS.change[pair(2, 2), pair(3, 3)] == CHANGE_COST
    assert PAIRS.change[pair(4, 4), pair(6, 6)] == CHANGE_COST
    assert PAIRS.change[pair(2, 2), pair(2, 3)] == CHANGE_COST  # the left hand changes
    assert PAIRS.change[pair(1, 1), pair(2, 3)] == 0  # a whole beat is part of any
