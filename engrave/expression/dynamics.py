"""Dynamics and hairpins, from the velocities of the notes beat by beat.

Listeners hear plateaus and slopes of loudness, not single notes; so the beats are divided into
stretches of constant or linearly changing velocity, as few as explain them (segmented least
squares; Bellman, *On the approximation of curves by line segments*, 1961). A new stretch preferably
begins with a bar; a level lasts for a bar at least and a slope for one to four, as quicker signs
cannot be read. A level that differs from the last one written gets a sign, a slope that leads to
another level a hairpin, or *cresc.* and *dim.* where a hairpin would be long: in 204 scores of
piano music three in five changes of four bars or more are words, and one in fourteen of the shorter
ones. (Gould, *Behind Bars*, 2011, ch. 4.)

Instruments and players differ in the velocity of "mf", so half of the difference between this
recording's own median and the customary mf-mp boundary is subtracted before a sign is looked up.
Where all keys have one velocity, it was not recorded, and nothing is written.

Velocities are MIDI's (1-127); positions are quarter notes from the start of the piece.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import inf

import numpy as np

from engrave.music.arrays import Floats, Ints
from engrave.music.grid import Grid
from engrave.music.marks import Dynamic, Hairpin
from engrave.music.note import Note
from engrave.music.performance import Performance

# The sign for velocities up to, not including, the number.
DYNAMIC_SIGNS: tuple[tuple[float, str], ...] = (
    (36, "pp"),
    (50, "p"),
    (64, "mp"),
    (80, "mf"),
    (98, "f"),
    (inf, "ff"),
)
MIDDLE_VELOCITY = 64  # the customary boundary between mp and mf
# Percentile of the velocities in a beat: that of the leading voice, not of the accompaniment.
LOUDNESS_PERCENTILE = 70
LEAST_NOISE = 5.0  # velocity: standard deviation of beats of one level, at least
STRETCH_COST = 9.0  # cost of a stretch, in squared deviations,
OFF_BARLINE_COST = 3.0  # more if it does not begin with a bar,
SLOPE_COST = 4.0  # and more if it is a slope
LONGEST_STRETCH = 256  # beats of a stretch, for speed
SHORTEST_LEVEL = 1.0  # bars of a level, unless the piece begins or ends with it
SHORTEST_SLOPE, LONGEST_SLOPE = 1.0, 4.0  # bars of a slope,
FEWEST_SLOPING_BEATS = 3  # and beats in which something is struck, at least
LONGEST_HAIRPIN = 3.9  # bars; a longer slope is written as a word
LEAST_RISE = 12.0  # velocity between the ends of a slope, at least
# Velocity between two signs, at least, with a hairpin and without.
LEAST_CHANGE, LEAST_SUDDEN_CHANGE = 7.0, 10.0


@dataclass(frozen=True, slots=True)
class _Beat:
    """A felt beat with an onset: position of its first note, and its loudness (velocity).

    `bars` is how many bars of the piece are over when it begins.
    """

    position: Fraction
    loudness: float
    opens_bar: bool
    bars: float


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Beats from `start` to before `stop`; loudness at its beginning and end."""

    start: int
    stop: int
    before: float
    after: float

    @property
    def sloping(self) -> bool:
        return self.before != self.after


def mark_dynamics(
    performance: Performance, notes: Sequence[Note], grid: Grid
) -> tuple[Dynamic | Hairpin, ...]:
    """The dynamic signs and hairpins, in order, each where a note of the upper staff begins.

    The first sign stands at the start of the piece.
    """
    velocities = [note.velocity for note in performance.notes]
    beats = _beats(velocities, notes, grid)
    own = [velocities[note.played] for note in notes]
    if len(set(own)) < 2 or not beats:
        return ()
    offset = (float(np.median(own)) - MIDDLE_VELOCITY) / 2
    marks = list(_marks(beats, _stretches(beats), offset))
    return (marks[0], *(mark for before, mark in pairwise(marks) if not _is_in_force(before, mark)))


