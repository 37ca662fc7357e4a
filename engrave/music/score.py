"""The written score: parts, measures, voices, chords and rests, in exact quarter notes.

A `Score` has parts, a part has measures, a measure has voices, a voice has chords and rests one
after the other that fill the measure. Positions inside a measure are `Fraction`s of a quarter note
from the barline that opens it. There are no seconds here.

Terms are those of MusicXML 4.0: a note value has a type ("quarter"), dots and a time modification
(`actual` notes in the time of `normal`); `fifths` counts the sharps (+) or flats (-) of a key
signature; staff 1 is the upper one.
"""

from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Literal

from engrave.music.marks import Clef, HiddenTempo, Mark, TempoMark
from engrave.music.performance import Lyric
from engrave.music.values import KeySignature, NoteValue, Pitch, TimeSignature

VOICES_PER_STAFF = 4  # MuseScore's: the first voice of staff n is number 4 (n - 1) + 1


@dataclass(frozen=True, slots=True)
class Notehead:
    """A written pitch of a chord, and the key presses (indices into `Performance.notes`) it writes.

    The heads of one tied note all name the same key press. `tied_to`: a tie leads on to the next
    chord of the voice that has this pitch; `tied_from`: a tie arrives. `folded` are the key
    presses that the chord's ornament stands for; of a tied note only the first head has them.
    """

    pitch: Pitch
    played: tuple[int, ...]
    tied_from: bool = False
    tied_to: bool = False
    folded: tuple[int, ...] = ()


OrnamentKind = Literal["trill", "turn", "mordent", "inverted-mordent"]


@dataclass(frozen=True, slots=True)
class Chord:
    """One or more noteheads on one stem, low to high.

    `onset` is in quarter notes from the barline; a `grace` chord takes no time and stands before
    the next chord of its voice. `beams` holds one word for each beam level, as in MusicXML
    ("begin", "continue", "end", "forward hook", "backward hook"). A `tremolo` strikes the chord
    again and again ("single"), or this one ("start") and the next ("stop") in turn: each is written
    with the value of both together and takes half of it. A `glissando` starts here and stops at the
    next chord. A `mordent` goes to the note below and back, an inverted one to the note above.
    `staff` is where it stands if its voice visits another staff than its own, `lyric` what is sung.
    """

    onset: Fraction
    value: NoteValue
    heads: tuple[Notehead, ...]
    grace: bool = False
    beams: tuple[str, ...] = ()
    tuplet_start: bool = False
    tuplet_stop: bool = False
    staccato: bool = False
    accent: bool = False
    arpeggiated: bool = False
    fermata: bool = False
    ornament: OrnamentKind | None = None
    tremolo: Literal["single", "start", "stop"] | None = None
    glissando: Literal["start", "stop"] | None = None
    staff: int | None = None
    lyric: Lyric | None = None

    @property
    def length(self) -> Fraction:
        """Duration in its measure in quarters; 0 for a grace note."""
        if self.grace:
            return Fraction(0)
        return self.value.length / (2 if self.tremolo in ("start", "stop") else 1)


@dataclass(frozen=True, slots=True)
class Rest:
    """A rest; with `whole_measure` it fills the measure, whatever its time signature.

    The value of a whole-measure rest is then only what it is drawn as ("whole"), and `measure`
    is its length. A `hidden` one is counted but not printed.
    """

    onset: Fraction
    value: NoteValue
    whole_measure: Fraction | None = None
    tuplet_start: bool = False
    tuplet_stop: bool = False
    hidden: bool = False

    @property
    def length(self) -> Fraction:
        """Duration in its measure in quarters."""
        return self.value.length if self.whole_measure is None else self.whole_measure


Event = Chord | Rest


@dataclass(frozen=True, slots=True)
class Voice:
    """One voice of one measure: `number` 1-4 on staff 1, 5-8 on staff 2; events fill it."""

    number: int
    staff: int
    events: tuple[Event, ...]

    def staff_of(self, event: Event) -> int:
        """The staff on which an event of the voice stands."""
        visited = event.staff if isinstance(event, Chord) else None
        return self.staff if visited is None else visited

    def chords_on(self, staff: int) -> list[Chord]:
        """The chords of the voice that stand on a staff."""
        chords = (event for event in self.events if isinstance(event, Chord))
        return [chord for chord in chords if self.staff_of(chord) == staff]


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure. `time`, `key`, `clefs` stand only where they are written (at a change).

    `number` is 0 for a pickup. `length` is the real length in quarter notes. A repeat begins with a
    measure that is `forward` (or with the piece) and ends with one that is `backward`; `ending` is
    1 or 2 for a measure that is played the first or the second time only.
    """

    number: int
    length: Fraction
    voices: tuple[Voice, ...]
    time: TimeSignature | None = None
    key: KeySignature | None = None
    clefs: tuple[Clef, ...] = ()
    marks: tuple[Mark, ...] = ()
    forward: bool = False
    backward: bool = False
    ending: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """The written part of one player; `program` is that of General MIDI, from 0."""

    name: str
    staves: int
    measures: tuple[Measure, ...]
    program: int = 0


@dataclass(frozen=True, slots=True)
class Unwritten:
    """A played note that has no notehead of its own, and why."""

    played: int
    reason: str


@dataclass(frozen=True, slots=True)
class Score:
    """A written score.

    Every played note has a notehead, or is folded into the ornament of one, or stands in
    `unwritten`. `order` says which measure (by its index) each bar that was played is written in,
    if any is played twice. `source` is the name of the recording, `date` when it was made, `rights`
    whose it is.
    """

    parts: tuple[Part, ...]
    title: str = ""
    composer: str = ""
    source: str = ""
    date: str = ""
    rights: str = ""
    unwritten: tuple[Unwritten, ...] = field(default=())
    order: tuple[int, ...] = ()

    def as_played(self, part: Part) -> list[Measure]:
        """The measures of a part in the order of playing, one for each bar of the grid."""
        return [part.measures[i] for i in self.order] if self.order else list(part.measures)


def without_performed_tempo(score: Score) -> Score:
    """The score without the hidden tempo changes of the performance."""
    return replace(score, parts=tuple(map(_without_hidden_tempi, score.parts)))


def _without_hidden_tempi(part: Part) -> Part:
    measures = (
        replace(
            measure,
            marks=tuple(
                replace(mark, sounding_tempo=None) if isinstance(mark, TempoMark) else mark
                for mark in measure.marks
                if not isinstance(mark, HiddenTempo)
            ),
        )
        for measure in part.measures
    )
    return replace(part, measures=tuple(measures))
