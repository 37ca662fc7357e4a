"""Notes on their way to the page, with the signs and marks that the stages decide.

Times in quarter notes are called onset, end or quarter; those in seconds belong to key presses.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby

from engrave.music.performance import RIGHT, PlayedNote
from engrave.music.score import OrnamentKind
from engrave.music.values import KeySignature, Pitch


@dataclass(frozen=True, slots=True, kw_only=True)
class FoldedNote(PlayedNote):
    """A key press that is written: of an ornament the main note alone, at its full length.

    `played` is its index in the performance that was folded. A `grace` note is written small.
    """

    played: int
    grace: bool = False


@dataclass(frozen=True, slots=True)
class Note:
    """A played note on its way to the page; each stage fills in what it decides.

    `played` is its index in `Performance.notes`, and so in every array about notes; `pitch` is a
    MIDI number. `onset` (from the start of the first bar) and `duration` are quarter notes; a
    `grace` note has duration 0 and the onset of the note that it leads to. `part` is an index into
    `Performance.players`, `hand` the hand that plays it. It stands on `staff` of its part (1 upper
    or only, 2 lower); its `voice` (1 upper or only, 2 lower) is one of `voice_staff`: another staff
    under a beam that goes from one to the other. `spelling` is None until it is spelled.
    """

    played: int
    pitch: int
    onset: Fraction
    duration: Fraction
    grace: bool = False
    part: int = 0
    hand: int = RIGHT
    staff: int = 1
    voice_staff: int = 1
    voice: int = 1
    spelling: Pitch | None = None

    @property
    def end(self) -> Fraction:
        """End of the note in quarters."""
        return self.onset + self.duration

    @property
    def name(self) -> Pitch:
        """Its spelling, once it has one."""
        assert self.spelling is not None, "the notes have not been spelled"
        return self.spelling


def group_chords(notes: Iterable[Note]) -> list[list[Note]]:
    """The notes that begin together, in order of time; inside a chord as they were given."""
    ordered = sorted(notes, key=lambda note: note.onset)
    return [list(chord) for _, chord in groupby(ordered, key=lambda note: note.onset)]


@dataclass(frozen=True, slots=True)
class KeySection:
    """Music in one key: it begins with a bar that starts at `start` (quarters)."""

    start: Fraction
    key: KeySignature


@dataclass(frozen=True, slots=True)
class Spelling:
    """The notes with their spelling, and the key signatures, the first of them at 0."""

    notes: tuple[Note, ...]
    sections: tuple[KeySection, ...]

    @property
    def key(self) -> KeySignature:
        """The key signature with which the piece begins."""
        return self.sections[0].key


@dataclass(frozen=True, slots=True)
class Ornament:
    """A sign on one written note, and the key presses (indices) that it stands for.

    The written note is the press `main`; `folded` are the others. It sounds from `onset` to
    `release` (seconds), from the first press of all to when the last of them was let go.
    """

    kind: OrnamentKind
    main: int
    folded: tuple[int, ...]
    onset: float
    release: float


@dataclass(frozen=True, slots=True)
class Tremolo:
    """One bar of a tremolo: from `onset` to `release` (seconds), both on beats of the grid.

    `chords` are the presses (indices) of its first stroke and, of two in turn, of the second;
    `folded` are for each of them the later presses of its key.
    """

    chords: tuple[tuple[int, ...], ...]
    folded: dict[int, tuple[int, ...]]
    onset: float
    release: float

    @property
    def presses(self) -> set[int]:
        """All key presses that it writes."""
        return set(self.folded) | {i for more in self.folded.values() for i in more}

    @property
    def second(self) -> tuple[int, ...]:
        """The presses of the chord that alternates with the first."""
        return self.chords[1] if len(self.chords) > 1 else ()


@dataclass(frozen=True, slots=True)
class Ornaments:
    """The ornaments of a performance; every key press is in one of them at most.

    `graces` are single presses written small, `arpeggios` the presses of each chord that takes the
    arpeggio sign, low to high; those `unsigned` have no sign of their own: the bass that one hand
    strikes where the other begins to roll. `tremolos` have a bar each. Of the presses of each of
    `glissandos` the first and the last are written.
    """

    graces: frozenset[int] = frozenset()
    signs: tuple[Ornament, ...] = ()
    arpeggios: tuple[tuple[int, ...], ...] = ()
    unsigned: frozenset[int] = frozenset()
    tremolos: tuple[Tremolo, ...] = ()
    glissandos: tuple[tuple[int, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Articulation:
    """The key presses whose notes have a staccato dot, an accent, a fermata."""

    staccato: frozenset[int] = frozenset()
    accent: frozenset[int] = frozenset()
    fermata: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class PedalSpan:
    """The pedal is down from `start` to `stop`, in quarter notes from the start of the first bar.

    Where one span stops and the next starts at the same position, the pedal is changed. One that is
    not `shown` is for playback only.
    """

    start: Fraction
    stop: Fraction
    shown: bool = True


@dataclass(frozen=True, slots=True)
class PedalWord:
    """Words about the pedals, at a position in quarter notes."""

    quarter: Fraction
    words: str


@dataclass(frozen=True, slots=True)
class PedalNotation:
    """The written marks of the pedals; `bracketed`: added by an editor."""

    spans: tuple[PedalSpan, ...] = ()
    words: tuple[PedalWord, ...] = ()
    bracketed: bool = False
