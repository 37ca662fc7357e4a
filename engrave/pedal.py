"""The sustain pedal: from the moves of the foot to marks that stand at notes.

A sensor says where the pedal is at every moment; a score says at which note it goes down, changes
and goes up. Pianists mostly pedal *legato*: the foot comes up with the new chord and goes down
again once the old one is damped, a tenth to half a second late. That is one change, and it is
written at the chord. A foot that trembles near the point where the dampers lift, or comes half
up, changes nothing that a reader would want to see.

So the way is: depths (0-127) to presses in seconds (`foot`); then, for each press in turn, where it
is marked, if at all, and whether the pedal is lifted before the next one: the marks that are false
for the fewest seconds, found by dynamic programming. Marks stand rather at notes of the lower staff
than of the upper, and rather at these than at a silent eighth of the bar; and presses are an eighth
apart at least, as nobody reads faster ones. For the practice see J. Banowetz, "The Pianist's Guide
to Pedaling" (1985); the convention of marks at noteheads is that of E. Gould, "Behind Bars" (2011).
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from engrave.carriers import can_be_carried
from engrave.foot import Press, presses_of
from engrave.grid import Grid, PlacedNote
from engrave.pedal_words import PedalSpan
from engrave.performance import Performance

APART = Fraction(1, 2)  # quarters between two presses, at least
LONG = Fraction(1, 4)  # quarters that the pedal is down or up, at least
REACH = 0.4  # seconds by which a mark may stand away from the move of the foot
NEAREST = 6  # places that are thought of for each move

# What marks cost, in seconds of false pedal.
MARK = 0.01  # a press: it must make the marks true for that much more
UNSEEN = 0.5  # a new press that is not marked because the pedal stays down
AWAY = 0.3  # each second between a press and its mark
UPPER, SILENT = 0.02, 0.04  # a press where only the upper staff begins a note; where none does
LEGATO = 0.35  # seconds from lift to press that are one change, if such a note comes with it
LATE, EARLY = 0.2, 0.08  # seconds by which the foot may come up after that note, or before it
GRID = Fraction(1, 2)  # quarters between the places of a bar at which silence may be marked


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a mark may stand, when that was in seconds; `press`: what it costs to press there."""

    quarter: Fraction
    second: float
    press: float


@dataclass(frozen=True, slots=True)
class _Thought:
    """One way to have marked the pedal so far, its last mark at `last`.

    `cost` is less the false seconds that there would be from the beginning to `last` if the pedal
    had been all the time as it is after it: so it need not change until the next mark.
    """

    cost: float
    down: bool
    last: _Place
    pressed: Fraction
    before: "_Thought | None"


def mark_pedal(
    performance: Performance, notes: Sequence[PlacedNote], staff: Sequence[int], grid: Grid
) -> tuple[PedalSpan, ...]:
    """Where the sustain pedal is written, in order and without overlap.

    `staff` runs parallel to `notes`. A span starts or stops at an event of the lower staff, or at a
    note or an eighth of the bar whose place in it is a multiple of a sixteenth.
    """
    if not notes:
        return ()
    places = _places(performance, notes, staff, grid)
    presses = presses_of(performance, places[0].second, places[-1].second)
    return _Search(places, presses).spans()


def _places(
    performance: Performance, notes: Sequence[PlacedNote], staff: Sequence[int], grid: Grid
) -> list[_Place]:
    """The places for marks from the first note to the end of the last, in order."""
    costs = _costs(notes, staff, grid)
    quarters = sorted(costs)
    elapsed = grid.time_at(np.array(quarters, float)).tolist()
    played = _played_at(performance, notes)
    seconds = [played.get(q, second) for q, second in zip(quarters, elapsed, strict=True)]
    in_order = np.maximum.accumulate(seconds).tolist()
    return [_Place(q, s, costs[q]) for q, s in zip(quarters, in_order, strict=True)]


def _costs(notes: Sequence[PlacedNote], staff: Sequence[int], grid: Grid) -> dict[Fraction, float]:
    """The places for marks, each with what it costs to press there."""
    first = min(note.onset for note in notes)
    last = max(max(note.end for note in notes), first + GRID)
    costs: dict[Fraction, float] = {}
    starts = [bar.start for bar in grid.bars]
    for bar in grid.bars:
        for k in range(int(bar.length / GRID) + 1):
            costs[bar.start + k * GRID] = SILENT
    costs[grid.bars[-1].end] = np.inf
    for note, number in sorted(zip(notes, staff, strict=True), key=lambda pair: -pair[1]):
        if number == 2:
            costs[note.onset] = 0.0
            costs.setdefault(note.end, SILENT)
        elif can_be_carried(note.onset - starts[bisect_right(starts, note.onset) - 1]):
            costs[note.onset] = min(UPPER, costs.get(note.onset, UPPER))
    end = min((place for place in costs if place >= last), default=last)
    return {place: cost for place, cost in costs.items() if first <= place <= end}


def _played_at(performance: Performance, notes: Sequence[PlacedNote]) -> dict[Fraction, float]:
    """When what is written at each onset was played: its middle note (grace notes come before)."""
    played: dict[Fraction, list[float]] = {}
    for note in sorted(notes, key=lambda note: (note.onset, note.grace)):
        if not note.grace or note.onset not in played:
            played.setdefault(note.onset, []).append(performance.notes[note.played].onset)
    return {quarter: float(np.median(times)) for quarter, times in played.items()}


