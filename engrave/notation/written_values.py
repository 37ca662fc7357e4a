"""The note values of a voice in a bar: its spans cut at tuplets, tied, filled with rests.

Places are quarter notes from the barline.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from engrave.music.grid import Bar
from engrave.music.values import NoteValue
from engrave.notation.note_values import bar_points
from engrave.notation.tuplets import Tuplet, find_tuplets


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
    meter = bar_points(replace(bar, start=Fraction(0)), skipped)
    tuplets = find_tuplets(frozenset(s.end for s in stretches), meter)
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


def _cut(
    stretch: Stretch, tuplets: Sequence[Tuplet]
) -> Iterator[tuple[Fraction, Fraction, Tuplet | None]]:
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
