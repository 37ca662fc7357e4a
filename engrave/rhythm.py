"""How durations are written so that the beat can be seen: ties, dots, tuplets, rests.

A note is written as one value if its value exists and the reader does not lose the beat: it may
cross a point of the bar only if it starts or ends on one as strong, or lies evenly across it as a
plain syncopation does. Otherwise it is split at the strongest point inside and tied. Rests are
stricter: each completes the beat it stands in. (Gould, *Behind Bars*, 2011, chs. 6 and 7; Read,
*Music Notation*, 1979, ch. 7.)

Places that no plain value reaches stand in tuplets, over a beat or a part of one (or over several
beats, where three even parts are struck), as few and as simple ones as will do.

Places are quarter notes from the barline.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from math import inf, lcm

from engrave.grid import Bar
from engrave.score import NOTE_TYPES, NoteValue

BAR, HALF_BAR, BEAT = 5, 4, 3  # strengths of the points of a bar; the divisions of the beat follow
SHORTEST = min(NOTE_TYPES.values())

# What tuplets cost. A tuplet costs its number (3, 5, 7), and for each halving of its notes:
HALVED = 1  # where all its notes can be seen (a triplet with an eighth divided into 16ths)
HALVED_UNSEEN = 3
TIED = 4  # a note is split between two tuplets, or a tuplet and plain notes


@dataclass(frozen=True, slots=True)
class Stretch:
    """What a voice does from `onset` to `end`: the chord with this index, or (None) a rest."""

    onset: Fraction
    end: Fraction
    chord: int | None


@dataclass(frozen=True, slots=True)
class WrittenValue:
    """A stretch, or a part of it that is tied to the next, with its note value."""

    onset: Fraction
    value: NoteValue
    chord: int | None
    first: bool
    last: bool
    tuplet_start: bool = False
    tuplet_stop: bool = False


@dataclass(frozen=True, slots=True)
class _Tuplet:
    """`actual` notes in the time of `normal`, from `start` to `end`."""

    start: Fraction
    end: Fraction
    actual: int
    normal: int


@dataclass(frozen=True, slots=True)
class _Tuplets:
    """A way to reach all places in a part of a bar, and how hard it is to read."""

    tuplets: tuple[_Tuplet, ...]
    cost: float


NO_TUPLETS = _Tuplets((), 0)
IMPOSSIBLE = _Tuplets((), inf)


def write_values(stretches: Sequence[Stretch], bar: Bar, skipped: Fraction) -> list[WrittenValue]:
    """The note values of one voice in one bar; the stretches fill it without gap.

    `skipped` is how much of a full bar is missing before a pickup.
    """
    meter = _Meter(bar, skipped)
    tuplets = _find_tuplets(stretches, meter)
    starts, ends = {t.start for t in tuplets}, {t.end for t in tuplets}
    written: list[WrittenValue] = []
    for stretch in stretches:
        rest = stretch.chord is None
        parts = [
            part
            for start, end, tuplet in _cut(stretch, tuplets)
            for part in (tuplet_values if tuplet else meter.values)(start, end, rest)
        ]
        for i, (a, b, value) in enumerate(parts):
            first, last = i == 0, i == len(parts) - 1
            written.append(
                WrittenValue(a, value, stretch.chord, first, last, a in starts, b in ends)
            )
    return written