def _beats(velocities: Sequence[int], notes: Sequence[Note], grid: Grid) -> list[_Beat]:
    """The felt beats with notes of the upper staff.

    Where that is silent throughout: those in which a note begins with a bar.
    """
    upper = {note.onset for note in notes if note.voice_staff == 1 and not note.grace}
    upper = upper or {bar.start for bar in grid.bars}
    struck: dict[tuple[int, int], list[Note]] = {}
    for note in notes:
        k = grid.bar_at(note.onset)
        bar = grid.bars[k]
        from_end = (bar.end - note.onset) / bar.beat_length
        struck.setdefault((k, -int(-from_end // 1)), []).append(note)
    beats: list[_Beat] = []
    bar_before = -1
    for (k, _), members in sorted(struck.items(), key=lambda item: (item[0][0], -item[0][1])):
        positions = {note.onset for note in members} & upper
        if positions:
            loudness = float(
                np.percentile([velocities[n.played] for n in members], LOUDNESS_PERCENTILE)
            )
            position, bar = min(positions), grid.bars[k]
            over = k + float((position - bar.end) / bar.full_length) + 1  # a pickup ends its bar
            beats.append(_Beat(position, loudness, k != bar_before, over))
            bar_before = k
    return beats


def _stretches(beats: Sequence[_Beat]) -> list[_Stretch]:
    """Division of the beats into levels and slopes with the lowest cost."""
    loud = np.array([beat.loudness for beat in beats])
    if len(loud) > 2:  # a single loud beat is an accent, not a level
        loud[1:-1] = np.median([loud[:-2], loud[1:-1], loud[2:]], axis=0)
    noise = max(LEAST_NOISE, float(np.median(np.abs(np.diff(loud)))) if len(loud) > 1 else 0.0)
    fits = _SquaredErrors(loud / noise)
    opening = (
        np.array([0.0 if beat.opens_bar else OFF_BARLINE_COST for beat in beats]) + STRETCH_COST
    )
    bars = np.array([*(beat.bars for beat in beats), np.ceil(beats[-1].bars + 1e-9)])
    best = np.full(len(beats) + 1, inf)
    best[0] = 0.0
    back: list[tuple[int, bool]] = [(0, False)]
    for stop in range(1, len(beats) + 1):
        starts = np.arange(max(0, stop - LONGEST_STRETCH), stop)
        lasting = bars[stop] - bars[starts]
        outer = (starts == 0) | (stop == len(beats))
        level = best[starts] + opening[starts] + fits.level(starts, stop)
        level[~outer & (lasting < SHORTEST_LEVEL)] = inf
        slope = (
            best[starts]
            + opening[starts]
            + SLOPE_COST
            + fits.slope(starts, stop, LEAST_RISE / noise)
        )
        slope[(lasting < SHORTEST_SLOPE) | (lasting > LONGEST_SLOPE)] = inf
        sloping = bool(slope.min() < level.min())
        costs = slope if sloping else level
        best[stop] = costs.min()
        back.append((int(starts[costs.argmin()]), sloping))
    found: list[_Stretch] = []
    stop = len(beats)
    while stop:
        start, sloping = back[stop]
        before, after = fits.ends(start, stop, sloping)
        found.append(_Stretch(start, stop, before * noise, after * noise))
        stop = start
    return found[::-1]


class _SquaredErrors:
    """Squared errors of a constant or linear fit to the values from one index to another."""

    def __init__(self, values: Floats) -> None:
        x = np.arange(len(values), dtype=float)
        self.sums = [
            np.concatenate([[0.0], np.cumsum(terms)]) for terms in (values, values**2, x * values)
        ]

    def level(self, starts: Ints, stop: int) -> Floats:
        """Sum of squared errors about the mean."""
        n, mean, _, total, _ = self._statistics(starts, stop)
        return total - n * mean**2

    def slope(self, starts: Ints, stop: int, rise: float) -> Floats:
        """Sum of squared errors about the regression line; infinite if it is too flat or short."""
        n, mean, slope, total, spread = self._statistics(starts, stop)
        left = total - n * mean**2 - slope**2 * spread
        fits = (n >= FEWEST_SLOPING_BEATS) & (np.abs(slope) * (n - 1) >= rise)
        return np.where(fits, left, inf)

    def ends(self, start: int, stop: int, sloping: bool) -> tuple[float, float]:
        """The fitted values at both ends."""
        n, mean, slope, _, _ = (float(m[0]) for m in self._statistics(np.array([start]), stop))
        half = slope * (n - 1) / 2 if sloping else 0.0
        return mean - half, mean + half

    def _statistics(self, starts: Ints, stop: int) -> tuple[Floats, ...]:
        """Count, mean, slope, sum of squares, and the sum of squared distances from the middle."""
        n = (stop - starts).astype(float)
        plain, squares, products = (s[stop] - s[starts] for s in self.sums)
        middle = (starts + stop - 1) / 2
        spread = n * (n**2 - 1) / 12
        slope = np.divide(products - middle * plain, spread, out=np.zeros_like(n), where=spread > 0)
        return n, plain / n, slope, squares, spread


def _marks(
    beats: Sequence[_Beat], stretches: Sequence[_Stretch], offset: float
) -> Iterator[Dynamic | Hairpin]:
    """A sign for each new level; a hairpin or a word where a slope leads to one."""
    level = stretches[0].before
    yield Dynamic(Fraction(0), _sign(level - offset))
    said = _sign(level - offset)
    for stretch, following in pairwise([*stretches, None]):
        assert stretch is not None
        if following is None:  # no sign begins where it would end
            break
        position, target = beats[following.start].position, following.before
        new, change = _sign(target - offset), abs(target - level)
        rise = stretch.after - stretch.before
        leads_there = (target - level) * rise > 0
        if stretch.sloping and leads_there and change >= LEAST_CHANGE:
            yield from _slope(beats[stretch.start : following.start + 1], rise > 0)
            level, said = target, new
            if not following.sloping:
                yield Dynamic(position, new)
        elif new != said and change >= LEAST_SUDDEN_CHANGE and not following.sloping:
            level, said = target, new
            yield Dynamic(position, new)


def _slope(beats: Sequence[_Beat], rising: bool) -> Iterator[Dynamic | Hairpin]:
    """A hairpin from the first beat to the last, or a word, which stands beside an opening sign."""
    first, last = beats[0], beats[-1]
    if last.bars - first.bars > LONGEST_HAIRPIN:
        position = first.position if first.position > 0 else beats[1].position
        yield Dynamic(position, "cresc." if rising else "dim.")
    else:
        yield Hairpin(first.position, "crescendo" if rising else "diminuendo")
        yield Hairpin(last.position, "stop")


def _is_in_force(before: Dynamic | Hairpin, mark: Dynamic | Hairpin) -> bool:
    """Whether a mark repeats the one before it, which still holds: *cresc.* goes on."""
    return isinstance(before, Dynamic) and isinstance(mark, Dynamic) and before.sign == mark.sign


def _sign(velocity: float) -> str:
    return next(sign for limit, sign in DYNAMIC_SIGNS if velocity < limit)
