"""Note values, dots, ties and rests: how a duration is written so that the beat can be seen.

A note is written as one value if that value exists and does not obscure the beat: it may cross a
point of the bar only if it starts or ends on one as strong, or lies evenly across it as a plain
syncopation does. Otherwise it is split at the strongest point inside and tied. Rests are stricter:
each completes the beat it stands in. A double dot leaves the last eighth of a beat, or of two, to a
short note (as in an overture in the French manner); a note that begins off the beat is tied
instead. (Gould, *Behind Bars*, 2011, chs. 6 and 7; Read, *Music Notation*, 1979, ch. 7.)

Positions are quarter notes from the barline.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cache, lru_cache

from engrave.music.grid import Bar
from engrave.music.values import NOTE_TYPES, NoteValue

# Metrical strengths of the points of a bar; the divisions of the beat follow below.
BAR_STRENGTH, HALF_BAR_STRENGTH, BEAT_STRENGTH = 5, 4, 3
SHORTEST_VALUE = min(NOTE_TYPES.values())


@cache
def plain_value(length: Fraction) -> NoteValue | None:
    """The value of `length` quarter notes, with at most one dot, if there is one."""
    for name, whole in NOTE_TYPES.items():
        if length == whole:
            return NoteValue(name)
        if length == whole * Fraction(3, 2):
            return NoteValue(name, dots=1)
    return None


@lru_cache(maxsize=4096)
def tied_onsets(
    start: Fraction, end: Fraction, bar: Bar, missing: Fraction
) -> tuple[Fraction, ...]:
    """The positions of the noteheads of a note that are tied to its first one.

    `missing` is how much of a full bar is missing before a pickup. A note that begins or ends in a
    tuplet is taken to be split at each beat.
    """
    meter = bar_points(bar, missing)
    if not (meter.reaches(start) and meter.reaches(end)):
        return tuple(multiples(start, end, meter.beat, -missing))
    return tuple(position for position, _, _ in meter.values(start, end, False))[1:]


WrittenPart = tuple[Fraction, Fraction, NoteValue]  # from, to, written as


class BarPoints:
    """Metrical strengths of the points of a bar, and the values that may be written across them."""

    def __init__(self, bar: Bar, missing: Fraction):
        self.beat = bar.beat_length
        self.beats = int(bar.full_length / self.beat)
        self.compound = bar.compound
        self.full = bar.full_length
        self.half = bar.division
        self.missing = missing
        self.length = bar.length
        self._known: dict[tuple[Fraction, Fraction, bool], tuple[WrittenPart, ...]] = {}

    def strength(self, position: Fraction) -> int:
        """The metrical strength of a position (quarters), from `BAR_STRENGTH` downwards."""
        position = (position + self.missing) % self.full
        if position == 0:
            return BAR_STRENGTH
        if position == self.half:
            return HALF_BAR_STRENGTH
        if position % self.beat == 0:
            return BEAT_STRENGTH
        unit, strength = self.beat / (3 if self.compound else 2), BEAT_STRENGTH - 1
        while position % unit and unit > SHORTEST_VALUE:
            unit, strength = unit / 2, strength - 1
        return strength

    def reaches(self, position: Fraction) -> bool:
        """Whether a position can be reached by plain note values."""
        part = self.beat / (3 if self.compound else 2)
        return odd_factor(((position + self.missing) / part).denominator) == 1

    def values(self, start: Fraction, end: Fraction, rest: bool) -> Sequence[WrittenPart]:
        """The values that fill the stretch, outside of tuplets; cached, since bars repeat."""
        if (start, end, rest) not in self._known:
            self._known[start, end, rest] = tuple(self._fill(start, end, rest))
        return self._known[start, end, rest]

    def _fill(self, start: Fraction, end: Fraction, rest: bool) -> Iterator[WrittenPart]:
        assert end - start >= SHORTEST_VALUE, f"no note value lasts from {start} to {end}"
        value = plain_value(end - start) or (None if rest else self._double_dotted(start, end))
        if value and (self._rest_fits(start, value) if rest else self._note_fits(start, end)):
            yield start, end, value
            return
        points = self._points(start, end)
        strongest = max(self.strength(p) for p in points)
        points = [p for p in points if self.strength(p) == strongest]
        middle = split_point(start, end, points, self.strength(start) >= self.strength(end))
        yield from self._fill(start, middle, rest)
        yield from self._fill(middle, end, rest)

    def _double_dotted(self, start: Fraction, end: Fraction) -> NoteValue | None:
        """The value with two dots that fills a part of a beat, a beat or two but for an eighth."""
        span = (end - start) * Fraction(8, 7)
        value = plain_value(span / 2)
        if value is None or value.dots or span > 2 * self.beat:
            return None
        begins = (start + self.missing) % self.beat % span == 0
        return replace(value, dots=2) if begins else None

    def _points(self, start: Fraction, end: Fraction) -> list[Fraction]:
        """The points strictly inside, on the coarsest division of the beat that has any."""
        thirds = self.compound and not multiples(start, end, self.beat, -self.missing)
        return coarsest(start, end, self.beat / (3 if thirds else 1), -self.missing)

    def _note_fits(self, start: Fraction, end: Fraction) -> bool:
        points = self._points(start, end)
        inside = max(self.strength(p) for p in points)
        edges = self.strength(start), self.strength(end)
        if self.compound and inside >= BEAT_STRENGTH:
            return min(edges) >= BEAT_STRENGTH
        if max(edges) >= inside:
            return True
        strongest = [p for p in points if self.strength(p) == inside]
        even = strongest[0] - start == end - strongest[0]
        return len(strongest) == 1 and even and min(edges) == inside - 1

    def _rest_fits(self, start: Fraction, value: NoteValue) -> bool:
        length, position = value.length, start + self.missing
        half_bar = self.beats % 4 == 0 and length == 2 * self.beat and position % length == 0
        if self.compound and length > self.beat / 3:
            beat = length == self.beat or length == self.beat * Fraction(2, 3)
            return half_bar or (beat and position % self.beat == 0)
        return half_bar or (length <= self.beat and not value.dots and position % length == 0)


bar_points = lru_cache(maxsize=256)(BarPoints)


def multiples(start: Fraction, end: Fraction, unit: Fraction, zero: Fraction) -> list[Fraction]:
    """The points strictly between, at multiples of the unit from zero."""
    first, last = (start - zero) // unit + 1, -((zero - end) // unit) - 1
    return [zero + k * unit for k in range(first, last + 1)]


def coarsest(start: Fraction, end: Fraction, unit: Fraction, zero: Fraction) -> list[Fraction]:
    """The points strictly between on the first halving of the unit that has any."""
    while not (points := multiples(start, end, unit, zero)):
        unit /= 2
    return points


def split_point(start: Fraction, end: Fraction, points: Sequence[Fraction], late: bool) -> Fraction:
    """The point that leaves single values on both sides; the last or the first of several."""

    def single(point: Fraction) -> int:
        return sum(plain_value(part) is not None for part in (point - start, end - point))

    return max(points, key=lambda point: (single(point), point if late else -point))


def odd_factor(number: int) -> int:
    """The number without its factors of two."""
    return number // (number & -number)
