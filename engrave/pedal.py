"""The sustain pedal: from the moves of the foot to marks that stand at notes.

A sensor says where the pedal is at every moment; a score says at which note it goes down, changes
and goes up. Pianists mostly pedal *legato*: the foot comes up with the new chord and goes down
again once the old one is damped, a tenth to half a second late. That is one change, and it is
written at the chord. A foot that trembles near the point where the dampers lift, or comes half
up, changes nothing that a reader would want to see.

So the way is: depths (0-127) to presses in seconds, with two thresholds; presses that mean
something; each lifting and pressing again to a change at one onset; everything else to the nearest
place where a mark may stand. For the practice see J. Banowetz, "The Pianist's Guide to Pedaling"
(1985); the convention of marks at noteheads is that of E. Gould, "Behind Bars" (2011).
"""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import numpy as np

from engrave.grid import Grid, PlacedNote
from engrave.performance import Performance

DOWN, UP = 64, 52  # the pedal goes down at this depth, and up below that one
FLUTTER = 0.08  # seconds: a shorter lift damps nothing, unless a note comes with it
TAP = 0.1  # seconds: a shorter press counts only if a released key sounds on through it
LEGATO = 0.45  # seconds from lifting to pressing again within which that can be one change
EARLY = 0.12  # seconds by which the foot may be ahead of the chord at which it changes
EIGHTH, SIXTEENTH = Fraction(1, 2), Fraction(1, 4)


@dataclass(frozen=True, slots=True)
class PedalSpan:
    """The pedal is down from `start` to `stop`, in quarter notes from the start of the first bar.

    Where one span stops and the next starts at the same place, the pedal is changed.
    """

    start: Fraction
    stop: Fraction


@dataclass(frozen=True, slots=True)
class _Press:
    """The pedal is down from `start` to `stop` seconds."""

    start: float
    stop: float


@dataclass(frozen=True, slots=True)
class _Places:
    """Where marks may stand, in order: places in quarter notes, and when they came in seconds."""

    quarters: tuple[Fraction, ...]
    seconds: tuple[float, ...]

    def nearest(self, second: float, after: Fraction | None = None) -> int | None:
        """Index of the place that is nearest in time, of those after a place; None if none is."""
        first = 0 if after is None else bisect_right(self.quarters, after)
        if first == len(self.quarters):
            return None
        i = max(bisect_left(self.seconds, second), first)
        if i > first and (
            i == len(self.quarters) or second - self.seconds[i - 1] < self.seconds[i] - second
        ):
            return i - 1
        return i


def mark_pedal(
    performance: Performance, notes: Sequence[PlacedNote], grid: Grid
) -> tuple[PedalSpan, ...]:
    """Where the sustain pedal is written, in order and without overlap.

    A span starts at the onset of a note and stops at the onset or the end of a note.
    """
    if not notes:
        return ()
    onsets = _onset_places(performance, notes, grid)
    ends = _end_places(onsets, notes, grid)
    presses = _meaningful(_presses(performance), performance)
    strength = _strengths(onsets, grid)
    changes = _changes(presses, onsets, strength)
    return _readable(_spans(presses, changes, onsets, ends), notes, strength)


def _presses(performance: Performance) -> list[_Press]:
    """When the pedal is down, from the first key press to the last sound under a key."""
    first = performance.notes[0].onset
    last = max(note.release for note in performance.notes)
    presses, since = [], None
    for move in performance.sustain:
        if since is None and move.depth >= DOWN:
            since = move.time
        elif since is not None and move.depth < UP:
            presses.append(_Press(since, move.time))
            since = None
    if since is not None:
        presses.append(_Press(since, last))
    clipped = (_Press(max(press.start, first), min(press.stop, last)) for press in presses)
    return [press for press in clipped if press.start < press.stop]


def _meaningful(presses: Sequence[_Press], performance: Performance) -> list[_Press]:
    """Without lifts that damp nothing, and without taps that hold nothing."""
    onsets = [note.onset for note in performance.notes]
    releases = sorted(note.release for note in performance.notes)
    steady: list[_Press] = []
    for press in presses:
        if steady and press.start - steady[-1].stop < FLUTTER and not _any_within(
            onsets, steady[-1].stop - EARLY, press.start
        ):
            steady[-1] = _Press(steady[-1].start, press.stop)
        else:
            steady.append(press)
    return [
        press
        for press in steady
        if press.stop - press.start >= TAP or _any_within(releases, press.start, press.stop)
    ]


def _any_within(times: Sequence[float], start: float, stop: float) -> bool:
    return bisect_left(times, start) < bisect_right(times, stop)


def _onset_places(
    performance: Performance, notes: Sequence[PlacedNote], grid: Grid
) -> _Places:
    """The written onsets; each came when most of its notes were played."""
    played: dict[Fraction, list[float]] = {}
    for note in sorted(notes, key=lambda note: (note.onset, note.grace)):
        if not note.grace or note.onset not in played:
            played.setdefault(note.onset, []).append(performance.notes[note.played].onset)
    seconds = np.maximum.accumulate([np.median(times) for times in played.values()])
    return _Places(tuple(played), tuple(seconds.tolist()))


