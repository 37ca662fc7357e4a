"""What a page shows beyond the score itself: stem directions, tuplet brackets, shared rests.

All of it follows from the score by rules (Gould, *Behind Bars*, 2011, chs. 2 and 7; on rests that
two voices share, ch. 2, "Double-stemmed writing").
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from engrave.score import NOTE_TYPES, Chord, Event, Rest, Voice

STEMS_BETWEEN = {1: "down", 2: "up"}  # from each staff to a beam between the two


@dataclass(frozen=True, slots=True)
class TupletSign:
    """What a note needs to know of its tuplet: the note type that it counts, bracket and number."""

    unit: str | None
    bracket: bool
    number: bool = True


def stem_directions(voices: list[Voice]) -> list[list[str | None]]:
    """For each voice the stem of each event, where it is not left to the reader.

    Voices that share a staff have theirs by turns up and down from the first voice. A beam from
    staff to staff runs between the two: stems go down to it from the upper one, up from the lower.
    """
    staves = [voice.staff for voice in voices]
    stems: list[list[str | None]] = []
    for index, voice in enumerate(voices):
        turn = ("up", "down")[staves[:index].count(voice.staff) % 2]
        stem = None if staves.count(voice.staff) == 1 else turn
        crossing = {k for group in crossing_beams(voice) for k in group}
        stems.append(
            [
                STEMS_BETWEEN[voice.staff_of(event)] if k in crossing else stem
                for k, event in enumerate(voice.events)
            ]
        )
    return stems


def crossing_beams(voice: Voice) -> Iterator[list[int]]:
    """The indices of the chords under each beam that goes from staff to staff."""
    group: list[int] = []
    for k, event in enumerate(voice.events):
        if isinstance(event, Chord) and event.beams and not event.grace:
            group.append(k)
            if event.beams[0] == "end":
                if len({voice.staff_of(voice.events[i]) for i in group}) > 1:
                    yield group
                group = []


def crossing_spans(voice: Voice) -> Iterator[tuple[Fraction, Fraction]]:
    """From where to where each beam goes that crosses the staves."""
    for group in crossing_beams(voice):
        first, last = voice.events[group[0]], voice.events[group[-1]]
        yield first.onset, last.onset + last.length


def shared_rests(voices: list[Voice]) -> set[tuple[int, int]]:
    """Rests that a voice above on the same staff draws for both: indices of voice and event.

    In a tuplet each voice keeps its own, for its number would stand over nothing.
    """
    drawn: set[tuple[int, Rest]] = set()
    shared: set[tuple[int, int]] = set()
    for v, voice in enumerate(voices):
        for k, event in enumerate(voice.events):
            if isinstance(event, Rest) and event.value.actual == event.value.normal:
                if (voice.staff, event) in drawn:
                    shared.add((v, k))
                drawn.add((voice.staff, event))
    return shared


def tuplet_signs(voices: Iterable[Voice]) -> list[dict[int, TupletSign]]:
    """For each voice of a measure the tuplet of each event (by index) that stands in one.

    Where voices of a staff divide the same time alike, the number of the first one tells it; a
    bracket keeps its own, which is looked for in it.
    """
    told: set[tuple[object, ...]] = set()
    signs: list[dict[int, TupletSign]] = []
    for voice in voices:
        signs.append({})
        for members in _tuplets(voice.events):
            first, last = (voice.events[i] for i in (members[0], members[-1]))
            place = (voice.staff, first.onset, last.onset + last.length, first.value.actual)
            sign = _tuplet_sign([voice.events[i] for i in members])
            sign = replace(sign, number=sign.bracket or place not in told)
            signs[-1] |= dict.fromkeys(members, sign)
            told.add(place)
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


def _tuplet_sign(members: list[Event]) -> TupletSign:
    span = sum((event.length for event in members), Fraction(0))
    unit = span / members[0].value.normal
    types = {length: name for name, length in NOTE_TYPES.items()}
    return TupletSign(unit=types.get(unit), bracket=not _beamed_throughout(members))


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
