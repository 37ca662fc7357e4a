"""What stands on a page, in the one form in which true scores and estimates are compared.

Places and lengths are quarter notes from the start of the first bar, repeats played out, ties
joined; times are seconds of the recording.
"""

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class PageNote:
    """A written note. A grace note has length 0 and the onset of the note it leads to.

    `played` is the index of the performed note that it writes, None where that is not known (a
    peer's page before alignment) or where nothing was played (a note that the player left out).
    `voice` is unique within the part: two voices of two staves never share a number.
    """

    onset: Fraction
    length: Fraction
    pitch: int
    step: str
    alter: int
    octave: int
    staff: int
    voice: int
    played: int | None = None
    grace: bool = False


@dataclass(frozen=True, slots=True)
class PageBar:
    """A bar as written: where it starts, how long it really is, its time and key signature."""

    start: Fraction
    length: Fraction
    beats: int
    beat_type: int
    fifths: int


@dataclass(frozen=True, slots=True)
class Page:
    """All notes, sorted by onset, then pitch, and all bars in order.

    `beats` and `downbeats` are the times in seconds at which a system says that they were played;
    empty for systems that do not say.
    """

    notes: tuple[PageNote, ...]
    bars: tuple[PageBar, ...]
    beats: tuple[float, ...] = ()
    downbeats: tuple[float, ...] = ()
