"""How durations are written so that the beat can be seen: ties, dots, tuplets, rests.

A note is written as one value if its value exists and the reader does not lose the beat: it may
cross a point of the bar only if it starts or ends on one as strong, or lies evenly across it as a
plain syncopation does. Otherwise it is split at the strongest point inside and tied. Rests are
stricter: each completes the beat it stands in. (Gould, *Behind Bars*, 2011, chs. 6 and 7; Read,
*Music Notation*, 1979, ch. 7.)

Places are quarter notes from the barline.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from engrave.grid import Bar
from engrave.score import NOTE_TYPES, NoteValue

BAR, HALF_BAR, BEAT = 5, 4, 3  # strengths of the points of a bar; the divisions of the beat follow


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


def write_values(stretches: Sequence[Stretch], bar: Bar, skipped: Fraction) -> list[WrittenValue]:
    """The note values of one voice in one bar; the stretches fill it without gap.

    `skipped` is how much of a full bar is missing before a pickup.
    """
    meter = _Meter(bar, skipped)
    tuplets = list(_find_tuplets(stretches, meter))
    written: list[WrittenValue] = []
    for stretch in stretches:
        parts = [
            (a, b, value)
            for start, end, tuplet in _cut(stretch, tuplets)
            for a, b, value in (
                _inside(start, end, tuplet) if tuplet else meter.values(start, end, stretch.chord is None)
            )
        ]
        for i, (a, b, value) in enumerate(parts):
            written.append(
                WrittenValue(
                    a,
                    value,
                    stretch.chord,
                    first=i == 0,
                    last=i == len(parts) - 1,
                    tuplet_start=any(t.start == a for t in tuplets),
                    tuplet_stop=any(t.end == b for t in tuplets),
                )
            )
    return written


def plain_value(length: Fraction) -> NoteValue | None:
    """The value, with at most one dot, that lasts `length` quarter notes, if there is one."""
    for name, whole in NOTE_TYPES.items():
        if length == whole:
            return NoteValue(name)
        if length == whole * Fraction(3, 2):
            return NoteValue(name, dots=1)
    return None


class _Meter:
    """The points of a bar and their strengths; what may be written across them."""

    def __init__(self, bar: Bar, skipped: Fraction):
        self.beat = bar.beat_length
        self.compound = bar.compound
        self.full = bar.full_length
        self.halves = self.full / self.beat % 4 == 0
        self.skipped = skipped
        self.length = bar.length

    def strength(self, place: Fraction) -> int:
        place += self.skipped
        if place % self.full == 0:
            return BAR
        if self.halves and place % (self.full / 2) == 0:
            return HALF_BAR
        if place % self.beat == 0:
            return BEAT
        unit, strength = self.beat / (3 if self.compound else 2), BEAT - 1
        while place % unit and strength > -8:
            unit, strength = unit / 2, strength - 1
        return strength

    def values(
        self, start: Fraction, end: Fraction, rest: bool
    ) -> Iterator[tuple[Fraction, Fraction, NoteValue]]:
        value = plain_value(end - start)
        if value and (self._rest_fits if rest else self._note_fits)(start, end, value):
            yield start, end, value
            return
        middle = self._strongest_inside(start, end)
        yield from self.values(start, middle, rest)
        yield from self.values(middle, end, rest)

    def _points(self, start: Fraction, end: Fraction) -> list[Fraction]:
        """The points strictly inside, on the coarsest division of the beat that has any."""
        unit = self.beat
        if self.compound and not self._multiples(start, end, unit):
            unit /= 3
        while not (points := self._multiples(start, end, unit)):
            unit /= 2
        return points

    def _multiples(self, start: Fraction, end: Fraction, unit: Fraction) -> list[Fraction]:
        first = (start + self.skipped) // unit + 1
        last = -((-end - self.skipped) // unit) - 1
        return [k * unit - self.skipped for k in range(first, last + 1)]

    def _strongest_inside(self, start: Fraction, end: Fraction) -> Fraction:
        return max(self._points(start, end), key=lambda p: (self.strength(p), -p))

    def _note_fits(self, start: Fraction, end: Fraction, value: NoteValue) -> bool:
        points = self._points(start, end)
        inside = max(self.strength(p) for p in points)
        edges = self.strength(start), self.strength(end)
        if self.compound and inside >= BEAT:
            return min(edges) >= BEAT
        if max(edges) >= inside:
            return True
        strongest = [p for p in points if self.strength(p) == inside]
        even = strongest[0] - start == end - strongest[0]
        return len(strongest) == 1 and even and min(edges) == inside - 1 and not self.compound

    def _rest_fits(self, start: Fraction, end: Fraction, value: NoteValue) -> bool:
        length, place = end - start, start + self.skipped
        if self.compound and length > self.beat / 3:
            if length == self.beat * Fraction(2, 3):
                return place % self.beat == 0
            return value.dots == 1 and length in (self.beat, 2 * self.beat) and place % length == 0
        if value.dots or place % length:
            return False
        return length <= self.beat or (self.halves and length == 2 * self.beat)


def _find_tuplets(stretches: Sequence[Stretch], meter: _Meter) -> Iterator[_Tuplet]:
    """The tuplets of a voice: over a beat, half of one, or two."""
    cuts = {s.onset for s in stretches} | {s.end for s in stretches}
    spans = []
    start = -meter.skipped % meter.beat if meter.skipped % meter.beat else Fraction(0)
    while start < meter.length:
        spans.append((start, start + meter.beat))
        start += meter.beat
    i = 0
    while i < len(spans):
        start, end = spans[i]
        if i + 1 < len(spans) and _broad(start, spans[i + 1][1], cuts, meter):
            yield _Tuplet(start, spans[i + 1][1], 3, 2)
            i += 2
            continue
        yield from _tuplets_between(start, end, cuts, meter)
        i += 1


def _broad(start: Fraction, end: Fraction, cuts: set[Fraction], meter: _Meter) -> bool:
    """Whether three equal notes fill two beats."""
    third = (end - start) / 3
    inside = {cut for cut in cuts if start < cut < end}
    aligned = (start + meter.skipped) % (2 * meter.beat) == 0
    return not meter.compound and aligned and inside == {start + third, start + 2 * third}


def _tuplets_between(
    start: Fraction, end: Fraction, cuts: set[Fraction], meter: _Meter
) -> Iterator[_Tuplet]:
    unit = (end - start) * (Fraction(1, 3) if meter.compound else 1)
    division = lcm(*(((cut - start) / unit).denominator for cut in cuts if start < cut < end), 1)
    if division & (division - 1) == 0:
        return
    middle = (start + end) / 2
    if division % 2 == 0 and middle in cuts and not meter.compound:
        yield from _tuplets_between(start, middle, cuts, meter)
        yield from _tuplets_between(middle, end, cuts, meter)
        return
    if meter.compound:  # each eighth (third of the beat) by itself
        for k in range(3):
            part = {cut for cut in cuts if start + k * unit < cut < start + (k + 1) * unit}
            inner = lcm(*(((cut - start) / unit).denominator for cut in part), 1)
            if inner & (inner - 1):
                yield _Tuplet(start + k * unit, start + (k + 1) * unit, inner, _normal(inner))
        return
    yield _Tuplet(start, end, division, _normal(division))


def _normal(actual: int) -> int:
    """The largest power of two below: 3 in the time of 2, 5 of 4, 6 of 4, 7 of 4."""
    return 1 << (actual.bit_length() - 1)


def _cut(
    stretch: Stretch, tuplets: Sequence[_Tuplet]
) -> Iterator[tuple[Fraction, Fraction, _Tuplet | None]]:
    """The parts of a stretch inside and outside of tuplets."""
    place = stretch.onset
    for tuplet in tuplets:
        if tuplet.end <= place or tuplet.start >= stretch.end:
            continue
        if place < tuplet.start:
            yield place, tuplet.start, None
        yield max(place, tuplet.start), min(stretch.end, tuplet.end), tuplet
        place = min(stretch.end, tuplet.end)
    if place < stretch.end:
        yield place, stretch.end, None


def _inside(
    start: Fraction, end: Fraction, tuplet: _Tuplet
) -> Iterator[tuple[Fraction, Fraction, NoteValue]]:
    """Values inside a tuplet: whole numbers of its unit, longest first."""
    stretch = Fraction(tuplet.actual, tuplet.normal)
    while start < end:
        nominal = (end - start) * stretch
        value = next(
            NoteValue(v.type, v.dots, tuplet.actual, tuplet.normal)
            for v in _values_down_from(nominal)
        )
        yield start, start + value.length, value
        start += value.length


def _values_down_from(length: Fraction) -> Iterator[NoteValue]:
    """Plain and dotted values that are at most `length` long, longest first."""
    for name, whole in NOTE_TYPES.items():
        if whole * Fraction(3, 2) == length:
            yield NoteValue(name, dots=1)
        if whole <= length:
            yield NoteValue(name)
