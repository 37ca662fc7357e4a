"""Accidentals: which noteheads need one, and which get a courtesy accidental.

An accidental holds to the barline for its line or space of its staff, in all voices, in the order
of time. After the barline, and in other octaves, readers still remember it: there a courtesy
accidental cancels it (Gould, *Behind Bars*, 2011, ch. 3). It stands

* where the first note on a line in a measure is altered otherwise than the last one on this line
  in the measure before, also where that one was altered by a tie only;
* where the same step stands altered otherwise in another octave of the staff before in the measure.

(In 150 scores of the (n)ASAP data set the first has an accidental in half of all cases, the second
in three quarters, and seven in eight of them without brackets.) A new key signature cancels them
all. MuseScore 3 drops those on grace notes, and those on a pitch that both staves have in the
measure: none are written there. MuseScore 3 and 4 count a cross-staff note for the staff of its
voice, and print the further accidentals that this makes necessary: these are written from the
start.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache

from engrave.music.score import Chord, Notehead, Voice
from engrave.music.values import STEPS, STEPS_BY_FIFTHS, Pitch

ACCIDENTALS = {-2: "flat-flat", -1: "flat", 0: "natural", 1: "sharp", 2: "double-sharp"}

StaffPosition = tuple[int, str, int]  # staff, step, octave


@dataclass(frozen=True, slots=True)
class Accidentals:
    """The accidentals of a measure: by voice and index of the chord, head by head (or None).

    `last` is the alteration of the last note on each line.
    """

    signs: list[dict[int, list[str | None]]]
    last: Mapping[StaffPosition, int] = field(default_factory=dict)


def find_accidentals(
    voices: list[Voice], fifths: int, before: Mapping[StaffPosition, int]
) -> Accidentals:
    """The accidentals of a measure; `before` is the last alteration of each line in the one before.

    A note that a tie leads to has none; where it is altered by a sign before the barline, the next
    note there needs one in any case.
    """
    chords = _chords_in_time(voices)
    shared = _on_several_staves(
        (staff, head.pitch)
        for chord, v, _ in chords
        for head in chord.heads
        for staff in {voices[v].staff_of(chord), voices[v].staff}
    )
    memory = _AccidentalMemory(key_alterations(fifths), before, shared)
    signs: list[dict[int, list[str | None]]] = [{} for _ in voices]
    for chord, voice, index in chords:
        staff, own = voices[voice].staff_of(chord), voices[voice].staff
        signs[voice][index] = [memory.sign(head, staff, own, chord.grace) for head in chord.heads]
    return Accidentals(signs, memory.last)


class _AccidentalMemory:
    """State of the lines while a measure is read, from note to note."""

    def __init__(
        self,
        key: Mapping[str, int],
        before: Mapping[StaffPosition, int],
        shared: set[tuple[str, int]],
    ) -> None:
        self.key = key
        self.before = before
        self.shared = shared  # pitches (step, octave) that occur on more than one staff
        self.in_force: dict[StaffPosition, int | None] = {}
        self.reckoned: dict[StaffPosition, int | None] = {}  # the same, by the staves of the voices
        self.last: dict[StaffPosition, int] = {}

    def sign(self, head: Notehead, staff: int, own: int, grace: bool) -> str | None:
        """The accidental of the next head; `own` is the staff of its voice. Updates the state."""
        pitch = head.pitch
        staff_position = (staff, pitch.step, pitch.octave)
        reckoned = (own, pitch.step, pitch.octave)
        in_key = self.key[pitch.step]
        known = {self.in_force.get(staff_position, in_key), self.reckoned.get(reckoned, in_key)}
        new = known != {pitch.alter}
        courtesy = not grace and self._misleads(staff_position, pitch.alter)
        shown = not head.tied_from and (new or courtesy)
        if new:
            self.in_force[staff_position] = None if head.tied_from else pitch.alter
            self.reckoned[reckoned] = self.in_force[staff_position]
        if shown or not grace:
            self.last[staff_position] = pitch.alter
        return ACCIDENTALS[pitch.alter] if shown else None

    def _misleads(self, staff_position: StaffPosition, alter: int) -> bool:
        """Whether another alteration may be expected of the first note on this line."""
        if staff_position in self.last or staff_position[1:] in self.shared:
            return False
        octaves = (
            a
            for (*staff_step, _), a in self.last.items()
            if tuple(staff_step) == staff_position[:2]
        )
        return self.before.get(staff_position, alter) != alter or any(a != alter for a in octaves)


def _on_several_staves(pitches: Iterable[tuple[int, Pitch]]) -> set[tuple[str, int]]:
    """The steps with octave that occur on more than one staff."""
    met = {(staff, pitch.step, pitch.octave) for staff, pitch in pitches}
    counts = Counter((step, octave) for _, step, octave in met)
    return {staff_step for staff_step, count in counts.items() if count > 1}


def _chords_in_time(voices: list[Voice]) -> list[tuple[Chord, int, int]]:
    """The chords in order of time, each with the index of its voice and its own in the voice."""
    chords = [
        (event, voice, index)
        for voice, content in enumerate(voices)
        for index, event in enumerate(content.events)
        if isinstance(event, Chord)
    ]
    return sorted(chords, key=lambda item: item[0].onset)


@cache
def key_alterations(fifths: int) -> dict[str, int]:
    """The alteration of each step in a key signature: {"F": 1, ...}."""
    altered = STEPS_BY_FIFTHS[:fifths] if fifths >= 0 else STEPS_BY_FIFTHS[fifths:]
    return {step: (1 if fifths > 0 else -1) if step in altered else 0 for step in STEPS}
