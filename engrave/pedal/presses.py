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
SHORTEST_LIFT = 0.03  # seconds: a shorter lift is never one
SHORTEST_DAMPING_LIFT = 0.08  # seconds: a shorter lift damps nothing, unless a note comes with it
SHORTEST_PRESS = 0.1  # seconds: a shorter press counts only if a released key sounds on through it
RARE_SHARE = 0.03  # share of the time: where the pedal is down for less, a dab counts for nothing
SHORTEST_RARE_PRESS = 0.2  # seconds: what is shorter is one
# seconds by which the foot may come after a note, or before it
LATEST_MOVE, EARLIEST_MOVE = 0.2, 0.08


@dataclass(frozen=True, slots=True)
class PedalPress:
    """A pedal is down from `start` to `stop` seconds."""

    start: float
    stop: float


def pedal_presses(performance: Performance, first: float, last: float) -> list[PedalPress]:
    """When the sustain pedal is down in a way that means something, between two times."""
    presses = _meaningful(down_intervals(performance.sustain, first, last), performance)
    down = sum(press.stop - press.start for press in presses)
    least = SHORTEST_RARE_PRESS if down < RARE_SHARE * (last - first) else 0.0
    return [press for press in presses if press.stop - press.start >= least]


def down_intervals(moves: Iterable[PedalMove], first: float, last: float) -> list[PedalPress]:
    """When a pedal is down between two times; one that is never lifted is down until the last."""
    presses, since = [], None
    for move in moves:
        if since is None and move.depth >= PEDAL_DOWN:
            since = move.time
        elif since is not None and move.depth < PEDAL_UP:
            presses.append(PedalPress(since, move.time))
            since = None
    if since is not None:
        presses.append(PedalPress(since, last))
    clipped = (PedalPress(max(press.start, first), min(press.stop, last)) for press in presses)
    return [press for press in clipped if press.start < press.stop]


def _meaningful(presses: Iterable[PedalPress], performance: Performance) -> list[PedalPress]:
    """Without lifts that damp nothing, and without taps that hold nothing."""
    onsets = [note.onset for note in performance.notes]
    releases = sorted(note.release for note in performance.notes)
    steady: list[PedalPress] = []
    for press in presses:
        up = press.start - steady[-1].stop if steady else SHORTEST_DAMPING_LIFT
        with_a_note = up < SHORTEST_DAMPING_LIFT and _any_within(
            onsets, steady[-1].stop - LATEST_MOVE, press.start + EARLIEST_MOVE
        )
        if up < (SHORTEST_LIFT if with_a_note else SHORTEST_DAMPING_LIFT):
            steady[-1] = PedalPress(steady[-1].start, press.stop)
        else:
            steady.append(press)
    return [
        press
        for press in steady
        if press.stop - press.start >= SHORTEST_PRESS
        or _any_within(releases, press.start, press.stop)
    ]


def _any_within(times: Sequence[float], start: float, stop: float) -> bool:
    return bisect_left(times, start) < bisect_right(times, stop)
