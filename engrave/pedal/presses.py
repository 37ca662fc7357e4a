"""Pedal presses and lifts in seconds, from the recorded depths of a pedal.

A sensor sends depths (0-127). The dampers leave the strings about half way; a pedal that trembles
there crosses that point many times without effect, one that comes half up keeps the sound. So there
are two thresholds (hysteresis), one for going down and one for coming up; a lift too short to damp
anything is ignored unless a note begins with it, and so is a press through which no released key
sounds on. In music with hardly any pedal a brief press under a note or two is not written.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from engrave.music.performance import PEDAL_DOWN, PedalMove, Performance

PEDAL_UP = 60  # depth: a pedal that is down comes up below this
SHORTEST_LIFT = 0.03  # seconds: a shorter lift is always ignored
SHORTEST_DAMPING_LIFT = 0.08  # seconds: a shorter lift is ignored unless a note begins with it
SHORTEST_PRESS = 0.1  # seconds: a shorter press counts only if a released key sounds on
RARE_SHARE = 0.03  # of the time with the pedal down; below it, brief presses are ignored
SHORTEST_RARE_PRESS = 0.2  # seconds: shorter presses count as brief (docs/experiments.md)
# Seconds by which a pedal move may come after a note, or before it, to belong to it.
LATEST_MOVE, EARLIEST_MOVE = 0.2, 0.08


@dataclass(frozen=True, slots=True)
class PedalPress:
    """The pedal is down from `start` to `stop` seconds."""

    start: float
    stop: float


def pedal_presses(performance: Performance, first: float, last: float) -> list[PedalPress]:
    """The presses of the sustain pedal that have an effect, between two times."""
    presses = _meaningful(down_intervals(performance.sustain, first, last), performance)
    down = sum(press.stop - press.start for press in presses)
    least = SHORTEST_RARE_PRESS if down < RARE_SHARE * (last - first) else 0.0
    return [press for press in presses if press.stop - press.start >= least]


def down_intervals(moves: Iterable[PedalMove], first: float, last: float) -> list[PedalPress]:
    """Intervals with the pedal down between two times; without a last lift, until the second."""
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
    """Presses without lifts that damp nothing, and without presses that hold nothing."""
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
