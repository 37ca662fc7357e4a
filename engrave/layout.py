"""What a page shows beyond the score itself: accidentals, stem directions, tuplet brackets.

All of it follows from the score by rules (Gould, *Behind Bars*, 2011, chs. 2, 3 and 7).
"""

from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from engrave.score import NOTE_TYPES, STEPS, Chord, Event, Rest, Voice

ACCIDENTALS = {-2: "flat-flat", -1: "flat", 0: "natural", 1: "sharp", 2: "double-sharp"}
ORDER_OF_SHARPS = "FCGDAEB"


@dataclass(frozen=True, slots=True)
class TupletSign:
    """What a note needs to know of its tuplet: the note type that it counts, and its bracket."""

    unit: str | None
    bracket: bool


def stem_directions(voices: list[Voice]) -> list[str | None]:
    """Stem directions where voices share a staff: by turns up and down from the first voice."""
    staves = [voice.staff for voice in voices]
    return [
        None if staves.count(staff) == 1 else ("up", "down")[staves[:index].count(staff) % 2]
        for index, staff in enumerate(staves)
    ]


def find_accidentals(voices: list[Voice], fifths: int) -> list[dict[int, list[str | None]]]:
    """For each voice: the index of each chord -> the accidental sign, or None, of each head.

    A sign holds to the barline for its line or space of its staff, in all voices, in the order
    of time. A note that a tie leads to has none; where it is altered by a sign before the barline,
    the next note there needs one in any case (Gould, Behind Bars, "Accidentals": tied notes).
    """
    key = _key_alterations(fifths)
    in_force: dict[tuple[int, str, int], int | None] = {}
    signs: list[dict[int, list[str | None]]] = [{} for _ in voices]
    for chord, voice, index in _chords_in_time(voices):
        signs[voice][index] = []
        for head in chord.heads:
            pitch = head.pitch
            line = (voices[voice].staff, pitch.step, pitch.octave)
            new = in_force.get(line, key[pitch.step]) != pitch.alter
            needed = new and not head.tied_from
            signs[voice][index].append(ACCIDENTALS[pitch.alter] if needed else None)
            if new:
                in_force[line] = None if head.tied_from else pitch.alter
    return signs


def _chords_in_time(voices: list[Voice]) -> list[tuple[Chord, int, int]]:
    """The chords, each with the index of its voice and its own in there, in order of time."""
    chords = [
        (event, voice, index)
        for voice, content in enumerate(voices)
        for index, event in enumerate(content.events)
        if isinstance(event, Chord)
    ]
    return sorted(chords, key=lambda item: item[0].onset)


@cache
def _key_alterations(fifths: int) -> dict[str, int]:
    """What a key signature does to each step: {"F": 1, ...}."""
    altered = ORDER_OF_SHARPS[:fifths] if fifths >= 0 else ORDER_OF_SHARPS[fifths:]
    return {step: (1 if fifths > 0 else -1) if step in altered else 0 for step in STEPS}


def tuplet_signs(events: tuple[Event, ...]) -> dict[int, TupletSign]:
    """The tuplet of each event (by index) that stands in one."""
    tuplets: dict[int, TupletSign] = {}
    members: list[int] = []
    for index, event in enumerate(events):
        if event.tuplet_start:
            members = []
        if event.value.actual != event.value.normal:
            members.append(index)
        if event.tuplet_stop and members:
            tuplets |= dict.fromkeys(members, _tuplet_sign([events[i] for i in members]))
            members = []
    return tuplets


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
