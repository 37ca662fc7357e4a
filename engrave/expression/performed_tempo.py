"""Performed tempo: hidden tempo changes with which a program plays the score as it was performed.

A tempo mark gives one speed; a player slows down and speeds up with every phrase (Todd, *J. Acoust.
Soc. Am.* 91, 1992). So the score keeps, hidden, how fast the music really went: the tempo is
constant from one change to the next, and a change is written only where otherwise a beat would come
noticeably too early or too late: people notice 2.5 % of its length, 20 ms of 0.8 s (Friberg and
Sundberg, *J. Acoust. Soc. Am.* 98, 1995). A change stands where a note or rest begins, as programs
move or lose what stands elsewhere; one at the position of a tempo mark is what that mark sounds
like.

Positions are quarters from the start of the piece, times are seconds, tempi quarters a minute.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from math import inf

import numpy as np

from engrave.music.grid import STRAIGHT, Grid
from engrave.music.marks import HiddenTempo, TempoMark
from engrave.music.score import Measure, Score, without_performed_tempo

LARGEST_ERROR = 0.02  # seconds by which a beat may come too early or too late
SLOWEST, QUICKEST = 4.0, 2000.0  # quarters a minute: limits of a MIDI file
DECIMALS = 2  # as many as MuseScore 3 keeps


@dataclass(frozen=True, slots=True)
class _ScorePosition:
    """Position where an event begins in the first part: in the piece, and on the page."""

    quarter: Fraction
    measure: int
    onset: Fraction


@dataclass(frozen=True, slots=True)
class _Passage:
    """Consecutive measures, as the positions in them, and their end."""

    positions: Sequence[_ScorePosition]
    end: Fraction


@dataclass(frozen=True, slots=True)
class _TempoRange:
    """Tempi (seconds a quarter) with which all beats up to `last` are in time, but not the next."""

    low: float
    high: float
    last: float
    missed: bool


def add_performed_tempo(score: Score, grid: Grid) -> Score:
    """The score with the performed tempo; a repeated section has that of its first time."""
    score = without_performed_tempo(score)
    first, *others = score.parts
    tempi: list[list[HiddenTempo]] = [[] for _ in first.measures]
    even = replace(grid, swing=STRAIGHT)  # swing does not change the tempo
    beats = [float(quarter) for quarter in grid.quarters]
    for passage in _passages(score, grid):
        for position, per_minute in _tempi(passage, even, beats):
            tempi[position.measure].append(HiddenTempo(position.onset, per_minute))
    measures = map(_with_tempi, first.measures, tempi)
    return replace(score, parts=(replace(first, measures=tuple(measures)), *others))


def _with_tempi(measure: Measure, tempi: Sequence[HiddenTempo]) -> Measure:
    heard = {tempo.onset: tempo for tempo in tempi}
    marks = [
        replace(mark, sounding_tempo=heard.pop(mark.onset).per_minute)
        if isinstance(mark, TempoMark) and mark.onset in heard
        else mark
        for mark in measure.marks
    ]
    return replace(measure, marks=(*marks, *heard.values()))


def _passages(score: Score, grid: Grid) -> Iterator[_Passage]:
    """Measures that follow one another on the page and in the performance.

    A new run begins at each jump of a repeat, and with a tempo mark.
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
        positions = []
        for k in range(start, stop):
            onsets = {event.onset for voice in measures[k].voices for event in voice.events}
            begins = grid.bars[bars[k]].start
            positions += [_ScorePosition(begins + onset, k, onset) for onset in sorted(onsets)]
        yield _Passage(positions, grid.bars[bars[stop - 1]].end)


def _tempi(
    passage: _Passage, grid: Grid, beats: Sequence[float]
) -> Iterator[tuple[_ScorePosition, float]]:
    """The fewest tempo changes that keep every beat in time, each with its position."""
    begun = [float(position.quarter) for position in passage.positions]
    quarters = [*begun, float(passage.end)]
    heard = grid.time_at(np.array(quarters)).tolist()
    inside = slice(bisect_right(beats, quarters[0]), bisect_right(beats, quarters[-1]))
    beats, times = beats[inside], grid.times[inside]
    now, clock = 0, heard[0]
    while now < len(begun):
        here = begun[now]
        coming = bisect_right(beats, here)
        tempo_range = _narrow(
            ((beats[k], times[k]) for k in range(coming, len(beats))), here, clock
        )
        stop = (
            max(bisect_right(begun, tempo_range.last) - 1, now + 1)
            if tempo_range.missed
            else len(begun)
        )
        span = quarters[stop] - here
        lasting = (heard[stop] - clock) / span
        if (
            quarters[stop] <= tempo_range.last or not tempo_range.missed
        ):  # else nothing begins in time
            lasting = min(max(lasting, tempo_range.low), tempo_range.high)
        per_minute = round(60 / min(max(lasting, 60 / QUICKEST), 60 / SLOWEST), DECIMALS)
        yield passage.positions[now], per_minute
        now, clock = stop, clock + span * 60 / per_minute


def _narrow(beats: Iterable[tuple[float, float]], here: float, clock: float) -> _TempoRange:
    """Narrow the tempi beat by beat until one would be missed; `clock` is the time at `here`.

    `beats` are positions and times.
    """
    low, high, last = 0.0, inf, here
    for position, time in beats:
        low_here = max(low, (time - LARGEST_ERROR - clock) / (position - here))
        high_here = min(high, (time + LARGEST_ERROR - clock) / (position - here))
        if low_here > high_here:
            return _TempoRange(low, high, last, missed=True)
        low, high, last = low_here, high_here, position
    return _TempoRange(low, high, last, missed=False)
