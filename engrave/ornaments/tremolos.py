"""Tremolos: one chord struck again and again, or two in turn, too fast to be counted.

A page full of such notes tells a player nothing that three strokes through a stem do not (Gould,
*Behind Bars*, 2011, ch. 8: tremolos). But most figures of this kind are counted, also fast ones: in
the (n)ASAP scores broken octaves and thirds stand as triplets and 16ths at 85 to 100 ms a stroke.
So there must be many strokes, even and quick ones, more to a quarter than the six of a sextuplet,
and the tremolo goes from one beat to another; what is before and after stays notes. Two
neighbouring keys in turn are a trill and not looked at here. In doubt the notes are written.

A tremolo is written anew in each bar. Its first chord takes the place of all; the chord that
alternates with it joins it when durations are settled.

Times are seconds, positions quarter notes, intervals semitones.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import numpy as np

from engrave.music.grid import Grid
from engrave.music.note import Note, Tremolo
from engrave.music.performance import PlayedNote, chord_starts
from engrave.music.values import QUARTER

FEWEST_STROKES = 12  # strokes, at least
LONGEST_STROKE = 0.1  # seconds from stroke to stroke
LARGEST_STROKE_RATIO = 1.7  # times the median step, for the longest step
FEWEST_STROKES_PER_QUARTER = 6.5  # strokes to a quarter: fewer are counted
TOGETHER_SECONDS = 0.03  # seconds within which the keys of one stroke go down
WIDER_THAN_A_TRILL = 2  # semitones between two single notes


def find_tremolos(
    notes: Sequence[PlayedNote], hand: Sequence[int], grid: Grid
) -> Iterator[Tremolo]:
    """The tremolos among the notes of a hand."""
    starts = chord_starts([notes[i] for i in hand], TOGETHER_SECONDS)
    strokes = [
        tuple(sorted(hand[a:b], key=lambda i: notes[i].pitch))
        for a, b in pairwise([*starts, len(hand)])
    ]
    k = 0
    while k < len(strokes):
        run = max((_run(notes, strokes, k, period) for period in (1, 2)), key=len)
        if _is_quick(notes, run, grid):
            yield from _bars(notes, run, grid)
        k += max(len(run) - 1, 1)


def _run(
    notes: Sequence[PlayedNote], strokes: Sequence[tuple[int, ...]], k: int, period: int
) -> Sequence[tuple[int, ...]]:
    """The strokes from the k-th on that come again after `period` strokes, each soon enough."""
    keys = [tuple(notes[i].pitch for i in stroke) for stroke in strokes[k : k + period]]
    if period == 2 and (len(keys) < 2 or not _apart(*keys)):
        return strokes[k : k + 1]
    end = k + 1
    while (
        end < len(strokes)
        and notes[strokes[end][0]].onset - notes[strokes[end - 1][0]].onset <= LONGEST_STROKE
        and tuple(notes[i].pitch for i in strokes[end]) == keys[(end - k) % period]
    ):
        end += 1
    return strokes[k:end]


def _apart(one: Sequence[int], other: Sequence[int]) -> bool:
    """Whether two chords have no key in common, and are not the two notes of a trill."""
    near = min(abs(a - b) for a in one for b in other)
    return near > WIDER_THAN_A_TRILL or (near > 0 and len(one) + len(other) > 2)


def _is_quick(notes: Sequence[PlayedNote], run: Sequence[tuple[int, ...]], grid: Grid) -> bool:
    """Whether the strokes are many, even, and too fast to be counted."""
    if len(run) < FEWEST_STROKES:
        return False
    times = [notes[stroke[0]].onset for stroke in run]
    steps = np.diff(times)
    quarters = float(np.ptp(grid.quarter_at(np.array([times[0], times[-1]]))))
    return bool(
        steps.max() <= LARGEST_STROKE_RATIO * np.median(steps)
        and len(steps) > FEWEST_STROKES_PER_QUARTER * quarters
    )


def _bars(
    notes: Sequence[PlayedNote], run: Sequence[tuple[int, ...]], grid: Grid
) -> Iterator[Tremolo]:
    """The run from its first beat to its last, bar by bar."""
    times = np.array([notes[stroke[0]].onset for stroke in run])
    step = float(np.median(np.diff(times)))
    inside = slice(
        bisect_left(grid.times, times[0] - step / 2),
        bisect_right(grid.times, times[-1] + 2 * step),
    )
    beats = list(zip(grid.times[inside], grid.quarters[inside], strict=True))
    ends = [
        (time, position)
        for k, (time, position) in enumerate(beats)
        if k in (0, len(beats) - 1) or position == grid.bars[grid.bar_at(position)].start
    ]
    if any(b - a < QUARTER for (_, a), (_, b) in pairwise(beats)):
        return
    for (start, _), (stop, _) in pairwise(ends):
        first, last = np.searchsorted(times, (start - step / 2, stop - step / 2))
        yield _tremolo(notes, run[first:last], start, stop)


def _tremolo(
    notes: Sequence[PlayedNote], strokes: Sequence[tuple[int, ...]], start: float, stop: float
) -> Tremolo:
    keys = [[notes[i].pitch for i in stroke] for stroke in strokes[:2]]
    period = 1 if keys[0] == keys[-1] else 2
    folded = {
        press: tuple(stroke[n] for stroke in strokes[first + period :: period])
        for first in range(period)
        for n, press in enumerate(strokes[first])
    }
    return Tremolo(tuple(strokes[:period]), folded, start, stop)


def add_alternating_chords(
    notes: Sequence[Note],
    tremolos: Sequence[Tremolo],
    played: Sequence[PlayedNote],
    grid: Grid,
) -> tuple[Note, ...]:
    """The notes, those of tremolos up to the beat where each ends, with its second chord.

    `played` are the key presses. No tremolo reaches into the next note of its voice: it ends with
    the last beat before that.
    """
    index = {note.played: k for k, note in enumerate(notes)}
    onsets: dict[tuple[int, int, int], list[Fraction]] = {}
    for note in sorted(notes, key=lambda note: note.onset):
        onsets.setdefault(_line(note), []).append(note.onset)
    joined = list(notes)
    for tremolo in tremolos:
        first = notes[index[tremolo.chords[0][0]]]
        onset, end = first.onset, grid.quarters[bisect_left(grid.times, tremolo.release)]
        own = onsets[_line(first)]
        later = bisect_right(own, onset)
        if later < len(own):
            end = min(end, own[later])
        beat = grid.quarters[bisect_right(grid.quarters, end) - 1]
        duration = beat - onset if beat > onset else first.duration
        lasting = replace(first, duration=duration)
        for press in tremolo.chords[0]:
            note = notes[index[press]]
            joined[index[press]] = replace(
                lasting, played=press, pitch=note.pitch, onset=note.onset
            )
        joined += [replace(lasting, played=i, pitch=played[i].pitch) for i in tremolo.second]
    return tuple(sorted(joined, key=lambda note: note.onset))


def _line(note: Note) -> tuple[int, int, int]:
    """The part, staff and voice of a note."""
    return note.part, note.staff, note.voice
