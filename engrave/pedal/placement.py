"""Placement of sustain pedal marks: from recorded or inferred pedal moves to marks at notes.

A sensor gives the depth of the pedal at every moment; a score says at which note it goes down,
changes and goes up. Pianists mostly pedal *legato*: they lift the pedal with the new chord and
press it again once the old one is damped, a tenth to half a second late. That is one change, and it
is written at the chord, unless the press is so late that another position is meant. A pedal that
trembles near the point where the dampers lift, or comes half up, changes nothing that belongs on
the page.

Depths (0-127) become presses in seconds (`presses`). Then, for each press in turn, a search by
dynamic programming decides at which position it is marked (`candidates`), if at all, and whether
the pedal is lifted before the next one: the marks that are wrong for the fewest seconds. Presses
are an eighth apart at least, as faster ones cannot be read. For the practice see J. Banowetz, "The
Pianist's Guide to Pedaling" (1985); the convention of marks at noteheads is that of E. Gould,
"Behind Bars" (2011). How the constants were chosen is in docs/experiments.md.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from fractions import Fraction
from itertools import pairwise
from math import lcm

import numpy as np

from engrave.music.arrays import Floats, Ints
from engrave.music.grid import Grid
from engrave.music.note import Note, PedalSpan
from engrave.music.performance import Performance
from engrave.pedal.candidates import MarkPositions, candidate_positions
from engrave.pedal.presses import PedalPress, pedal_presses

LEAST_DISTANCE = Fraction(1, 2)  # quarters between two presses, at least
SHORTEST_SPAN = Fraction(1, 4)  # quarters that the pedal is down or up, at least
# Quarters before the latest mark: the positions of marks before that make no difference.
FORGOTTEN_DISTANCE = 4 * LEAST_DISTANCE
FARTHEST_MARK = 0.4  # seconds between a mark and the pedal move, at most
MOST_CANDIDATES = 6  # positions that are considered before each move, and as many after it

# Costs of marks, in seconds of wrong pedal.
MARK_COST = 0.01  # a press: it must make the marks right for longer than this
UNMARKED_COST = 0.5  # a new press that is not marked because the written pedal stays down
DISTANCE_COST = 0.3  # per second between a press and its mark

EARLIEST_LIFT = 0.08  # seconds from a lift to the note with which the pedal changes, at most
LATE_LIFT = 0.1  # seconds: a lift this late after the note may be followed by a late press
SIXTEENTH = Fraction(1, 4)  # quarters: a press that is late by less is not read as late


@dataclass(frozen=True, slots=True)
class LegatoLimits:
    """Limits within which a lift and a press are one change, at a note of the lower staff (bass).

    All are seconds. `legato` is the longest time from the lift to the press, `late` the longest
    from the bass to the lift, `soon` the longest from the bass to the press (or a sixteenth, which
    is more in slow music) for a change at the bass; then any other position costs `elsewhere`.
    """

    legato: float
    late: float
    soon: float
    elsewhere: float


RECORDED = LegatoLimits(legato=0.35, late=0.2, soon=0.12, elsewhere=0.1)
# An inferred pedal says with which bass it changes, but not exactly when.
INFERRED = LegatoLimits(legato=0.8, late=0.4, soon=0.8, elsewhere=0.5)


def mark_pedal(
    performance: Performance,
    notes: Sequence[Note],
    grid: Grid,
    inferred: bool = False,
) -> tuple[PedalSpan, ...]:
    """The written spans of the sustain pedal, in order and without overlap.

    A span starts or stops at an event of the lower staff, or at a note or an eighth of the bar
    whose position in it is a multiple of a sixteenth.
    """
    if not notes:
        return ()
    positions = candidate_positions(performance, notes, grid)
    presses = pedal_presses(performance, float(positions.seconds[0]), float(positions.seconds[-1]))
    return _PlacementSearch(positions, presses, INFERRED if inferred else RECORDED).spans()


@dataclass(frozen=True, slots=True, eq=False)
class _Hypotheses:
    """Hypotheses of the marks so far, one a row.

    `last` and `pressed` are the positions (indices) of the last mark and of the last press, `mark`
    the index of the last mark. `cost` is relative: from it are taken the seconds up to `last` that
    would be wrong if the pedal had always been in its present state, so that it stays the same
    until the next mark.
    """

    cost: np.ndarray
    down: np.ndarray
    last: np.ndarray
    pressed: np.ndarray
    mark: np.ndarray

    def take(self, rows: np.ndarray) -> "_Hypotheses":
        return _Hypotheses(*(getattr(self, f.name)[rows] for f in fields(self)))


class _PlacementSearch:
    """Search for the cheapest marks of the presses, one press after the other.

    Position 0 is before the first candidate; nothing is marked there.
    """

    def __init__(
        self, positions: MarkPositions, presses: Sequence[PedalPress], limits: LegatoLimits
    ) -> None:
        self.presses, self.limits = presses, limits
        self.quarters = (positions.quarters[0] - LEAST_DISTANCE, *positions.quarters)
        self.seconds = np.append(0.0, positions.seconds)
        self.press_cost = np.append(np.inf, positions.cost)
        self.all = np.arange(1, len(self.quarters))
        self.starts = np.flatnonzero(self.press_cost < np.inf)
        exact = np.array(self.quarters, float)
        later = np.interp(exact + float(SIXTEENTH), exact, self.seconds)
        # Seconds after each position within which a press belongs to what begins there.
        self.soon = np.maximum(limits.soon, later - self.seconds)
        held = _held_until(self.seconds, presses)
        # Seconds up to each position that are wrong if the pedal is always up, and always down.
        self.false = np.stack([held, self.seconds - held])
        parts = lcm(4, *(quarter.denominator for quarter in self.quarters))
        ticks = [q.numerator * (parts // q.denominator) for q in self.quarters]
        # For each position: the first one that is far enough after it, the last one far enough
        # before.
        apart, long, past = (
            int(distance * parts)
            for distance in (LEAST_DISTANCE, SHORTEST_SPAN, FORGOTTEN_DISTANCE)
        )
        self.apart = np.array([bisect_left(ticks, tick + apart) for tick in ticks])
        self.long = np.array([bisect_left(ticks, tick + long) for tick in ticks])
        self.past = np.array([bisect_right(ticks, tick - past) - 1 for tick in ticks])
        # Each mark that was considered: its position, whether down, the index of the one before.
        self.marks = [(0, False, 0)]

    def spans(self) -> tuple[PedalSpan, ...]:
        hypotheses = _Hypotheses(*(np.zeros(1, kind) for kind in (float, bool, int, int, int)))
        lift = -np.inf
        for press in self.presses:
            hypotheses = self._pressed(hypotheses, press, lift)
            hypotheses = self._lifted(hypotheses, press)
            lift = press.stop
        ended = np.where(hypotheses.down, np.inf, hypotheses.cost)
        return self._spans(int(hypotheses.mark[ended.argmin()]))

    def _pressed(self, hypotheses: _Hypotheses, press: PedalPress, lift: float) -> _Hypotheses:
        """Mark the press at each position near it, or not at all; the last lift was at `lift`."""
        near, costs = self._costs_of_presses(lift, press.start)
        last, pressed = hypotheses.last[:, None], hypotheses.pressed[:, None]
        at_the_lift = (near == last) & (last > 0)
        may = hypotheses.down[:, None] | at_the_lift | (near >= self.long[last])
        cost = self._cost(hypotheses, near, True) + costs
        cost[~may | (near < self.apart[pressed])] = np.inf
        is_down = hypotheses.down | (self.seconds[hypotheses.last] > press.start)
        unseen = replace(hypotheses, cost=hypotheses.cost + np.where(is_down, UNMARKED_COST, 0.0))
        return self._fewest(unseen, near, True, cost)

    def _lifted(self, hypotheses: _Hypotheses, press: PedalPress) -> _Hypotheses:
        """Mark the lift at each position near it, or not at all."""
        near = self._near(self.all, press.stop)
        cost = self._cost(hypotheses, near, False)
        cost[~hypotheses.down[:, None] | (near < self.long[hypotheses.last[:, None]])] = np.inf
        return self._fewest(hypotheses, near, False, cost)

    def _costs_of_presses(self, lift: float, press: float) -> tuple[np.ndarray, np.ndarray]:
        """The candidate positions for a press, and the cost of each."""
        near, bass = self._near(self.starts, press), self._bass(lift, press)
        near = near[~np.isin(near, bass)]
        at_bass, elsewhere = np.full(len(bass), MARK_COST), 0.0
        if self._is_with(bass, lift, press):
            elsewhere = self.limits.elsewhere
        else:
            at_bass += DISTANCE_COST * np.abs(self.seconds[bass] - press)
        costs = (
            MARK_COST
            + self.press_cost[near]
            + DISTANCE_COST * np.abs(self.seconds[near] - press)
            + elsewhere
        )
        return np.append(near, bass), np.append(costs, at_bass)

    def _is_with(self, bass: np.ndarray, lift: float, press: float) -> bool:
        """Whether the press belongs to the bass, if there is one.

        That is a press soon after it; or soon after the lift, where the whole change is late.
        """
        if not len(bass):
            return False
        second = self.seconds[bass[0]]
        since = lift if lift - second >= LATE_LIFT else second
        return bool(press - since <= self.soon[bass[0]])

    def _bass(self, lift: float, press: float) -> Ints:
        """The position of the bass with which the pedal is changed, in an array; empty if none."""
        if press - lift >= self.limits.legato:
            return self.starts[:0]
        seconds = self.seconds[self.starts]
        low = np.searchsorted(seconds, lift - self.limits.late)
        served = self.starts[low : np.searchsorted(seconds, press + EARLIEST_LIFT, side="right")]
        lower: Ints = served[self.press_cost[served] == 0]
        return lower[np.argsort(np.abs(self.seconds[lower] - lift), kind="stable")[:1]]

    def _near(self, positions: np.ndarray, second: float) -> np.ndarray:
        """Positions near a time, not too many; if there are none, the nearest one."""
        seconds = self.seconds[positions]
        low, middle = np.searchsorted(seconds, (second - FARTHEST_MARK, second))
        high = np.searchsorted(seconds, second + FARTHEST_MARK, side="right")
        near = positions[max(low, middle - MOST_CANDIDATES) : min(high, middle + MOST_CANDIDATES)]
        around = positions[max(middle - 1, 0) : middle + 1]
        nearest = np.argsort(np.abs(self.seconds[around] - second), kind="stable")[:1]
        return near if len(near) else around[nearest]

    def _cost(self, hypotheses: _Hypotheses, positions: np.ndarray, down: bool) -> np.ndarray:
        """Cost of each hypothesis (row) with another mark at each position (column)."""
        before = self.false[hypotheses.down.astype(int)[:, None], positions]
        cost: np.ndarray = hypotheses.cost[:, None] + (before - self.false[int(down), positions])
        return cost

    def _fewest(
        self, hypotheses: _Hypotheses, positions: np.ndarray, down: bool, cost: np.ndarray
    ) -> _Hypotheses:
        """The best hypotheses, unchanged and with another mark at each of the positions."""
        cost = np.column_stack([hypotheses.cost, cost])
        rows, columns = np.nonzero(cost < np.inf)
        every, new = hypotheses.take(rows), columns > 0
        every.cost[:] = cost[rows, columns]
        every.down[new], every.last[new] = down, positions[columns[new] - 1]
        if down:
            every.pressed[new] = every.last[new]
        best = self._best(every)
        kept, new = every.take(best), new[best]
        number = len(self.marks) + np.arange(np.count_nonzero(new))
        marked = zip(kept.last[new].tolist(), kept.mark[new].tolist(), strict=True)
        self.marks += [(position, down, before) for position, before in marked]
        kept.mark[new] = number
        return kept

    def _best(self, hypotheses: _Hypotheses) -> np.ndarray:
        """Rows of the cheapest of the hypotheses that differ in nothing that matters later."""
        past = self.past[hypotheses.last.max()]
        last, pressed = (np.maximum(p, past) for p in (hypotheses.last, hypotheses.pressed))
        alike = (last * len(self.quarters) + pressed) * 2 + hypotheses.down
        order = np.lexsort((hypotheses.cost, alike))
        starts = np.flatnonzero(np.diff(alike[order], prepend=-1))
        return order[starts][np.argsort(np.minimum.reduceat(order, starts))]

    def _spans(self, mark: int) -> tuple[PedalSpan, ...]:
        """The spans between a mark and all those before it."""
        marks = []
        while mark:
            position, down, mark = self.marks[mark]
            marks.append((self.quarters[position], down))
        steps = pairwise(reversed(marks))
        return tuple(PedalSpan(start, stop) for (start, down), (stop, _) in steps if down)


def _held_until(seconds: Floats, presses: Sequence[PedalPress]) -> Floats:
    """Seconds that the pedal was down up to each time."""
    if not presses:
        return np.zeros(len(seconds))
    edges = [time for press in presses for time in (press.start, press.stop)]
    lengths = np.diff(edges, prepend=edges[0])
    lengths[::2] = 0  # between a lift and the next press
    return np.interp(seconds, edges, np.cumsum(lengths))
