"""Notes for tests: on which staff they stand, those of a sample, and how they look on paper."""

from collections.abc import Sequence
from dataclasses import replace

from engrave.music.grid import Grid
from engrave.music.note import Note
from engrave.music.performance import PIANO
from engrave.music.score import Score
from engrave.notation.measures import NO_SIGNS, Signs, notate
from engrave.pitch.spelling import spell
from samples.performer import Take


def on_staves(
    notes: Sequence[Note], staff: int | Sequence[int], voice: int | Sequence[int] = 1
) -> list[Note]:
    """The notes on the staff of the hand that plays them, in a voice of it: one for all, or each's.

    Staves and hands have the same numbers (1 upper, right; 2 lower, left).
    """
    staves = [staff] * len(notes) if isinstance(staff, int) else staff
    voices = [voice] * len(notes) if isinstance(voice, int) else voice
    return [
        replace(note, hand=on, staff=on, voice_staff=on, voice=number)
        for note, on, number in zip(notes, staves, voices, strict=True)
    ]


def true_notes(sample: Take) -> list[Note]:
    """The notes of a sample as its true score has them: places, staves, voices, spelling."""
    notes = [
        Note(i, true.pitch.midi, true.onset, true.length, true.grace, spelling=true.pitch)
        for i, true in enumerate(sample.truth)
    ]
    voices = [(true.voice - 1) % 4 + 1 for true in sample.truth]
    return on_staves(notes, [true.staff for true in sample.truth], voices)


def notate_piano(notes: Sequence[Note], grid: Grid, signs: Signs = NO_SIGNS) -> Score:
    """The score of notes for one piano, spelled as they sound."""
    spelled = spell(notes)
    return notate(spelled.notes, [PIANO], grid, spelled.sections, signs)
