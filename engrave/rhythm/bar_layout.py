"""From beats in bars to the grid in quarter notes: note value of the beat, time signatures."""

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import numpy as np

from engrave.music.grid import STRAIGHT, Bar, Grid, Pulse
from engrave.music.values import TimeSignature

# The lower figure of the time signature, and how common it is.
SIMPLE_BEAT_TYPES = {2: 0.1, 4: 0.8, 8: 0.1}
COMPOUND_BEAT_TYPES = {4: 0.02, 8: 0.9, 16: 0.08}


@dataclass(frozen=True, slots=True)
class FoundBars:
    """The bars as beats see them: index of each beat in its bar, size and division of that bar.

    `log_likelihood` is the log likelihood of all of it.
    """

    index: np.ndarray
    beats: np.ndarray
    compound: np.ndarray
    log_likelihood: float = 0.0

    @property
    def main(self) -> tuple[int, bool]:
        """The kind of most bars."""
        kinds = zip(self.beats.tolist(), self.compound.tolist(), strict=True)
        return Counter(kinds).most_common(1)[0][0]


def lay_out(
    pulse: Pulse,
    meter: FoundBars,
    heard: tuple[np.ndarray, np.ndarray],
    given: TimeSignature | None,
) -> Grid:
    """The grid in quarter notes; `heard`: which note value the beat is (`BeatEvidence.unit`)."""
    quarters, bars = [Fraction(0)], []
    for start, stop in pairwise([0, *_barlines(meter), len(pulse.times)]):
        compound = bool(meter.compound[start])
        unit = beat_unit(compound, heard[compound], given)
        count, size = stop - start, int(meter.beats[start])
        if stop == len(pulse.times):
            count = max(count, size)  # the last bar is filled, and so is the only one
        if start > 0 or count > size:
            size = count  # where the pulse lost or won a beat: a bar of its own meter
        bars.append(Bar(quarters[-1], count * unit, *signature_of(size, unit, given)))
        quarters += [quarters[-1] + unit * (k + 1) for k in range(stop - start)]
    times = [*pulse.times, 2 * pulse.times[-1] - pulse.times[-2]]
    swing = STRAIGHT if any(bar.compound for bar in bars) else pulse.swing
    return Grid(tuple(float(t) for t in times), tuple(quarters), tuple(bars), swing)


def beat_unit(compound: bool, heard: np.ndarray, given: TimeSignature | None) -> Fraction:
    """The length of a felt beat in quarter notes."""
    if given:
        return Fraction(4 * (3 if felt_beats(given)[1] else 1), given.beat_type)
    odds = beat_type_log_likelihoods(compound, heard)
    return Fraction(4 * (3 if compound else 1), max(odds, key=lambda figure: odds[figure]))


def beat_type_log_likelihoods(compound: bool, heard: np.ndarray) -> dict[int, float]:
    """Log likelihoods of the lower figures of the time signature."""
    lower = COMPOUND_BEAT_TYPES if compound else SIMPLE_BEAT_TYPES
    return {
        figure: float(heard[figure.bit_length() - 2] + np.log(share))
        for figure, share in lower.items()
    }


def signature_of(beats: int, unit: Fraction, given: TimeSignature | None) -> tuple[int, int]:
    """The time signature of bars of so many felt beats of a length in quarter notes."""
    if given and beats == felt_beats(given)[0]:
        return given.beats, given.beat_type
    if unit.numerator == 3:
        return 3 * beats, 4 * unit.denominator
    return beats, int(4 / unit)


def felt_beats(meter: TimeSignature) -> tuple[int, bool]:
    """How many beats a bar of this meter is felt in, and whether they divide in three."""
    return (meter.beats // 3, True) if meter.compound else (meter.beats, False)


def _barlines(meter: FoundBars) -> list[int]:
    """The beats that open a bar, after the first; one beat too many is added to its bar."""
    opens = [k for k in range(1, len(meter.index)) if meter.index[k] == 0]
    following = [*opens, len(meter.index) + 1][1:]
    return [a for a, b in zip(opens, following, strict=True) if b != a + 1 or meter.beats[a] == 1]
