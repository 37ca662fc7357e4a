"""How durations are written so that the beat can be seen: ties, dots, tuplets, rests.

A note is written as one value if its value exists and the reader does not lose the beat: it may
cross a point of the bar only if it starts or ends on one as strong, or lies evenly across it as a
plain syncopation does. Otherwise it is split at the strongest point inside and tied. Rests are
stricter: each completes the beat it stands in. A double dot leaves the last eighth of a beat, or of
two, to a short note (as in an overture in the French manner); a note that begins off the beat is
tied instead. (Gould, *Behind Bars*, 2011, chs. 6 and 7; Read, *Music Notation*, 1979, ch. 7.)

Places that no plain value reaches stand in tuplets: over a beat or an even part of it, or over
several beats where three equal notes fill them; as few and as simple ones as will do.

Places are quarter notes from the barline.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache, lru_cache
from itertools import pairwise
from math import inf, lcm

from engrave.grid import Bar
from engrave.score import NOTE_TYPES, NoteValue

BAR, HALF_BAR, BEAT = 5, 4, 3  # strengths of the points of a bar; the divisions of the beat follow
SHORTEST = min(NOTE_TYPES.values())

# How hard tuplets are to read: each costs its number (3, 5, 7), and more where its notes divide.
HALVED = 1.0  # all notes of the tuplet can be seen, as in a triplet with an eighth in two 16ths
HALVED_UNSEEN = 3.0
FAMILIAR = 2.5  # a figure that is read at a glance
TIED = 4.0  # a note goes on from one tuplet to the next, or to plain notes in the same beat
# Where its notes begin, as shares of the tuplet: the dotted figure of the siciliano in a triplet.
FIGURES = frozenset({(Fraction(1, 2), Fraction(2, 3))})


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


def write_values(stretches: Sequence[Stretch], bar: Bar, skipped: Fraction) -> list[WrittenValue]:
    """The note values of one voice in one bar; the stretches fill it without gap.

    `skipped` is how much of a full bar is missing before a pickup. Places must be such that notes
    of `NOTE_TYPES`, plain or in tuplets that are not nested, reach them.
    """
    meter = _meter(replace(bar, start=Fraction(0)), skipped)
    tuplets = _find_tuplets(frozenset(s.end for s in stretches), meter)
    starts, ends = {t.start for t in tuplets}, {t.end for t in tuplets}
    written: list[WrittenValue] = []
    for stretch in stretches:
        rest = stretch.chord is None
        parts = [
            part
            for start, end, tuplet in _cut(stretch, tuplets)
            for part in (tuplet or meter).values(start, end, rest)
        ]
        for i, (a, b, value) in enumerate(parts):
            first, last = i == 0, i == len(parts) - 1
            written.append(
                WrittenValue(a, value, stretch.chord, first, last, a in starts, b in ends)
            )
    return written


@cache
def plain_value(length: Fraction) -> NoteValue | None:
    """The value, with at most one dot, that lasts `length` quarter notes, if there is one."""
    for name, whole in NOTE_TYPES.items():
        if length == whole:
            return NoteValue(name)
        if length == whole * Fraction(3, 2):
            return NoteValue(name, dots=1)
    return None


@lru_cache(maxsize=4096)
def tied_places(
    start: Fraction, end: Fraction, bar: Bar, skipped: Fraction
) -> tuple[Fraction, ...]:
    """Where the noteheads stand that are tied to the first one of a note; `skipped` as above.

    A note that begins or ends in a tuplet is taken to be split at each beat.
    """
    meter = _meter(bar, skipped)
    if not (meter.reaches(start) and meter.reaches(end)):
        return tuple(_multiples(start, end, meter.beat, -skipped))
    return tuple(place for place, _, _ in meter.values(start, end, False))[1:]


_Part = tuple[Fraction, Fraction, NoteValue]  # from, to, written as


class _Meter:
    """The points of a bar and their strengths; what may be written across them."""

    def __init__(self, bar: Bar, skipped: Fraction):
        self.beat = bar.beat_length
        self.beats = int(bar.full_length / self.beat)
        self.compound = bar.compound
        self.full = bar.full_length
        self.half = bar.half
        self.skipped = skipped
        self.length = bar.length
        self._known: dict[tuple[Fraction, Fraction, bool], tuple[_Part, ...]] = {}

    def strength(self, place: Fraction) -> int:
        place = (place + self.skipped) % self.full
        if place == 0:
            return BAR
        if place == self.half:
            return HALF_BAR
        if place % self.beat == 0:
            return BEAT
        unit, strength = self.beat / (3 if self.compound else 2), BEAT - 1
        while place % unit and unit > SHORTEST:
            unit, strength = unit / 2, strength - 1
        return strength

    def reaches(self, place: Fraction) -> bool:
        """Whether plain note values lead to a place."""
        part = self.beat / (3 if self.compound else 2)
        return _odd(((place + self.skipped) / part).denominator) == 1

    def values(self, start: Fraction, end: Fraction, rest: bool) -> Sequence[_Part]:
        """The values that fill the stretch, outside of tuplets; kept, for bars are alike."""
        if (start, end, rest) not in self._known:
            self._known[start, end, rest] = tuple(self._fill(start, end, rest))
        return self._known[start, end, rest]

    def _fill(self, start: Fraction, end: Fraction, rest: bool) -> Iterator[_Part]:
        assert end - start >= SHORTEST, f"no note value lasts from {start} to {end}"
        value = plain_value(end - start) or (None if rest else self._double_dotted(start, end))
        if value and (self._rest_fits(start, value) if rest else self._note_fits(start, end)):
            yield start, end, value
            return
        points = self._points(start, end)
        strongest = max(self.strength(p) for p in points)
        points = [p for p in points if self.strength(p) == strongest]
        middle = _split(start, end, points, self.strength(start) >= self.strength(end))
        yield from self._fill(start, middle, rest)
        yield from self._fill(middle, end, rest)

    def _double_dotted(self, start: Fraction, end: Fraction) -> NoteValue | None:
        """The value with two dots that fills a part of a beat, a beat or two but for an eighth."""
        span = (end - start) * Fraction(8, 7)
        value = plain_value(span / 2)
        if value is None or value.dots or span > 2 * self.beat:
            return None
        begins = (start + self.skipped) % self.beat % span == 0
        return replace(value, dots=2) if begins else None

    def _points(self, start: Fraction, end: Fraction) -> list[Fraction]:
        """The points strictly inside, on the coarsest division of the beat that has any."""
        thirds = self.compound and not _multiples(start, end, self.beat, -self.skipped)
        return _coarsest(start, end, self.beat / (3 if thirds else 1), -self.skipped)

    def _note_fits(self, start: Fraction, end: Fraction) -> bool:
        points = self._points(start, end)
        inside = max(self.strength(p) for p in points)
        edges = self.strength(start), self.strength(end)
        if self.compound and inside >= BEAT:
            return min(edges) >= BEAT
        if max(edges) >= inside:
            return True
        strongest = [p for p in points if self.strength(p) == inside]
        even = strongest[0] - start == end - strongest[0]
        return len(strongest) == 1 and even and min(edges) == inside - 1

    def _rest_fits(self, start: Fraction, value: NoteValue) -> bool:
        length, place = value.length, start + self.skipped
        half_bar = self.beats % 4 == 0 and length == 2 * self.beat and place % length == 0
        if self.compound and length > self.beat / 3:
            beat = length == self.beat or length == self.beat * Fraction(2, 3)
            return half_bar or (beat and place % self.beat == 0)
        return half_bar or (length <= self.beat and not value.dots and place % length == 0)


_meter = lru_cache(maxsize=256)(_Meter)


@dataclass(frozen=True, slots=True)
class _Tuplet:
    """`actual` notes in the time of `normal`, from `start` to `end`."""

    start: Fraction
    end: Fraction
    actual: int
    normal: int

    def values(self, start: Fraction, end: Fraction, rest: bool) -> Iterator[_Part]:
        """The values that fill the stretch, inside of the tuplet."""
        length = (end - start) * self.actual / self.normal  # as if it were no tuplet
        assert length >= SHORTEST, f"no note value in a tuplet lasts from {start} to {end}"
        value = plain_value(length)
        place = (start - self.start) * self.actual / self.normal
        if value and not (rest and (value.dots or place % length)):
            yield start, end, replace(value, actual=self.actual, normal=self.normal)
            return
        even = self.actual & -self.actual  # a sextuplet divides into three first
        unit = (self.end - self.start) / self.actual * even
        points = _coarsest(start, end, unit, self.start)
        middle = _split(start, end, points, (start - self.start) % unit == 0)
        yield from self.values(start, middle, rest)
        yield from self.values(middle, end, rest)


def _multiples(start: Fraction, end: Fraction, unit: Fraction, zero: Fraction) -> list[Fraction]:
    """The points strictly between, at multiples of the unit from zero."""
    first, last = (start - zero) // unit + 1, -((zero - end) // unit) - 1
    return [zero + k * unit for k in range(first, last + 1)]


def _coarsest(start: Fraction, end: Fraction, unit: Fraction, zero: Fraction) -> list[Fraction]:
    """The points strictly between on the first halving of the unit that has any."""
    while not (points := _multiples(start, end, unit, zero)):
        unit /= 2
    return points


def _split(start: Fraction, end: Fraction, points: Sequence[Fraction], late: bool) -> Fraction:
    """The point that leaves single values on both sides; the last or the first of several."""

    def single(point: Fraction) -> int:
        return sum(plain_value(part) is not None for part in (point - start, end - point))

    return max(points, key=lambda point: (single(point), point if late else -point))


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


def _find_tuplets(cuts: frozenset[Fraction], meter: _Meter) -> list[_Tuplet]:
    """The tuplets of a voice, in order; `cuts` are the places where something starts or ends."""
    tuplets: list[_Tuplet] = []
    start = -(meter.skipped % meter.beat)
    while start < meter.length:
        broad = _broad(start, cuts, meter)
        end = broad.end if broad else start + meter.beat
        found = _Tuplets((broad,), 0) if broad else _divide(start, end, cuts, meter)
        assert found.cost < inf, f"no tuplets reach {sorted(c for c in cuts if start < c < end)}"
        tuplets.extend(found.tuplets)
        start = end
    return tuplets


def _broad(start: Fraction, cuts: frozenset[Fraction], meter: _Meter) -> _Tuplet | None:
    """A triplet over two beats, or over a bar of four, if there is one from `start` on."""
    for beats in (4, 2):
        end, third = start + beats * meter.beat, beats * meter.beat / 3
        middle = (start + end) / 2
        if meter.compound or start < 0 or end > meter.length or middle in cuts:
            continue
        if meter.strength(start) < BAR if beats == 4 else meter.strength(middle) >= HALF_BAR:
            continue
        inside = {cut for cut in cuts if start < cut < end}
        shown = {start + third, start + 2 * third} <= inside
        if shown and all((cut - start) % (third / 2) == 0 for cut in inside):
            return _Tuplet(start, end, 3, 2)
    return None


@dataclass(frozen=True, slots=True)
class _Tuplets:
    """The tuplets that make up for a part of a bar, and how hard they are to read."""

    tuplets: tuple[_Tuplet, ...]
    cost: float


def _divide(start: Fraction, end: Fraction, cuts: frozenset[Fraction], meter: _Meter) -> _Tuplets:
    """The tuplets with which a beat or a part of it is read best: one, or several in its parts."""
    span = end - start
    in_three = meter.compound and span == meter.beat
    division = lcm(*(((cut - start) / span).denominator for cut in cuts if start < cut < end))
    if _odd(division) in ((1, 3) if in_three else (1,)):
        return _Tuplets((), 0)
    if span < 2 * SHORTEST:
        return _Tuplets((), inf)
    step = span / (3 if in_three else 2)
    points = _multiples(start, end, step, start)
    parts = [_divide(a, b, cuts, meter) for a, b in pairwise([start, *points, end])]
    tied = TIED * sum(point not in cuts for point in points)
    several = _Tuplets(
        tuple(tuplet for part in parts for tuplet in part.tuplets),
        sum(part.cost for part in parts) + tied,
    )
    return min(several, _one(start, end, division, cuts, meter), key=lambda found: found.cost)


def _one(
    start: Fraction, end: Fraction, division: int, cuts: frozenset[Fraction], meter: _Meter
) -> _Tuplets:
    """One tuplet for the whole part, if that can be."""
    span, odd = end - start, _odd(division)
    in_three = meter.compound and span == meter.beat
    normal = _near(odd, 3) if in_three else 1 << (odd.bit_length() - 1)
    halves = division // odd
    while normal % 2 == 0 and span / normal / halves < SHORTEST:
        normal //= 2  # rather an odd ratio than notes that nobody can write
    if start < 0 or end > meter.length or span / normal / halves < SHORTEST:
        return _Tuplets((), inf)
    if (in_three and odd % 3 == 0) or (span > 1 and not in_three and (start + end) / 2 in cuts):
        return _Tuplets((), inf)
    seen = cuts.issuperset(_multiples(start, end, span / odd, start))
    cost = odd + (HALVED if seen else HALVED_UNSEEN) * (halves.bit_length() - 1)
    if tuple(sorted((cut - start) / span for cut in cuts if start < cut < end)) in FIGURES:
        cost = FAMILIAR
    if cuts.issuperset(_multiples(start, end, span / division, start)):
        odd, normal = division, normal * halves  # a true sextuplet
    return _Tuplets((_Tuplet(start, end, odd, normal),), cost)


def _odd(number: int) -> int:
    """The number without its factors of two."""
    return number // (number & -number)


def _near(number: int, base: int) -> int:
    """The nearest of the base and its doubles: 5 and 7 stand in the time of 6 in a dotted beat."""
    doubles = (base << k for k in range(number.bit_length()))
    return min(doubles, key=lambda double: abs(double - number))
