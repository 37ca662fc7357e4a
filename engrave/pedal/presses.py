"""What the foot did: from the moves of a pedal to presses and lifts, in seconds.

A sensor sends depths (0-127). The dampers leave the strings about half way; a foot that trembles
there sends a cloud of crossings that nobody hears, one that comes half up keeps the sound. So there
are two thresholds, for going down and for coming up; a lift too short to damp anything is none
unless a note comes with it, and a tap through which no released key sounds on is none either. In
music that takes hardly any pedal a dab under a note or two is the player's touch: nobody writes it.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from engrave.music.performance import PEDAL_DOWN, PedalMove, Performance

PEDAL_UP = 60  # a pedal that is down comes up below this depth
TREMBLE = 0.03  # seconds: a shorter lift is never one
FLUTTER = 0.08  # seconds: a shorter lift damps nothing, unless a note comes with it
TAP = 0.1  # seconds: a shorter press counts only if a released key sounds on through it
RARE = 0.03  # share of the time: where the pedal is down for less, a dab counts for nothing
DAB = 0.2  # seconds: what is shorter is one
LATE, EARLY = 0.2, 0.08  # seconds by which the foot may come after a note, or before it


@dataclass(frozen=True, slots=True)
class Press:
    """A pedal is down from `start` to `stop` seconds."""

    start: float
    stop: float


def presses_of(performance: Performance, first: float, last: float) -> list[Press]:
    """When the sustain pedal is down in a way that means something, between two times."""
    presses = _meaningful(held(performance.sustain, first, last), performance)
    down = sum(press.stop - press.start for press in presses)
    least = DAB if down < RARE * (last - first) else 0.0
    return [press for press in presses if press.stop - press.start >= least]


def held(moves: Iterable[PedalMove], first: float, last: float) -> list[Press]:
    """When a pedal is down between two times; one that is never lifted is down until the last."""
    presses, since = [], None
    for move in moves:
        if since is None and move.depth >= PEDAL_DOWN:
            since = move.time
        elif since is not None and move.depth < PEDAL_UP:
            presses.append(Press(since, move.time))
            since = None
    if since is not None:
        presses.append(Press(since, last))
    clipped = (Press(max(press.start, first), min(press.stop, last)) for press in presses)
    return [press for press in clipped if press.start < press.stop]


def _meaningful(presses: Iterable[Press], performance: Performance) -> list[Press]:
    """Without lifts that damp nothing, and without taps that hold nothing."""
    onsets = [note.onset for note in performance.notes]
    releases = sorted(note.release for note in performance.notes)
    steady: list[Press] = []
    for press in presses:
        up = press.start - steady[-1].stop if steady else FLUTTER
        with_a_note = up < FLUTTER and _any_within(
            onsets, steady[-1].stop - LATE, press.start + EARLY
        )
        if up < (TREMBLE if with_a_note else FLUTTER):
            steady[-1] = Press(steady[-1].start, press.stop)
        else:
            steady.append(press)
    return [
        press
        for press in steady
        if press.stop - press.start >= TAP or _any_within(releases, press.start, press.stop)
    ]


def _any_within(times: Sequence[float], start: float, stop: float) -> bool:
    return bisect_left(times, start) < bisect_right(times, stop)
