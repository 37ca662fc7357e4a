"""How well the written or inferred pedal agrees with the foot: shares from 0 to 1.

The foot is the recording's controller 64, down from depth 64 on, taken as it is: no flutter is
left out. What is written is taken as it stands: down from the place of the mark (when the middle
note of that place was played; without one, by the grid) to the place where the line ends; a change
is a moment.

- `time`: share of the time from the first onset to the last release in which both are down, or both
  up. `f`: F-measure of the time down.
- `presses`: F-measure of presses, right within 0.12 s or a sixteenth of a real one.
- `crossings`: F-measure of presses and lifts together, right within 0.15 s.
- Harmony changes, to which the number of marks is compared: the most likely row of triads of the
  beats of the true page, in which a change costs something (compare Temperley, "The Cognition of
  Basic Musical Structures", 2001, ch. 6).
"""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from fractions import Fraction

import numpy as np

from bench.pages.page import Page, PageBar
from engrave.music.grid import Grid
from engrave.music.note import Note, PedalSpan
from engrave.music.performance import PEDAL_DOWN, PedalMove, Performance
from engrave.music.values import is_compound

PRESS, CROSSING = 0.12, 0.15  # seconds
SIXTEENTH = Fraction(1, 4)
TRIADS = ((0, 4, 7), (0, 3, 7), (0, 3, 6))
# What a change of harmony costs: share of a beat's sound outside of it. So chosen, the count is
# 0.96 of the chords that people heard in 50 songs of POP909 (at 0.3 it is 0.82, at 0.05 1.01).
CHANGE = 0.1

Interval = tuple[float, float]  # seconds down, seconds up


def intervals(moves: Sequence[PedalMove], first: float, last: float) -> list[Interval]:
    """When the pedal is down between two times; if it is never lifted, until the last."""
    found, since = [], None
    for move in moves:
        if since is None and move.depth >= PEDAL_DOWN:
            since = move.time
        elif since is not None and move.depth < PEDAL_DOWN:
            found.append((since, move.time))
            since = None
    if since is not None:
        found.append((since, last))
    clipped = ((max(down, first), min(up, last)) for down, up in found)
    return [(down, up) for down, up in clipped if down < up]


def written_intervals(
    spans: Sequence[PedalSpan], performance: Performance, notes: Sequence[Note], grid: Grid
) -> list[Interval]:
    """When the written pedal is down."""
    played: dict[Fraction, list[float]] = {}
    for note in notes:
        if not note.grace:
            played.setdefault(note.onset, []).append(performance.notes[note.played].onset)

    def second(quarter: Fraction) -> float:
        return float(np.median(played[quarter]) if quarter in played else grid.time_at(quarter))

    return [(second(span.start), second(span.stop)) for span in spans]


def compare_time(
    true: Sequence[Interval], found: Sequence[Interval], first: float, last: float
) -> dict[str, float]:
    """`time` and `f`; without a moment down in either, `f` is 1."""
    edges = sorted({first, last, *(min(max(t, first), last) for i in (*true, *found) for t in i)})
    middle = (np.array(edges[1:]) + edges[:-1]) / 2
    length = np.diff(edges)
    real, said = _inside(true, middle), _inside(found, middle)
    both, either = length[real & said].sum(), length[real].sum() + length[said].sum()
    return {
        "time": float(length[real == said].sum() / max(length.sum(), 1e-9)),
        "f": float(2 * both / either) if either else 1.0,
    }


def _inside(pedal: Sequence[Interval], times: np.ndarray) -> np.ndarray:
    count = np.zeros(len(times), int)
    for index, sign in ((0, 1), (1, -1)):
        marks = np.sort([interval[index] for interval in pedal])
        count += sign * np.searchsorted(marks, times, side="right")
    inside: np.ndarray = count > 0
    return inside


def f_measure(
    true: Sequence[float], found: Sequence[float], tolerance: Callable[[float], float]
) -> float:
    """Of two sorted lists of times; each time counts once, in order. Nothing in both is right."""
    i = j = right = 0
    while i < len(true) and j < len(found):
        if abs(true[i] - found[j]) <= tolerance(true[i]):
            right, i, j = right + 1, i + 1, j + 1
        elif true[i] < found[j]:
            i += 1
        else:
            j += 1
    return 2 * right / (len(true) + len(found)) if true or found else 1.0


def press_f(true: Sequence[Interval], found: Sequence[Interval], grid: Grid) -> float:
    """F-measure of the onsets of presses, which may be a 16th (or `PRESS` seconds) apart."""

    def tolerance(second: float) -> float:
        place = float(grid.quarter_at(second))
        around = grid.time_at(np.array([place, place + float(SIXTEENTH)]))
        return max(PRESS, float(around[1] - around[0]))

    return f_measure([i[0] for i in true], [i[0] for i in found], tolerance)


def crossing_f(true: Sequence[Interval], found: Sequence[Interval]) -> float:
    """The mean of the F-measures of presses and lifts."""
    sides = (([i[k] for i in true], [i[k] for i in found]) for k in (0, 1))
    return float(np.mean([f_measure(real, said, lambda _: CROSSING) for real, said in sides]))


def _felt_beat(bar: PageBar) -> Fraction:
    """The beat in quarters: three of the time signature's where they fall into threes (6/8)."""
    threes = is_compound(bar.beats, bar.beat_type, three_in_one=False)
    return Fraction(4, bar.beat_type) * (3 if threes else 1)


def count_harmonies(page: Page) -> int:
    """How many harmonies the true page has."""
    beats = [
        bar.start + k * _felt_beat(bar)
        for bar in page.bars
        for k in range(max(1, int(bar.length / _felt_beat(bar))))
    ]
    sound = np.zeros((len(beats), 12))
    for note in page.notes:
        for k in range(max(0, bisect_right(beats, note.onset) - 1), len(beats)):
            if k and beats[k] >= note.onset + max(note.length, SIXTEENTH):
                break
            sound[k, note.pitch % 12] += 1
    shares = sound / sound.sum(axis=1, keepdims=True).clip(1)
    chords = np.array(
        [[(p - root) % 12 in t for p in range(12)] for root in range(12) for t in TRIADS]
    )
    outside = shares.sum(axis=1, keepdims=True) - shares @ chords.T
    cost, changes = outside[0], np.zeros(len(chords), int)
    for row in outside[1:]:
        best = int(cost.argmin())
        changed = cost[best] + CHANGE < cost
        changes = np.where(changed, changes[best] + 1, changes)
        cost = np.where(changed, cost[best] + CHANGE, cost) + row
    return int(changes[cost.argmin()]) + 1
