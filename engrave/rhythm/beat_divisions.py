"""Divisions of the beat (halves, triplets, sixteenths, ...) and their costs, for both hands.

The hands may divide one beat differently (two against three). Usual divisions cost nothing, rare
ones more. Positions in a beat are counted in 120ths (ticks), which every division here divides.
"""

from dataclasses import dataclass
from fractions import Fraction
from math import gcd

import numpy as np

TICKS_PER_BEAT = 120

# Cost of each division, for plain and for dotted (compound) beats. Sevenths are left out: MuseScore
# 3 counts 480 ticks a quarter and cannot place them exactly.
SIMPLE_DIVISIONS = {1: 0.0, 2: 0.2, 4: 0.65, 3: 1.25, 6: 2.1, 8: 2.25, 5: 4.2}
COMPOUND_DIVISIONS = {1: 0.0, 3: 0.2, 6: 0.65, 2: 1.7, 4: 2.25, 12: 2.25}
# Divisions of the two hands that may occur in one beat, either way round.
SIMPLE_CROSS_RHYTHMS = [(2, 3), (4, 3), (8, 3), (2, 6), (4, 6)]
COMPOUND_CROSS_RHYTHMS = [(3, 2), (6, 2), (3, 4), (6, 4)]
CROSS_COST = 1.75
CHANGE_COST = 3.6  # for a beat that divides unlike the one before (docs/experiments.md)


@dataclass(frozen=True, slots=True)
class HandDivisions:
    """The division pairs (right hand, left hand), those of plain beats before the compound ones.

    `cost` is that of each pair in a beat, `change` that of each pair after each other one;
    `crossing` says in which pairs the divisions conflict (two against three).
    """

    divisions: tuple[tuple[int, int], ...]
    simple_count: int  # how many of them are of plain beats
    cost: np.ndarray
    change: np.ndarray
    crossing: np.ndarray

    @classmethod
    def of_tables(cls) -> "HandDivisions":
        """All pairs of divisions of the tables, with their costs."""
        plain, compound = (
            _costs(SIMPLE_DIVISIONS, SIMPLE_CROSS_RHYTHMS),
            _costs(COMPOUND_DIVISIONS, COMPOUND_CROSS_RHYTHMS),
        )
        divisions = (*plain, *compound)
        change = np.zeros((len(divisions), len(divisions)))
        for kind in (slice(0, len(plain)), slice(len(plain), None)):
            change[kind, kind] = [
                [0.0 if _alike(a, b) else CHANGE_COST for b in divisions[kind]]
                for a in divisions[kind]
            ]
        cost = np.array([*plain.values(), *compound.values()])
        crossing = np.array([right % left != 0 and left % right != 0 for right, left in divisions])
        return cls(divisions, len(plain), cost, change, crossing)

    def allowed_in(self, length: Fraction, compound: bool, smallest: Fraction) -> tuple[int, ...]:
        """Indices of the pairs allowed in a beat of this length, with no note under `smallest`."""
        kind = (
            range(self.simple_count, len(self.divisions)) if compound else range(self.simple_count)
        )
        return tuple(
            pair
            for pair in kind
            if all(
                division == 1 or shortest_value(length, compound, division) >= smallest
                for division in self.divisions[pair]
            )
        )

    def division(self, pair: int, hand: int) -> int:
        """Into how many parts the pair divides a beat for a hand (odd right, even left)."""
        return self.divisions[pair][(hand - 1) % 2]

    def common_division(self, pair: int, hands: frozenset[int]) -> int:
        """Greatest common divisor of the divisions of a beat for these hands."""
        return gcd(*(self.division(pair, hand) for hand in hands))


def _costs(single: dict[int, float], cross: list[tuple[int, int]]) -> dict[tuple[int, int], float]:
    """The cost of each pair of divisions, with equal or conflicting hands."""
    costs = {(d, d): cost for d, cost in single.items()}
    both_ways = cross + [(b, a) for a, b in cross]
    return costs | {(a, b): single[a] + single[b] + CROSS_COST for a, b in both_ways}


def _alike(a: tuple[int, int], b: tuple[int, int]) -> bool:
    """Whether in each hand one division is finer than the other, or the same."""
    return all(x % y == 0 or y % x == 0 for x, y in zip(a, b, strict=True))


HAND_DIVISIONS = HandDivisions.of_tables()


def shortest_value(length: Fraction, compound: bool, division: int) -> Fraction:
    """The shortest note value (quarters, without dots) in a beat divided so, as written.

    Three or two in a quarter are eighths, four to seven 16ths. Two in a dotted quarter count as
    16ths.
    """
    if not compound:
        return length / (1 << division.bit_length() - 1)
    part = length / division
    return part / 3 if part.numerator % 3 == 0 else part


def default_division(length: Fraction, compound: bool, smallest: Fraction = Fraction(0)) -> int:
    """The default number of parts of a beat at which notes may end: halves or thirds.

    One part where they would be shorter than `smallest`.
    """
    parts = 3 if compound else 2
    return parts if shortest_value(length, compound, parts) >= smallest else 1
