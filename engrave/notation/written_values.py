"""The note values of a voice in a bar: its spans cut at tuplets, tied, filled with rests.

Positions are quarter notes from the barline.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from engrave.music.grid import Bar
from engrave.music.values import NoteValue
from engrave.notation.note_values import bar_points
from engrave.notation.tuplets import Tuplet, find_tuplets


@dataclass(frozen=True, slots=True)
class VoiceSpan:
    """A span of a voice from `onset` to `end`: the chord with this index, or (None) a rest."""

    onset: Fraction
    end: Fraction
    chord: int | None


@dataclass(frozen=True, slots=True)
class TiedValue:
    """A stretch, or a part of it that is tied to the next, with its note value."""

    onset: Fraction
    value: NoteValue
    chord: int | None
    first: bool
    last: bool
    tuplet_start: bool = False
    tuplet_stop: bool = False


def split_into_values(spans: Sequence[VoiceSpan], bar: Bar, missing: Fraction) -> list[TiedValue]:
    """The note values of one voice in one bar; the spans fill it without gap.

    `missing` is how much of a full bar is missing before a pickup. Positions must be such that
    notes of `NOTE_TYPES`, plain or in tuplets that are not nested, reach them.
    """
    meter = bar_points(replace(bar, start=Fraction(0)), missing)
    tuplets = find_tuplets(frozenset(s.end for s in spans), meter)
    starts, ends = {t.start for t in tuplets}, {t.end for t in tuplets}
    written: list[TiedValue] = []
    for span in spans:
        rest = span.chord is None
        parts = [
            part
            for start, end, tuplet in _cut(span, tuplets)
            for part in (tuplet or meter).values(start, end, rest)
        ]
        for i, (a, b, value) in enumerate(parts):
            first, last = i == 0, i == len(parts) - 1
            written.append(TiedValue(a, value, span.chord, first, last, a in starts, b in ends))
    return written


def _cut(
    span: VoiceSpan, tuplets: Sequence[Tuplet]
) -> Iterator[tuple[Fraction, Fraction, Tuplet | None]]:
    """The parts of a stretch inside and outside of tuplets."""
    position = span.onset
    for tuplet in tuplets:
        if tuplet.end <= position or tuplet.start >= span.end:
            continue
        if position < tuplet.start:
            yield position, tuplet.start, None
        yield max(position, tuplet.start), min(span.end, tuplet.end), tuplet
        position = min(span.end, tuplet.end)
    if position < span.end:
        yield position, span.end, None
