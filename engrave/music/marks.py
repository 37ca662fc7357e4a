"""The marks of a measure: clefs, tempo, dynamics, pedal, octave lines.

Positions are quarter notes from the barline.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from engrave.music.values import NoteValue


@dataclass(frozen=True, slots=True)
class Clef:
    """A clef on `staff` from `onset` of its measure on: sign "G" or "F", `line` 2 or 4.

    Notes under it sound `octave` octaves higher than without an 8 at the clef.
    """

    staff: int
    sign: str
    line: int
    onset: Fraction = Fraction(0)
    octave: int = 0


@dataclass(frozen=True, slots=True)
class TempoMark:
    """A tempo mark above the upper staff: `words` ("Andante"), and `per_minute` times `beat`.

    `sounding_tempo` is the tempo of playback, if it differs: quarters a minute.
    """

    onset: Fraction
    beat: NoteValue
    per_minute: int
    words: str = ""
    sounding_tempo: float | None = None

    @property
    def sounding(self) -> float:
        """The tempo of playback in quarters a minute."""
        return (
            float(self.per_minute * self.beat.length)
            if self.sounding_tempo is None
            else self.sounding_tempo
        )


@dataclass(frozen=True, slots=True)
class HiddenTempo:
    """The tempo in quarters a minute from here on, for playback only."""

    onset: Fraction
    per_minute: float


@dataclass(frozen=True, slots=True)
class TempoWords:
    """A change of tempo in words alone ("rit.", "a tempo"), above the upper staff."""

    onset: Fraction
    words: str


@dataclass(frozen=True, slots=True)
class Dynamic:
    """A dynamic sign ("p", "mf") or word ("cresc.") between the staves; it holds until the next."""

    onset: Fraction
    sign: str


@dataclass(frozen=True, slots=True)
class Hairpin:
    """A hairpin between the staves opens ("crescendo", "diminuendo") or comes to its end."""

    onset: Fraction
    kind: Literal["crescendo", "diminuendo", "stop"]


@dataclass(frozen=True, slots=True)
class PedalMark:
    """The sustain pedal goes down ("start") or up ("stop"), below the lower staff.

    A change of pedal is a stop and a start at one position. `onset` may be the measure's length for
    a stop at its closing barline. It is drawn as a bracket; one that is not `shown` is for playback
    only.
    """

    onset: Fraction
    kind: Literal["start", "stop"]
    shown: bool = True


@dataclass(frozen=True, slots=True)
class PedalWords:
    """Words on the pedals ("una corda", "simile"), above the lower staff."""

    onset: Fraction
    words: str


@dataclass(frozen=True, slots=True)
class OctaveLine:
    """A line at `staff` ("8va") under which all sounds one or two octaves off begins or ends.

    Pitches are given as they sound. `onset` may be the measure's length for a stop at its closing
    barline.
    """

    onset: Fraction
    staff: int
    line: Literal["8va", "15ma", "8vb"]
    kind: Literal["start", "stop"]


Mark = (
    TempoMark | HiddenTempo | TempoWords | Dynamic | Hairpin | PedalMark | PedalWords | OctaveLine
)
