"""The chords of a voice: noteheads with one onset, with the signs that belong to them.

Grace notes go with the chord that they lead to. What cannot be written is listed with the reason.
Positions are quarter notes from the start of the piece.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from engrave.music.note import Articulation, Note, Ornament, Ornaments
from engrave.music.score import Chord, Notehead, OrnamentKind, Unwritten
from engrave.music.values import QUARTER, Pitch
from engrave.notation.written_values import TiedValue


@dataclass(frozen=True, slots=True)
class ChordSigns:
    """Articulation signs of a chord."""

    staccato: bool
    accent: bool
    arpeggiated: bool
    fermata: bool


@dataclass(frozen=True, slots=True)
class WrittenChord:
    """A chord of one voice: heads low to high, grace notes that lead to it, signs.

    In a tremolo the heads `second` take turns with the others, if there are any.
    """

    onset: Fraction
    end: Fraction
    heads: tuple[Notehead, ...]
    graces: tuple[Notehead, ...]
    ornament: OrnamentKind | None
    signs: ChordSigns
    tremolo: bool
    second: tuple[Notehead, ...]
    staff: int | None  # if it is not that of its voice
    glissando: Literal["start", "stop"] | None = None


@dataclass(frozen=True, slots=True)
class NoteSigns:
    """The sign on the note of each press that has one, and the presses of rolled chords.

    `tremolo` are the presses behind each one of a tremolo, `second` those of its second chord;
    `glissando` are those of each glissando by the first.
    """

    ornament: dict[int, Ornament]
    rolled: frozenset[int]
    tremolo: dict[int, tuple[int, ...]]
    second: frozenset[int]
    glissando: dict[int, tuple[int, ...]]
    articulation: Articulation

    @classmethod
    def of(cls, ornaments: Ornaments, articulation: Articulation) -> "NoteSigns":
        """The signs of ornaments, tremolos and articulation, by the notes that bear them."""
        rolled = frozenset(i for chord in ornaments.arpeggios for i in chord) - ornaments.unsigned
        return cls(
            {sign.main: sign for sign in ornaments.signs},
            rolled,
            {i: more for tremolo in ornaments.tremolos for i, more in tremolo.folded.items()},
            frozenset(i for tremolo in ornaments.tremolos for i in tremolo.second),
            {run[0]: run for run in ornaments.glissandos},
            articulation,
        )

    def head(self, note: Note) -> Notehead:
        """The notehead of a note, with the presses that its sign stands for."""
        return Notehead(note.name, (note.played,), folded=self.folded(note.played))

    def folded(self, played: int) -> tuple[int, ...]:
        """The presses that the sign on the note of a press stands for."""
        if played in self.ornament:
            return self.ornament[played].folded
        return self.tremolo.get(played, self.glissando.get(played, ())[1:-1])

    def ornament_of(self, heads: Iterable[Notehead]) -> OrnamentKind | None:
        """The ornament sign of a chord: the first that one of its notes has."""
        kinds = (self.ornament[i].kind for h in heads for i in h.played if i in self.ornament)
        return next(kinds, None)

    def touch(self, heads: Iterable[Notehead]) -> ChordSigns:
        """The articulation of a chord: that of any of its notes."""
        presses = {i for head in heads for i in head.played}
        return ChordSigns(
            bool(presses & self.articulation.staccato),
            bool(presses & self.articulation.accent),
            bool(presses & self.rolled),
            bool(presses & self.articulation.fermata),
        )


def can_be_written(pitch: Pitch) -> bool:
    """Whether a pitch is in an octave that notation can number."""
    return pitch.octave >= 0


def group_chords(
    notes: Iterable[Note], signs: NoteSigns, unwritten: list[Unwritten]
) -> list[WrittenChord]:
    """The chords of one voice in order; of two presses of a key at one position one is written."""
    mains: dict[Fraction, list[Note]] = defaultdict(list)
    graces: dict[Fraction, list[Note]] = defaultdict(list)

    def leave_out(note: Note, reason: str) -> None:
        keys = (note.played, *signs.folded(note.played))
        unwritten.extend(Unwritten(key, reason) for key in keys)

    for note in notes:
        if not can_be_written(note.name):
            leave_out(note, "lower than notation goes")
        elif note.grace:
            graces[note.onset].append(note)
        elif any(other.pitch == note.pitch for other in mains[note.onset]):
            leave_out(note, "pressed twice at one written place")
        else:
            mains[note.onset].append(note)
    for onset in graces.keys() - mains.keys():
        for note in graces[onset]:
            leave_out(note, "leads to a note that is not written")
    written = [_chord(chord, graces[onset], signs) for onset, chord in sorted(mains.items())]
    return _with_glissandos(written, signs, unwritten)


def _chord(notes: Sequence[Note], graces: Sequence[Note], signs: NoteSigns) -> WrittenChord:
    """The chord of these notes, with the grace notes that lead to it."""
    ordered = sorted(notes, key=lambda note: _height(note.name))
    heads = [signs.head(note) for note in ordered]
    lowest = ordered[0]
    return WrittenChord(
        lowest.onset,
        notes[-1].end,
        tuple(head for head in heads if head.played[0] not in signs.second),
        tuple(map(signs.head, graces)),
        signs.ornament_of(heads),
        signs.touch(heads),
        any(head.played[0] in signs.tremolo for head in heads),
        tuple(head for head in heads if head.played[0] in signs.second),
        lowest.staff if lowest.staff != lowest.voice_staff else None,
    )


def _with_glissandos(
    chords: Sequence[WrittenChord], signs: NoteSigns, unwritten: list[Unwritten]
) -> list[WrittenChord]:
    """The chords of one voice, with a line from the first key of a glissando to the last.

    Where something comes between them there is none.
    """
    lined = list(chords)
    for k, chord in enumerate(chords):
        for head in chord.heads:
            run = signs.glissando.get(head.played[0])
            if run is None:
                continue
            goal = chords[k + 1] if k + 1 < len(chords) else None
            free = lined[k].glissando is None
            if free and goal and any(other.played[0] == run[-1] for other in goal.heads):
                lined[k] = replace(lined[k], glissando="start")
                lined[k + 1] = replace(lined[k + 1], glissando="stop")
            else:
                bare = tuple(replace(h, folded=()) if h is head else h for h in lined[k].heads)
                lined[k] = replace(lined[k], heads=bare)
                unwritten.extend(Unwritten(key, "swept over in a glissando") for key in run[1:-1])
    return lined


def _height(pitch: Pitch) -> tuple[int, int, str]:
    return pitch.midi, pitch.octave, pitch.step


def write_tremolo(
    written: TiedValue, first: Sequence[Notehead], second: Sequence[Notehead]
) -> Iterator[Chord]:
    """The two chords that take turns, or the one that is repeated; not tied to what follows.

    Where their value stands in a tuplet or is too short for their beams, both are struck together.
    """
    value = written.value
    if second and value.actual == value.normal and value.length >= QUARTER:
        half = value.length / 2
        yield Chord(written.onset, value, tuple(first), tremolo="start")
        yield Chord(written.onset + half, value, tuple(second), tremolo="stop")
        return
    yield Chord(
        written.onset,
        value,
        tuple(sorted((*first, *second), key=lambda head: head.pitch.midi)),
        tuplet_start=written.tuplet_start,
        tuplet_stop=written.tuplet_stop,
        tremolo="single",
    )