def _end_places(onsets: _Places, notes: Sequence[PlacedNote], grid: Grid) -> _Places:
    """The written onsets and ends of notes."""
    ends = sorted({note.end for note in notes} - set(onsets.quarters))
    both = dict(zip(onsets.quarters, onsets.seconds, strict=True))
    both |= dict(zip(ends, np.atleast_1d(grid.time_at(np.array(ends, float))).tolist(), strict=True))
    quarters = sorted(both)
    seconds = np.maximum.accumulate([both[quarter] for quarter in quarters])
    return _Places(tuple(quarters), tuple(seconds.tolist()))


def _strengths(onsets: _Places, grid: Grid) -> dict[Fraction, int]:
    """For each onset: 3 on a barline, 2 on a beat, 1 on half a beat, else 0."""
    starts = [bar.start for bar in grid.bars]
    strengths = {}
    for place in onsets.quarters:
        bar = grid.bars[max(bisect_right(starts, place) - 1, 0)]
        beats = (place - bar.start) / bar.beat_length
        strengths[place] = 3 if not beats else {1: 2, 2: 1}.get(beats.denominator, 0)
    return strengths


def _changes(
    presses: Sequence[_Press], onsets: _Places, strength: Mapping[Fraction, int]
) -> list[int | None]:
    """For each press but the last: the onset at which it is exchanged for the next, if it is.

    The foot is up for a moment only, and a note comes at that moment or just before; of several
    the one on the strongest beat, then the last.
    """
    changes: list[int | None] = []
    for press, following in pairwise(presses):
        low = bisect_left(onsets.seconds, press.stop - EARLY)
        high = bisect_right(onsets.seconds, following.start + FLUTTER)
        near = range(low, high) if following.start - press.stop < LEGATO else ()
        changes.append(max(near, key=lambda i: (strength[onsets.quarters[i]], i), default=None))
    return changes


def _spans(
    presses: Sequence[_Press], changes: Sequence[int | None], onsets: _Places, ends: _Places
) -> list[PedalSpan]:
    """Each press at its places: changes where they were found, the rest at the nearest ones.

    A press that no place fits, so that the mark would be false for most of its length, is left
    out: among fast notes the foot is often down for less than one of them.
    """
    spans: list[PedalSpan] = []
    for press, before, change in zip(presses, [None, *changes], [*changes, None], strict=False):
        opening = onsets.nearest(press.start) if before is None else before
        if spans and onsets.quarters[opening] < spans[-1].stop:
            opening = bisect_left(onsets.quarters, spans[-1].stop)
            if opening == len(onsets.quarters):
                break
        start = onsets.quarters[opening]
        if change is not None and change > opening:
            closing = bisect_left(ends.quarters, onsets.quarters[change])
        else:
            closing = ends.nearest(press.stop, after=start)
        if closing is not None and _fits(press, onsets.seconds[opening], ends.seconds[closing]):
            spans.append(PedalSpan(start, ends.quarters[closing]))
    return spans


def _fits(press: _Press, start: float, stop: float) -> bool:
    """Whether the pedal is down for at least half of a span of seconds."""
    return min(press.stop, stop) - max(press.start, start) >= (stop - start) / 2


def _readable(
    spans: Sequence[PedalSpan], notes: Sequence[PlacedNote], strength: Mapping[Fraction, int]
) -> tuple[PedalSpan, ...]:
    """Without lifts too short to write, and without changes faster than the notes ask for."""
    onsets = sorted({note.onset for note in notes})
    last_end: dict[Fraction, Fraction] = {}
    for note in notes:
        last_end[note.onset] = max(note.end, last_end.get(note.onset, note.end))

    def hasty(span: PedalSpan) -> bool:
        """Shorter than an eighth, and more than one chord that is over with it."""
        following = bisect_left(onsets, span.stop) - bisect_left(onsets, span.start)
        alone = following == 1 and last_end[span.start] <= span.stop
        return span.stop - span.start < EIGHTH and not alone

    written = _joined(spans, onsets)
    i = 0
    while i < len(written):
        seams = [k for k in (i, i + 1) if 0 < k < len(written) and _touch(*written[k - 1 : k + 1])]
        if hasty(written[i]) and seams:
            k = min(seams, key=lambda k: strength[written[k].start])
            written[k - 1 : k + 1] = [PedalSpan(written[k - 1].start, written[k].stop)]
            i = k - 1
        else:
            i += 1
    return tuple(written)


def _joined(spans: Sequence[PedalSpan], onsets: Sequence[Fraction]) -> list[PedalSpan]:
    """A lift within a sixteenth before the next press, with no note in it, is a change."""
    joined: list[PedalSpan] = []
    for span in spans:
        if joined:
            stop = joined[-1].stop
            silent = bisect_left(onsets, stop) == bisect_left(onsets, span.start)
            if silent and span.start - stop <= SIXTEENTH:
                joined[-1] = PedalSpan(joined[-1].start, span.start)
        joined.append(span)
    return joined


def _touch(first: PedalSpan, second: PedalSpan) -> bool:
    return first.stop == second.start
