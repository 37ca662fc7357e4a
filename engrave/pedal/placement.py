"""The sustain pedal: from the moves of the foot to marks that stand at notes.

A sensor says where the pedal is at every moment; a score says at which note it goes down, changes
and goes up. Pianists mostly pedal *legato*: the foot comes up with the new chord and goes down
again once the old one is damped, a tenth to half a second late. That is one change, and it is
written at the chord, unless the foot goes down so late that another place is meant. A foot that
trembles near the point where the dampers lift, or comes half up, changes nothing that a reader
would want to see.

So the way is: depths (0-127) to presses in seconds (`presses`); then, for each press in turn, where
it is marked (`candidates`), if at all, and whether the pedal is lifted before the next one: the
marks that are false for the fewest seconds, found by dynamic programming. Presses are an eighth
apart at least, as nobody reads faster ones. For the practice see J. Banowetz, "The Pianist's Guide
to Pedaling" (1985); the convention of marks at noteheads is that of E. Gould, "Behind Bars" (2011).
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
# quarters before the latest mark: where marks stood before is all the same
FORGOTTEN_DISTANCE = 4 * LEAST_DISTANCE
FARTHEST_MARK = 0.4  # seconds by which a mark may stand away from the move of the foot
MOST_CANDIDATES = 6  # places that are thought of before each move, and after it

# What marks cost, in seconds of false pedal.
MARK_COST = 0.01  # a press: it must make the marks true for that much more
UNMARKED_COST = 0.5  # a new press that is not marked because the pedal stays down
DISTANCE_COST = 0.3  # each second between a press and its mark

EARLIEST_LIFT = 0.08  # seconds by which the foot may come up before the note with which it changes
LATE_LIFT = 0.1  # seconds: a foot that comes up so late after it goes down as much later
SIXTEENTH = Fraction(1, 4)  # quarters: nobody reads how much less than that a press is late


@dataclass(frozen=True, slots=True)
class LegatoLimits:
    """When a lift and a press are one change, with a new note of the lower staff (the bass).

    `legato` is the most seconds from the lift to the press, `late` by how many seconds the foot may
    come up after the bass, `soon` by how many it may go down after it (or by a sixteenth, which is
    more where the music is slow), if it shall be with it; then another place costs `elsewhere`.
    """

    legato: float
    late: float
    soon: float
    elsewhere: float


RECORDED = LegatoLimits(legato=0.35, late=0.2, soon=0.12, elsewhere=0.1)
# Of an inferred pedal it is known with which bass it changes, and not when within it.
INFERRED = LegatoLimits(legato=0.8, late=0.4, soon=0.8, elsewhere=0.5)


def mark_pedal(
    performance: Performance,
    notes: Sequence[Note],
    grid: Grid,
    inferred: bool = False,
) -> tuple[PedalSpan, ...]:
    """Where the sustain pedal is written, in order and without overlap.

    A span starts or stops at an event of the lower staff, or at a note or an eighth of the bar
    whose place in it is a multiple of a sixteenth.
    """
    if not notes:
        return ()
    positions = candidate_positions(performance, notes, grid)
    presses = pedal_presses(performance, float(positions.seconds[0]), float(positions.seconds[-1]))
    return _PlacementSearch(positions, presses, INFERRED if inferred else RECORDED).spans()


@dataclass(frozen=True, slots=True, eq=False)
class _Hypotheses:
    """Ways to have marked the pedal so far, one a row.

    `last` and `pressed` are the places of the last mark and of the last press, `mark` the number of
    the last mark. `cost` is less the false seconds that there would be from the beginning to `last`
    if the pedal had been all the time as it is after it: so it need not change until the next mark.
    """

    cost: np.ndarray
    down: np.ndarray
    last: np.ndarray
    pressed: np.ndarray
    mark: np.ndarray

    def take(self, rows: np.ndarray) -> "_Hypotheses":
        return _Hypotheses(*(getattr(self, f.name)[rows] for f in fields(self)))


class _PlacementSearch:
    """The cheapest marks for the presses, found press by press.

    Place 0 is the one before the first, where nothing is marked.
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
        # For how many seconds a press is with what begins at a place.
        self.soon = np.maximum(limits.soon, later - self.seconds)
        held = _held_until(self.seconds, presses)
        # Seconds up to a place that are false if the pedal is always up, and always down.
        self.false = np.stack([held, self.seconds - held])
        parts = lcm(4, *(quarter.denominator for quarter in self.quarters))
        ticks = [q.numerator * (parts // q.denominator) for q in self.quarters]
        # Of each place: the first place that is so far after it, the last that is so far before.
        apart, long, past = (
            int(distance * parts)
            for distance in (LEAST_DISTANCE, SHORTEST_SPAN, FORGOTTEN_DISTANCE)
        )
        self.apart = np.array([bisect_left(ticks, tick + apart) for tick in ticks])
        self.long = np.array([bisect_left(ticks, tick + long) for tick in ticks])
        self.past = np.array([bisect_right(ticks, tick - past) - 1 for tick in ticks])
        # Of each mark that was thought of: its place, whether down, the number of the one before.
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
        """The press is marked at some place, or not at all; the foot came up last at `lift`."""
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
        """The lift is marked at some place, or not at all."""
        near = self._near(self.all, press.stop)
        cost = self._cost(hypotheses, near, False)
        cost[~hypotheses.down[:, None] | (near < self.long[hypotheses.last[:, None]])] = np.inf
        return self._fewest(hypotheses, near, False, cost)

    def _costs_of_presses(self, lift: float, press: float) -> tuple[np.ndarray, np.ndarray]:
        """The places for a press, and what each costs."""
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
        """Whether the foot goes down with the bass, if there is one.

        That is soon after it; or soon after the lift, where the whole change is late.
        """
        if not len(bass):
            return False
        second = self.seconds[bass[0]]
        since = lift if lift - second >= LATE_LIFT else second
        return bool(press - since <= self.soon[bass[0]])

    def _bass(self, lift: float, press: float) -> Ints:
        """The note of the lower staff with which the pedal is changed, if there is one."""
        if press - lift >= self.limits.legato:
            return self.starts[:0]
        seconds = self.seconds[self.starts]
        low = np.searchsorted(seconds, lift - self.limits.late)
        served = self.starts[low : np.searchsorted(seconds, press + EARLIEST_LIFT, side="right")]
        lower: Ints = served[self.press_cost[served] == 0]
        return lower[np.argsort(np.abs(self.seconds[lower] - lift), kind="stable")[:1]]

    def _near(self, positions: np.ndarray, second: float) -> np.ndarray:
        """Those within reach of a time, not too many; if there are none, the nearest one."""
        seconds = self.seconds[positions]
        low, middle = np.searchsorted(seconds, (second - FARTHEST_MARK, second))
        high = np.searchsorted(seconds, second + FARTHEST_MARK, side="right")
        near = positions[max(low, middle - MOST_CANDIDATES) : min(high, middle + MOST_CANDIDATES)]
        around = positions[max(middle - 1, 0) : middle + 1]
        nearest = np.argsort(np.abs(self.seconds[around] - second), kind="stable")[:1]
        return near if len(near) else around[nearest]

    def _cost(self, hypotheses: _Hypotheses, positions: np.ndarray, down: bool) -> np.ndarray:
        """What each thought (a row) costs with another mark at each of the places."""
        before = self.false[hypotheses.down.astype(int)[:, None], positions]
        cost: np.ndarray = hypotheses.cost[:, None] + (before - self.false[int(down), positions])
        return cost

    def _fewest(
        self, hypotheses: _Hypotheses, positions: np.ndarray, down: bool, cost: np.ndarray
    ) -> _Hypotheses:
        """The best of the thoughts as they are and with another mark at each of the places."""
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
        """The rows of the cheapest of those that differ in nothing that matters from here on."""
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
    """For how long the pedal was down up to each time."""
    if not presses:
        return np.zeros(len(seconds))
    edges = [time for press in presses for time in (press.start, press.stop)]
    lengths = np.diff(edges, prepend=edges[0])
    lengths[::2] = 0  # from a lift to the next press
    return np.interp(seconds, edges, np.cumsum(lengths))
