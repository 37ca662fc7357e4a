"""Tuplets: where they are needed, and their brackets and numbers.

Positions that no plain value reaches stand in tuplets: over a beat or an even part of it, or over
several beats where three equal notes fill them; as few and as simple ones as possible. Brackets
follow from the beams (Gould, *Behind Bars*, 2011, ch. 7). Whether notes are a triplet at all is
decided in `rhythm.quantize`; here it is notated.

Positions are quarter notes from the barline.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from math import inf, lcm

from engrave.music.score import Chord, Event, Rest, Voice
from engrave.music.values import NOTE_TYPES
from engrave.notation.note_values import (
    BAR_STRENGTH,
    HALF_BAR_STRENGTH,
    SHORTEST_VALUE,
    BarPoints,
    WrittenPart,
    coarsest,
    multiples,
    odd_factor,
    plain_value,
    split_point,
)

# How hard tuplets are to read: each costs its number (3, 5, 7), and more where its notes divide:
# less if all notes of the tuplet can be seen, as in a triplet with an eighth in two 16ths.
HALVED_COST = 1.0
HALVED_UNSEEN_COST = 3.0
FAMILIAR_COST = 2.5  # a figure that is read at a glance
TIED_COST = 4.0  # a note continues from one tuplet into the next, or into plain notes of the beat
# Onsets of its notes, as shares of the tuplet: the dotted figure of the siciliano in a triplet.
FAMILIAR_FIGURES = frozenset({(Fraction(1, 2), Fraction(2, 3))})


@dataclass(frozen=True, slots=True)
class TupletBracket:
    """The tuplet of an event as written: the note type that it counts, bracket and number."""

    unit: str | None
    bracket: bool
    number: bool = True


def tuplet_brackets(voices: Iterable[Voice]) -> list[dict[int, TupletBracket]]:
    """The tuplets of a measure: for each voice, by index of the event.

    Where voices of a staff divide the same time alike, only the first one has a number; a bracket
    keeps its own, as it is expected there.
    """
    told: set[tuple[object, ...]] = set()
    signs: list[dict[int, TupletBracket]] = []
    for voice in voices:
        signs.append({})
        for members in _tuplets(voice.events):
            first, last = (voice.events[i] for i in (members[0], members[-1]))
            position = (voice.staff, first.onset, last.onset + last.length, first.value.actual)
            sign = _tuplet_bracket([voice.events[i] for i in members])
            sign = replace(sign, number=sign.bracket or position not in told)
            signs[-1] |= dict.fromkeys(members, sign)
            told.add(position)
    return signs


def _tuplets(events: Sequence[Event]) -> Iterator[list[int]]:
    """The indices of the members of each tuplet."""
    members: list[int] = []
    for index, event in enumerate(events):
        if event.tuplet_start:
            members = []
        if event.value.actual != event.value.normal:
            members.append(index)
        if event.tuplet_stop and members:
            yield members
            members = []


def _tuplet_bracket(members: list[Event]) -> TupletBracket:
    span = sum((event.length for event in members), Fraction(0))
    unit = span / members[0].value.normal
    types = {length: name for name, length in NOTE_TYPES.items()}
    return TupletBracket(unit=types.get(unit), bracket=not _beamed_throughout(members))


def _beamed_throughout(members: list[Event]) -> bool:
    """Whether one beam covers all members, so that the number alone shows the tuplet."""
    beams = [
        event.beams[0] if isinstance(event, Chord) and event.beams else None for event in members
    ]
    return (
        beams[0] in ("begin", "continue")
        and beams[-1] in ("continue", "end")
        and all(
            beam == "continue" or isinstance(event, Rest)
            for beam, event in zip(beams[1:-1], members[1:-1], strict=True)
        )
    )


@dataclass(frozen=True, slots=True)
class Tuplet:
    """`actual` notes in the time of `normal`, from `start` to `end`."""

    start: Fraction
    end: Fraction
    actual: int
    normal: int

    def values(self, start: Fraction, end: Fraction, rest: bool) -> Iterator[WrittenPart]:
        """The values that fill the stretch, inside of the tuplet."""
        length = (end - start) * self.actual / self.normal  # the length without the tuplet ratio
        assert length >= SHORTEST_VALUE, f"no note value in a tuplet lasts from {start} to {end}"
        value = plain_value(length)
        position = (start - self.start) * self.actual / self.normal
        if value and not (rest and (value.dots or position % length)):
            yield start, end, replace(value, actual=self.actual, normal=self.normal)
            return
        even = self.actual & -self.actual  # a sextuplet divides into three first
        unit = (self.end - self.start) / self.actual * even
        points = coarsest(start, end, unit, self.start)
        middle = split_point(start, end, points, (start - self.start) % unit == 0)
        yield from self.values(start, middle, rest)
        yield from self.values(middle, end, rest)


def find_tuplets(cuts: frozenset[Fraction], meter: BarPoints) -> list[Tuplet]:
    """The tuplets of a voice, in order; `cuts` are the positions where something starts or ends."""
    tuplets: list[Tuplet] = []
    start = -(meter.missing % meter.beat)
    while start < meter.length:
        broad = _broad(start, cuts, meter)
        end = broad.end if broad else start + meter.beat
        found = _Tuplets((broad,), 0) if broad else _divide(start, end, cuts, meter)
        assert found.cost < inf, f"no tuplets reach {sorted(c for c in cuts if start < c < end)}"
        tuplets.extend(found.tuplets)
        start = end
    return tuplets


def _broad(start: Fraction, cuts: frozenset[Fraction], meter: BarPoints) -> Tuplet | None:
    """A triplet over two beats, or over a bar of four, if there is one from `start` on."""
    for beats in (4, 2):
        end, third = start + beats * meter.beat, beats * meter.beat / 3
        middle = (start + end) / 2
        if meter.compound or start < 0 or end > meter.length or middle in cuts:
            continue
        if (
            meter.strength(start) < BAR_STRENGTH
            if beats == 4
            else meter.strength(middle) >= HALF_BAR_STRENGTH
        ):
            continue
        inside = {cut for cut in cuts if start < cut < end}
        shown = {start + third, start + 2 * third} <= inside
        if shown and all((cut - start) % (third / 2) == 0 for cut in inside):
            return Tuplet(start, end, 3, 2)
    return None


@dataclass(frozen=True, slots=True)
class _Tuplets:
    """The tuplets of a part of a bar, and how hard they are to read."""

    tuplets: tuple[Tuplet, ...]
    cost: float


def _divide(
    start: Fraction, end: Fraction, cuts: frozenset[Fraction], meter: BarPoints
) -> _Tuplets:
    """The cheapest tuplets of a beat or a part of it: one, or several in its parts."""
    span = end - start
    in_three = meter.compound and span == meter.beat
    division = lcm(*(((cut - start) / span).denominator for cut in cuts if start < cut < end))
    if odd_factor(division) in ((1, 3) if in_three else (1,)):
        return _Tuplets((), 0)
    if span < 2 * SHORTEST_VALUE:
        return _Tuplets((), inf)
    step = span / (3 if in_three else 2)
    points = multiples(start, end, step, start)
    parts = [_divide(a, b, cuts, meter) for a, b in pairwise([start, *points, end])]
    tied = TIED_COST * sum(point not in cuts for point in points)
    several = _Tuplets(
        tuple(tuplet for part in parts for tuplet in part.tuplets),
        sum(part.cost for part in parts) + tied,
    )
    return min(several, _one(start, end, division, cuts, meter), key=lambda found: found.cost)


def _one(
    start: Fraction, end: Fraction, division: int, cuts: frozenset[Fraction], meter: BarPoints
) -> _Tuplets:
    """One tuplet for the whole part, if that is possible."""
    span, odd = end - start, odd_factor(division)
    in_three = meter.compound and span == meter.beat
    normal = _near(odd, 3) if in_three else 1 << (odd.bit_length() - 1)
    halves = division // odd
    while normal % 2 == 0 and span / normal / halves < SHORTEST_VALUE:
        normal //= 2  # a tuplet in an unusual ratio rather than notes that do not exist
    if start < 0 or end > meter.length or span / normal / halves < SHORTEST_VALUE:
        return _Tuplets((), inf)
    if (in_three and odd % 3 == 0) or (span > 1 and not in_three and (start + end) / 2 in cuts):
        return _Tuplets((), inf)
    seen = cuts.issuperset(multiples(start, end, span / odd, start))
    cost = odd + (HALVED_COST if seen else HALVED_UNSEEN_COST) * (halves.bit_length() - 1)
    if tuple(sorted((cut - start) / span for cut in cuts if start < cut < end)) in FAMILIAR_FIGURES:
        cost = FAMILIAR_COST
    if cuts.issuperset(multiples(start, end, span / division, start)):
        odd, normal = division, normal * halves  # a true sextuplet
    return _Tuplets((Tuplet(start, end, odd, normal),), cost)


def _near(number: int, base: int) -> int:
    """The nearest of the base and its doubles: 5 and 7 stand in the time of 6 in a dotted beat."""
    doubles = (base << k for k in range(number.bit_length()))
    return min(doubles, key=lambda double: abs(double - number))
