"""Pitches, note values, time and key signatures as they are written.

Lengths are quarter notes.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal, overload

import numpy as np

STEPS = "CDEFGAB"
STEPS_BY_FIFTHS = "FCGDAEB"  # along the line of fifths from F (-1): the order of sharps
SEMITONES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}

# Note types and their lengths in quarter notes, longest first.
NOTE_TYPES: dict[str, Fraction] = {
    "breve": Fraction(8),
    "whole": Fraction(4),
    "half": Fraction(2),
    "quarter": Fraction(1),
    "eighth": Fraction(1, 2),
    "16th": Fraction(1, 4),
    "32nd": Fraction(1, 8),
    "64th": Fraction(1, 16),
    "128th": Fraction(1, 32),
}
QUARTER = Fraction(1)


@dataclass(frozen=True, slots=True)
class Pitch:
    """A written pitch: step C-B, alter in semitones (-2 to 2), octave (4 starts at middle C)."""

    step: str
    alter: int
    octave: int

    @property
    def midi(self) -> int:
        """MIDI number of its key; 60 is middle C."""
        return 12 * (self.octave + 1) + SEMITONES[self.step] + self.alter


@dataclass(frozen=True, slots=True)
class NoteValue:
    """A note value: note type, dots, and the tuplet ratio (3 in the time of 2)."""

    type: str
    dots: int = 0
    actual: int = 1
    normal: int = 1

    @property
    def length(self) -> Fraction:
        """Length in quarter notes."""
        plain = NOTE_TYPES[self.type] * (2 - Fraction(1, 2**self.dots))
        return plain * self.normal / self.actual


@overload
def is_compound(beats: int, beat_type: int, *, three_in_one: bool = True) -> bool: ...
@overload
def is_compound(
    beats: np.ndarray, beat_type: np.ndarray, *, three_in_one: bool = True
) -> np.ndarray: ...
def is_compound(beats: Any, beat_type: Any, *, three_in_one: bool = True) -> Any:
    """Whether the felt beats of time signatures are dotted: of 6/8, 9/8, 12/8, 6/4, 6/16.

    3/8 and 3/16 are one such beat if they are felt in one, as in every score of this program, and
    else three plain ones.
    """
    return (beats % 3 == 0) & ((beats > 3) | ((beat_type >= 8) & three_in_one))


@dataclass(frozen=True, slots=True)
class TimeSignature:
    """A time signature as written: beats in a bar over their note value (4 is a quarter)."""

    beats: int
    beat_type: int

    @property
    def compound(self) -> bool:
        """Whether the felt beats are dotted."""
        return is_compound(self.beats, self.beat_type)


@dataclass(frozen=True, slots=True)
class KeySignature:
    """A key signature: sharps (flats negative), and the mode."""

    fifths: int
    mode: Literal["major", "minor"] = "major"
