"""The sustain pedal: from the moves of the foot to marks that stand at notes.

A sensor says where the pedal is at every moment; a score says at which note it goes down, changes
and goes up. Pianists mostly pedal *legato*: the foot comes up with the new chord and goes down
again once the old one is damped, a tenth to half a second late. That is one change, and it is
written at the chord. A foot that trembles near the point where the dampers lift, or comes half
up, changes nothing that a reader would want to see.

So the way is: depths (0-127) to presses in seconds, with two thresholds; of these the ones that
mean something; a short lift with a note in it is a change at that note; all else goes to those
written onsets and ends at which the marks are true for most of the time. For the practice see
J. Banowetz, "The Pianist's Guide to Pedaling" (1985); the convention of marks at noteheads is that
of E. Gould, "Behind Bars" (2011).
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import numpy as np

from engrave.grid import Grid, PlacedNote
from engrave.performance import Performance

DOWN, UP = 64, 60  # the pedal goes down at this depth, and up below that one
FLUTTER = 0.08  # seconds: a shorter lift damps nothing, unless a note comes with it
TAP = 0.1  # seconds: a shorter press counts only if a released key sounds on through it
LEGATO = 0.15  # seconds: so short a lift with a note in it is always a change
LATE, EARLY = 0.2, 0.08  # seconds by which a change may come after its chord, or before it
MARK = 0.05  # seconds: a press must make the marks true for that much more
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
class _Place:
    """Where a mark may stand, when that was in seconds, and whether the pedal may go down here."""

    quarter: Fraction
    second: float
    onset: bool


def mark_pedal(
    performance: Performance, notes: Sequence[PlacedNote], grid: Grid
) -> tuple[PedalSpan, ...]:
    """Where the sustain pedal is written, in order and without overlap.

    A span starts at the onset of a note and stops at the onset or the end of a note.
    """
    if not notes:
        return ()
    places = _places(performance, notes, grid)
    presses = _meaningful(_presses(performance, places[0].second, places[-1].second), performance)
    if not presses:
        return ()
    exchanges = _exchanges(presses, places)
    spans = _spans(_held_over(presses, exchanges), places)
    return _readable(_changed(spans, exchanges), notes, grid)


def _presses(performance: Performance, first: float, last: float) -> list[_Press]:
    """When the pedal is down between the first note and the end of the last, in seconds."""
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
        if (
            steady
            and press.start - steady[-1].stop < FLUTTER
            and not _any_within(onsets, steady[-1].stop - LATE, press.start + EARLY)
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


def _places(
    performance: Performance, notes: Sequence[PlacedNote], grid: Grid
) -> tuple[_Place, ...]:
    """The written onsets, each when the middle one of its notes was played, and the ends."""
    played: dict[Fraction, list[float]] = {}
    for note in sorted(notes, key=lambda note: (note.onset, note.grace)):
        if not note.grace or note.onset not in played:
            played.setdefault(note.onset, []).append(performance.notes[note.played].onset)
    ends = sorted({note.end for note in notes} - set(played))
    seconds = dict(zip(ends, grid.time_at(np.array(ends, float)).tolist(), strict=True))
    seconds |= {onset: float(np.median(times)) for onset, times in played.items()}
    quarters = sorted(seconds)
    in_order = np.maximum.accumulate([seconds[quarter] for quarter in quarters]).tolist()
    return tuple(
        _Place(quarter, second, quarter in played)
        for quarter, second in zip(quarters, in_order, strict=True)
    )


def _exchanges(presses: Sequence[_Press], places: Sequence[_Place]) -> list[_Place | None]:
    """For each press but the last: the onset at which the foot comes up and goes down again.

    None if no note comes with that. Whether a long lift is written as a change, or as a moment
    without pedal, is not decided by this.
    """
    onsets = [place for place in places if place.onset]
    seconds = [place.second for place in onsets]
    exchanges: list[_Place | None] = []
    for press, following in pairwise(presses):
        low = bisect_left(seconds, press.stop - LATE)
        high = bisect_right(seconds, following.start + EARLY)
        lifted = (press.stop + following.start) / 2
        near = min(onsets[low:high], key=lambda place: abs(place.second - lifted), default=None)
        exchanges.append(near)
    return exchanges


def _held_over(presses: Sequence[_Press], exchanges: Sequence[_Place | None]) -> list[_Press]:
    """The presses, those that are quickly exchanged for each other as one."""
    held = [presses[0]]
    for exchange, press in zip(exchanges, presses[1:], strict=True):
        if exchange is None or press.start - held[-1].stop >= LEGATO:
            held.append(press)
        else:
            held[-1] = _Press(held[-1].start, press.stop)
    return held


def _spans(held: Sequence[_Press], places: Sequence[_Place]) -> list[PedalSpan]:
    """The marks that are false for the fewest seconds, a press itself counting as `MARK`.

    A shortest path through the places: after each one the pedal is up or down.
    """
    down = _seconds_down(held, places)
    up = np.diff([place.second for place in places]) - down
    cost_up, cost_down = 0.0, np.inf
    was_down: list[tuple[bool, bool]] = []  # before each place, if up and if down after it
    # After the last place the pedal is up.
    for place, if_up, if_down in zip(
        places, [*down.tolist(), 0.0], [*up.tolist(), np.inf], strict=True
    ):
        pressed = cost_up + (MARK if place.onset else np.inf)
        was_down.append((cost_down < cost_up, cost_down <= pressed))
        cost_up, cost_down = min(cost_up, cost_down) + if_up, min(pressed, cost_down) + if_down
    spans: list[PedalSpan] = []
    is_down, stop = False, places[-1].quarter
    for place, before in zip(reversed(places), reversed(was_down), strict=True):
        if before[is_down] and not is_down:
            stop = place.quarter
        elif is_down and not before[is_down]:
            spans.append(PedalSpan(place.quarter, stop))
        is_down = before[is_down]
    return spans[::-1]


def _seconds_down(held: Sequence[_Press], places: Sequence[_Place]) -> np.ndarray:
    """For how long the pedal is down between each place and the next."""
    edges = [time for press in held for time in (press.start, press.stop)]
    lengths = np.diff(edges)
    lengths[1::2] = 0  # from a lift to the next press
    total = np.concatenate([[0.0], np.cumsum(lengths)])
    return np.diff(np.interp([place.second for place in places], edges, total))


def _changed(spans: Sequence[PedalSpan], exchanges: Sequence[_Place | None]) -> list[PedalSpan]:
    """The spans, cut where the pedal is exchanged within them."""
    changes = sorted({place.quarter for place in exchanges if place is not None})
    cut: list[PedalSpan] = []
    for span in spans:
        inside = changes[bisect_right(changes, span.start) : bisect_left(changes, span.stop)]
        borders = [span.start, *inside, span.stop]
        cut.extend(PedalSpan(start, stop) for start, stop in pairwise(borders))
    return cut


def _readable(
    spans: Sequence[PedalSpan], notes: Sequence[PlacedNote], grid: Grid
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
            k = min(seams, key=lambda k: _strength(written[k].start, grid))
            written[k - 1 : k + 1] = [PedalSpan(written[k - 1].start, written[k].stop)]
            i = k - 1
        else:
            i += 1
    return tuple(written)


def _strength(place: Fraction, grid: Grid) -> int:
    """3 on a barline, 2 on a beat, 1 on half a beat, else 0."""
    bar = grid.bars[grid.bar_at(place)]
    beats = (place - bar.start) / bar.beat_length
    return 3 if not beats else {1: 2, 2: 1}.get(beats.denominator, 0)


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
