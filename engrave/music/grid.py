"""The grid of beats and bars, which converts between seconds and quarter notes.

The only place where the two units are converted. Musical time is exact (`Fraction` of quarter notes
from the start of the first bar); recorded time is in seconds.
"""

from bisect import bisect_right
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from math import ceil

import numpy as np

from engrave.music.arrays import Floats
from engrave.music.performance import FileGrid
from engrave.music.values import is_compound

STRAIGHT = 0.5  # position in the beat of its second half, without swing


@cache  # called for every note
def _quarters(count: int, unit: int) -> Fraction:
    return Fraction(count, unit)


@dataclass(frozen=True, slots=True)
class Tap:
    """A beat that the user tapped, in seconds of the recording."""

    time: float
    downbeat: bool = False


@dataclass(frozen=True, slots=True)
class Pulse:
    """A pulse: beat times in seconds, for each whether it divides in three, and the swing.

    `swing` is the share of the beat after which its second half begins.
    """

    times: np.ndarray
    triple: np.ndarray
    swing: float = STRAIGHT


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: where it starts and how long it is, in quarter notes, and its time signature.

    A pickup is a bar that is shorter than its time signature says. Of an odd number of beats the
    greater part comes first (7/8 as 4 + 3), or the lesser one (`short_group_first`: as 3 + 4).
    """

    start: Fraction
    length: Fraction
    beats: int
    beat_type: int
    short_group_first: bool = False

    @property
    def end(self) -> Fraction:
        """Position at which the next bar begins."""
        return self.start + self.length

    @property
    def full_length(self) -> Fraction:
        """The length by the time signature, in quarter notes."""
        return _quarters(4 * self.beats, self.beat_type)

    @property
    def compound(self) -> bool:
        """Whether the felt beats are dotted."""
        return is_compound(self.beats, self.beat_type)

    @property
    def beat_length(self) -> Fraction:
        """The length of the felt beat in quarter notes (a dotted quarter in 6/8)."""
        return _quarters(12 if self.compound else 4, self.beat_type)

    @property
    def division(self) -> Fraction:
        """Position that divides a full bar of four or more felt beats, else its length."""
        beats = int(self.full_length / self.beat_length)
        if beats < 4:
            return self.full_length
        return self.beat_length * (beats // 2 if self.short_group_first else ceil(beats / 2))


@dataclass(frozen=True, slots=True)
class Grid:
    """Beat times (seconds, increasing), their positions (quarter notes, increasing), and the bars.

    Between two beats time is interpolated linearly, unless the music swings: then the second half
    of each beat begins after the share `swing` of its time. Before the first and after the last
    beat the nearest tempo is extrapolated. The bars follow each other without gap from quarter 0.
    """

    times: tuple[float, ...]
    quarters: tuple[Fraction, ...]
    bars: tuple[Bar, ...]
    swing: float = STRAIGHT
    # Starts of the bars as floats, for looking up positions: they differ wherever the exact ones
    # do.
    _starts: tuple[float, ...] = field(init=False, repr=False, compare=False)
    # The points of the time map: seconds, and quarter notes.
    _course: tuple[Floats, Floats] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_starts", tuple(float(bar.start) for bar in self.bars))
        object.__setattr__(self, "_course", self._points())
        assert len(self.times) == len(self.quarters) >= 2
        assert all(a < b for a, b in zip(self.times, self.times[1:], strict=False))
        assert all(a < b for a, b in zip(self.quarters, self.quarters[1:], strict=False))
        assert self.bars and self.bars[0].start == 0
        assert all(a.end == b.start for a, b in zip(self.bars, self.bars[1:], strict=False))

    def quarter_at(self, seconds: np.ndarray | float) -> np.ndarray:
        """Positions in quarter notes (float, not quantized) of times in seconds."""
        return interpolate(seconds, *self._course)

    def time_at(self, quarters: np.ndarray | float | Fraction) -> np.ndarray:
        """Times in seconds of positions in quarter notes."""
        times, positions = self._course
        return interpolate(np.asarray(quarters, float), positions, times)

    def _points(self) -> tuple[Floats, Floats]:
        times, quarters = np.array(self.times), np.array([float(q) for q in self.quarters])
        if self.swing == STRAIGHT:
            return times, quarters
        halves = times[:-1] + self.swing * np.diff(times), (quarters[:-1] + quarters[1:]) / 2
        return np.sort(np.append(times, halves[0])), np.sort(np.append(quarters, halves[1]))

    def bar_at(self, quarter: Fraction) -> int:
        """Index of the bar in which a position lies (a barline belongs to the bar it opens)."""
        index = bisect_right(self._starts, float(quarter)) - 1
        return min(max(index, 0), len(self.bars) - 1)


def interpolate(x: Floats | float, known: Floats, values: Floats) -> Floats:
    """Piecewise linear interpolation through (known, values), with linear extrapolation."""
    at: Floats = np.asarray(x, float)
    i = np.clip(np.searchsorted(known, at, side="right") - 1, 0, len(known) - 2)
    slope = (values[i + 1] - values[i]) / (known[i + 1] - known[i])
    return values[i] + (at - known[i]) * slope


def quarters_at(seconds: np.ndarray, grid: FileGrid) -> np.ndarray:
    """Positions in quarter notes of the file of times in seconds."""
    return interpolate(seconds, np.array(grid.seconds), np.array(grid.quarters))


def seconds_at(quarters: np.ndarray, grid: FileGrid) -> np.ndarray:
    """Times in seconds of positions in quarter notes of the file."""
    return interpolate(quarters, np.array(grid.quarters), np.array(grid.seconds))