class _Search:
    """The cheapest marks for the presses, found press by press."""

    def __init__(self, places: Sequence[_Place], presses: Sequence[Press]) -> None:
        self.places, self.presses = places, presses
        self.seconds = [place.second for place in places]
        self.starts = [place for place in places if place.press < np.inf]
        edges = [time for press in presses for time in (press.start, press.stop)]
        lengths = np.diff(edges)
        lengths[1::2] = 0  # from a lift to the next press
        total = np.concatenate([[0.0], np.cumsum(lengths)]) if edges else np.zeros(0)
        held = np.interp(self.seconds, edges, total) if edges else np.zeros(len(places))
        self.held = dict(zip(places, held.tolist(), strict=True))

    def spans(self) -> tuple[PedalSpan, ...]:
        first = self.places[0]
        before = _Place(first.quarter - APART, 0.0, 0.0)
        thoughts = [_Thought(0.0, False, before, before.quarter, None)]
        lift = -np.inf
        for press in self.presses:
            costs = self._costs(lift, press.start)
            thoughts = self._fewest([*self._pressed(thoughts, press, costs)])
            thoughts = self._fewest([*thoughts, *self._lifted(thoughts, press)])
            lift = press.stop
        best = min((t for t in thoughts if not t.down), key=lambda thought: thought.cost)
        return _spans_of(best)

    def _costs(self, lift: float, press: float) -> list[tuple[_Place, float]]:
        """The places for a press, and what each costs; `lift` is when the foot came up last."""
        bass = None
        if press - lift < LEGATO:
            served = _within(self.starts, lift - LATE, press + EARLY)
            lower = [place for place in served if place.press == 0]
            bass = min(lower, key=lambda place: abs(place.second - lift), default=None)
        costs = []
        for place in _near(self.starts, press):
            if place is not bass:
                costs.append((place, MARK + place.press + AWAY * abs(place.second - press)))
        return costs if bass is None else [*costs, (bass, MARK)]

    def _false(self, place: _Place, down: bool) -> float:
        """Seconds up to a place in which the pedal is not as it would be, always down or up."""
        held = self.held[place]
        return place.second - held if down else held

    def _pressed(
        self, thoughts: Iterable[_Thought], press: Press, costs: Sequence[tuple[_Place, float]]
    ) -> Iterable[_Thought]:
        """The press is marked at some place, or not at all."""
        for thought in thoughts:
            is_down = thought.down or thought.last.second > press.start
            unseen = UNSEEN if is_down else 0.0
            yield replace(thought, cost=thought.cost + unseen)
            for place, cost in costs:
                if self._may_press(thought, place.quarter):
                    yield self._marked(thought, place, True, cost)

    @staticmethod
    def _may_press(thought: _Thought, quarter: Fraction) -> bool:
        if quarter - thought.pressed < APART:
            return False
        up = quarter - thought.last.quarter
        return thought.down or up >= LONG or (up == 0 and thought.before is not None)

    def _lifted(self, thoughts: Iterable[_Thought], press: Press) -> Iterable[_Thought]:
        near = _near(self.places, press.stop)
        for thought in thoughts:
            if thought.down:
                for place in near:
                    if place.quarter - thought.last.quarter >= LONG:
                        yield self._marked(thought, place, False, 0.0)

    def _marked(self, thought: _Thought, place: _Place, down: bool, cost: float) -> _Thought:
        since = self._false(place, thought.down) - self._false(place, down)
        pressed = place.quarter if down else thought.pressed
        return _Thought(thought.cost + since + cost, down, place, pressed, thought)

    @staticmethod
    def _fewest(thoughts: list[_Thought]) -> list[_Thought]:
        """The best of those that differ in nothing that matters for what follows."""
        latest = max(thought.last.quarter for thought in thoughts)
        best: dict[tuple, _Thought] = {}
        for thought in thoughts:
            past = latest - 4 * APART
            key = (thought.down, max(thought.last.quarter, past), max(thought.pressed, past))
            if key not in best or thought.cost < best[key].cost:
                best[key] = thought
        return list(best.values())


def _within(places: Sequence[_Place], start: float, stop: float) -> Sequence[_Place]:
    low = bisect_left(places, start, key=lambda place: place.second)
    return places[low : bisect_right(places, stop, key=lambda place: place.second)]


def _near(places: Sequence[_Place], second: float) -> Sequence[_Place]:
    """The places within reach of a time, not too many; if there are none, the nearest one."""
    middle = bisect_left(places, second, key=lambda place: place.second)
    low = bisect_left(places, second - REACH, key=lambda place: place.second)
    high = bisect_right(places, second + REACH, key=lambda place: place.second)
    near = places[max(low, middle - NEAREST) : min(high, middle + NEAREST)]
    around = places[max(middle - 1, 0) : middle + 1]
    return near or sorted(around, key=lambda place: abs(place.second - second))[:1]


def _spans_of(thought: _Thought) -> tuple[PedalSpan, ...]:
    """The spans between the marks of a line of thought."""
    marks: list[tuple[Fraction, bool]] = []
    at: _Thought | None = thought
    while at is not None and at.before is not None:
        marks.append((at.last.quarter, at.down))
        at = at.before
    spans: list[PedalSpan] = []
    start: Fraction | None = None
    for quarter, down in reversed(marks):
        if start is not None:
            spans.append(PedalSpan(start, quarter))
        start = quarter if down else None
    return tuple(spans)
