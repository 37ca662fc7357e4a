"""Plain facts about a written score: what a reader of the page sees, and where.

Two files say the same music when they give the same facts. Places are exact: measures counted
from 0, quarter notes (`Fraction`) from the barline that opens the measure.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, order=True, slots=True)
class Fact:
    """One thing on the page. Parts are counted from 0, staves from 1; staff 0 is the whole part."""

    part: int
    measure: int
    onset: Fraction
    staff: int
    kind: str
    text: str

    def __str__(self) -> str:
        staff = f", staff {self.staff}" if self.staff else ""
        return f"{self.kind} {self.text} (measure {self.measure} at {self.onset}{staff})"


@dataclass(frozen=True, slots=True)
class MeasureFrame:
    """How long a measure is and should be (quarter notes), and whether it is declared implicit."""

    index: int
    length: Fraction
    nominal: Fraction
    implicit: bool


@dataclass(frozen=True, slots=True)
class Signature:
    """All facts of a file, sorted, and the frames of the first part's measures."""

    facts: tuple[Fact, ...]
    frames: tuple[MeasureFrame, ...]


def differences(ours: Sequence[Fact], theirs: Sequence[Fact], their_name: str) -> list[str]:
    """One sentence for each fact that stands on one side only, in the order of the music."""
    lost = Counter(ours) - Counter(theirs)
    added = Counter(theirs) - Counter(ours)
    sentences = [(fact, f"{their_name} lost {fact}") for fact in lost.elements()]
    sentences += [(fact, f"{their_name} added {fact}") for fact in added.elements()]
    return [sentence for _, sentence in sorted(sentences)]


def at_its_position(
    lengths: Sequence[Fraction], measure: int, onset: Fraction
) -> tuple[int, Fraction]:
    """The end of a measure as the start of the next, where there is one."""
    if onset == lengths[measure] and measure + 1 < len(lengths):
        return measure + 1, Fraction(0)
    return measure, onset


def pedal_text(lengths: Sequence[Fraction], measure: int, onset: Fraction) -> str:
    """What is said of a pedal that is held until a place."""
    measure, onset = at_its_position(lengths, measure, onset)
    return f"held until measure {measure} at {onset}"
