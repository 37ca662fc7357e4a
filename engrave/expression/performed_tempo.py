"""The pace of the performance, for the ear alone: a program that plays the score breathes with it.

A tempo mark gives one speed; a player holds back and hurries on with every phrase (Todd, *J.
Acoust. Soc. Am.* 91, 1992). So the score keeps, unseen, how fast the music really went: from one
pace to the next it goes evenly, and a new one is written only where otherwise a beat would come
noticeably too early or too late: people notice 2.5 % of its length, 20 ms of 0.8 s (Friberg and
Sundberg, *J. Acoust. Soc. Am.* 98, 1995). A pace stands where a note or rest begins, for programs
move or lose what stands elsewhere; one at the place of a tempo mark is what that mark sounds like.

Places are quarters from the start of the piece, times are seconds, a pace is quarters a minute.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from math import inf

import numpy as np

from engrave.music.grid import EVEN, Grid
from engrave.music.marks import Pace, TempoMark
from engrave.music.score import Measure, Score, without_paces

TOLERANCE = 0.02  # seconds by which a beat may come too early or too late
SLOWEST, QUICKEST = 4.0, 2000.0  # what a MIDI file can say; more than anybody can hear
DECIMALS = 2  # as many as MuseScore 3 keeps


@dataclass(frozen=True, slots=True)
class _Place:
    """Where something begins in the first part: in the piece, and on the page."""

    quarter: Fraction
    measure: int
    onset: Fraction


@dataclass(frozen=True, slots=True)
class _Run:
    """Measures in a row, as the places in them, and where they end."""

    places: Sequence[_Place]
    end: Fraction


@dataclass(frozen=True, slots=True)
class _Reach:
    """Paces (seconds a quarter) with which all beats up to `last` come in time, the next not."""

    low: float
    high: float
    last: float
    missed: bool


def keep_pace(score: Score, grid: Grid) -> Score:
    """The score with the pace at which it was played; what is played twice has that of once."""
    score = without_paces(score)
    first, *others = score.parts
    paces: list[list[Pace]] = [[] for _ in first.measures]
    for run in _runs(score, grid):
        for place, per_minute in _paces(run, grid):
            paces[place.measure].append(Pace(place.onset, per_minute))
    measures = map(_with_paces, first.measures, paces)
    return replace(score, parts=(replace(first, measures=tuple(measures)), *others))


def _with_paces(measure: Measure, paces: Sequence[Pace]) -> Measure:
    heard = {pace.onset: pace for pace in paces}
    marks = [
        replace(mark, pace=heard.pop(mark.onset).per_minute)
        if isinstance(mark, TempoMark) and mark.onset in heard
        else mark
        for mark in measure.marks
    ]
    return replace(measure, marks=(*marks, *heard.values()))


def _runs(score: Score, grid: Grid) -> Iterator[_Run]:
    """Measures that follow one another on the page and in the performance.

    A new run begins where the reader leaps, or comes back to, and with a tempo mark.
    """
    measures = score.parts[0].measures
    bars = [score.order.index(k) if score.order else k for k in range(len(measures))]
    begun = [
        k
        for k in range(1, len(bars))
        if bars[k] != bars[k - 1] + 1
        or measures[k].forward
        or any(isinstance(mark, TempoMark) for mark in measures[k].marks)
    ]
    for start, stop in pairwise([0, *begun, len(bars)]):
        places = []
        for k in range(start, stop):
            onsets = {event.onset for voice in measures[k].voices for event in voice.events}
            begins = grid.bars[bars[k]].start
            places += [_Place(begins + onset, k, onset) for onset in sorted(onsets)]
        yield _Run(places, grid.bars[bars[stop - 1]].end)


def _paces(run: _Run, grid: Grid) -> Iterator[tuple[_Place, float]]:
    """As few as keep up with the performance, each with where it begins."""
    begun = [float(place.quarter) for place in run.places]
    quarters = [*begun, float(run.end)]
    even = replace(grid, swing=EVEN)  # how the eighths swing is no matter of the pace
    heard = even.time_at(np.array(quarters)).tolist()
    beats = [float(quarter) for quarter in grid.quarters if quarter <= run.end]
    now, clock = 0, heard[0]
    while now < len(begun):
        here = begun[now]
        coming = bisect_right(beats, here)
        reach = _reach(beats[coming:], grid.times[coming:], here, clock)
        stop = max(bisect_right(begun, reach.last) - 1, now + 1) if reach.missed else len(begun)
        span = quarters[stop] - here
        lasting = (heard[stop] - clock) / span
        if quarters[stop] <= reach.last or not reach.missed:  # else nothing begins in time
            lasting = min(max(lasting, reach.low), reach.high)
        per_minute = round(60 / min(max(lasting, 60 / QUICKEST), 60 / SLOWEST), DECIMALS)
        yield run.places[now], per_minute
        now, clock = stop, clock + span * 60 / per_minute


def _reach(beats: Sequence[float], times: Sequence[float], here: float, clock: float) -> _Reach:
    """Narrow the paces from beat to beat until one would be missed; `clock` is the time `here`."""
    low, high, last = 0.0, inf, here
    for place, time in zip(beats, times, strict=False):
        low_here = max(low, (time - TOLERANCE - clock) / (place - here))
        high_here = min(high, (time + TOLERANCE - clock) / (place - here))
        if low_here > high_here:
            return _Reach(low, high, last, missed=True)
        low, high, last = low_here, high_here, place
    return _Reach(low, high, last, missed=False)
