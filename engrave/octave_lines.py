"""Octave lines on the page: notes under them stand an octave or two from where they sound."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from engrave.score import Event, Measure, OctaveLine, Rest, Voice

OCTAVES = {"8va": 1, "15ma": 2, "8vb": -1}  # by which it sounds higher than it is written


@dataclass(frozen=True, slots=True)
class AsWritten:
    """Voices with their notes on the lines on which they stand; the octaves of each staff after."""

    voices: list[Voice]
    octaves: Mapping[int, int]


def as_written(measure: Measure, voices: Sequence[Voice], before: Mapping[int, int]) -> AsWritten:
    """The voices of a measure; `before` are the octaves under which its staves begin."""
    ends = [mark for mark in measure.marks if isinstance(mark, OctaveLine)]
    ends.sort(key=lambda end: (end.onset, end.kind == "start"))

    def octaves(staff: int, onset: Fraction) -> int:
        there = [end for end in ends if end.staff == staff and end.onset <= onset]
        if not there:
            return before.get(staff, 0)
        return OCTAVES[there[-1].line] if there[-1].kind == "start" else 0

    written = [
        replace(
            voice,
            events=tuple(_lower(e, octaves(voice.staff_of(e), e.onset)) for e in voice.events),
        )
        for voice in voices
    ]
    return AsWritten(written, {v.staff: octaves(v.staff, measure.length) for v in voices})


def _lower(event: Event, octaves: int) -> Event:
    if isinstance(event, Rest) or not octaves:
        return event
    heads = (
        replace(head, pitch=replace(head.pitch, octave=head.pitch.octave - octaves))
        for head in event.heads
    )
    return replace(event, heads=tuple(heads))
