"""Tiny scores, written by hand so that each can be checked by eye.

`measure` lays events one after the other from the barline; pitches are written "C4", "F#5",
"Bb3", "C##2". Played notes are numbered in the order in which `head` meets them, unless given.
"""

from dataclasses import replace
from fractions import Fraction

from engrave.music.marks import (
    Clef,
    Dynamic,
    Hairpin,
    HiddenTempo,
    OctaveLine,
    PedalMark,
    TempoMark,
    TempoWords,
)
from engrave.music.performance import Performance, PlayedNote
from engrave.music.score import Chord, Event, Measure, Notehead, Part, Rest, Score, Voice
from engrave.music.values import KeySignature, NoteValue, Pitch, TimeSignature

TREBLE, BASS = Clef(1, "G", 2), Clef(2, "F", 4)
TYPES = {
    "1": "whole", "2": "half", "4": "quarter", "8": "eighth", "16": "16th", "32": "32nd",
}  # fmt: skip
QUARTER, EIGHTH = NoteValue("quarter"), NoteValue("eighth")
TRIPLET_EIGHTH, TRIPLET_QUARTER = NoteValue("eighth", 0, 3, 2), NoteValue("quarter", 0, 3, 2)


def pitch(name: str) -> Pitch:
    """ "F#4" -> F, sharp, octave 4."""
    return Pitch(name[0], name.count("#") - name.count("b"), int(name.lstrip("ABCDEFG#b")))


def value(text: str) -> NoteValue:
    """ "4" a quarter, "8." a dotted eighth."""
    return NoteValue(TYPES[text.rstrip(".")], text.count("."))


def head(name: str, played: int, ties: str = "") -> Notehead:
    """A notehead; `ties` holds "<" for a tie that arrives and ">" for one that leads on."""
    return Notehead(pitch(name), (played,), "<" in ties, ">" in ties)


def chord(length: str | NoteValue, *heads: Notehead, **details) -> Chord:
    length = value(length) if isinstance(length, str) else length
    return Chord(Fraction(0), length, heads, **details)


def rest(length: str | NoteValue, **details) -> Rest:
    return Rest(Fraction(0), value(length) if isinstance(length, str) else length, **details)


def whole_rest(length: int | Fraction) -> Rest:
    return Rest(Fraction(0), NoteValue("whole"), whole_measure=Fraction(length))


def voice(number: int, *events: Event) -> Voice:
    """A voice whose events follow one another from the barline."""
    placed: list[Event] = []
    place = Fraction(0)
    for event in events:
        placed.append(replace(event, onset=place))
        place += event.length
    return Voice(number, 1 if number <= 4 else 2, tuple(placed))


def measure(number: int, *voices: Voice, **details) -> Measure:
    """A measure as long as its first voice."""
    last = voices[0].events[-1]
    return Measure(number, last.onset + last.length, voices, **details)


def opening(beats: int = 4, beat_type: int = 4, fifths: int = 0) -> dict:
    """What the first measure states: time, key and clefs."""
    return {
        "time": TimeSignature(beats, beat_type),
        "key": KeySignature(fifths),
        "clefs": (TREBLE, BASS),
    }


def piano(*measures: Measure, **details) -> Score:
    return Score((Part("Piano", 2, measures),), **details)


def performance_of(score: Score) -> Performance:
    """Someone plays the score: a second for each place, the key presses in their order."""
    pitches = {
        played: notehead.pitch.midi + 2 * (played in notehead.folded)
        for part in score.parts
        for bar in part.measures
        for content in bar.voices
        for event in content.events
        if isinstance(event, Chord)
        for notehead in event.heads
        for played in (*notehead.played, *notehead.folded)
    }
    notes = (PlayedNote(float(i), i + 0.5, pitches[i], 64) for i in sorted(pitches))
    return Performance(tuple(notes))


def eight_notes() -> Score:
    """Eight notes in two measures of 4/4, D major: melody of quarters, whole notes below."""
    return piano(
        measure(
            1,
            voice(1, chord("4", head("D5", 0)), chord("4", head("F#5", 2)),
                  chord("2", head("A5", 3))),
            voice(5, chord("1", head("D3", 1))),
            marks=(TempoMark(Fraction(0), QUARTER, 72, "Andante"), Dynamic(Fraction(0), "mf"),
                   PedalMark(Fraction(0), "start"), PedalMark(Fraction(4), "stop")),
            **opening(fifths=2),
        ),
        measure(
            2,
            voice(1, chord("2", head("G5", 4)), chord("4", head("F5", 6)),
                  chord("4", head("F#5", 7))),
            voice(5, chord("1", head("A2", 5))),
        ),
        title="Eight Notes",
        composer="A. Hand",
    )  # fmt: skip


def tied_over_the_barline() -> Score:
    """C sharp tied from measure 1 to 2, where it needs no sign; the next C sharp does."""
    return piano(
        measure(1, voice(1, rest("2."), chord("4", head("C#5", 0, ">"))),
                voice(5, whole_rest(4)), **opening()),
        measure(2, voice(1, chord("4", head("C#5", 0, "<")), chord("4", head("C#5", 1)),
                         chord("2", head("C5", 2))),
                voice(5, whole_rest(4))),
    )  # fmt: skip


def triplets() -> Score:
    """2/4: a beamed triplet of eighths (no bracket), then quarter and eighth (bracket)."""
    return piano(
        measure(
            1,
            voice(
                1,
                chord(TRIPLET_EIGHTH, head("E5", 0), tuplet_start=True, beams=("begin",)),
                chord(TRIPLET_EIGHTH, head("F5", 1), beams=("continue",)),
                chord(TRIPLET_EIGHTH, head("G5", 2), tuplet_stop=True, beams=("end",)),
                chord(TRIPLET_QUARTER, head("A5", 3), tuplet_start=True),
                rest(TRIPLET_EIGHTH, tuplet_stop=True),
            ),
            voice(5, whole_rest(2)),
            **opening(2),
        )
    )


def two_voices_on_a_staff() -> Score:
    """3/4, E flat major: dotted half above moving quarters in the treble; a chord in the bass."""
    return piano(
        measure(
            1,
            voice(1, chord("2.", head("G5", 0))),
            voice(2, chord("4", head("Bb4", 1)), chord("4", head("B4", 4), staccato=True),
                  chord("4", head("Eb5", 5))),
            voice(5, chord("2.", head("Eb3", 2), head("Bb3", 3), arpeggiated=True)),
            **opening(3, fifths=-3),
        )
    )  # fmt: skip


def graces() -> Score:
    """2/4: two beamed grace notes before the second quarter."""
    small = {"grace": True}
    return piano(
        measure(
            1,
            voice(1, chord("4", head("C5", 0)),
                  chord("16", head("D5", 1), beams=("begin", "begin"), **small),
                  chord("16", head("E5", 2), beams=("end", "end"), **small),
                  chord("4", head("F5", 3))),
            voice(5, whole_rest(2)),
            **opening(2),
        )
    )  # fmt: skip


def pickup() -> Score:
    """An upbeat of one quarter, a full measure, and a last one that makes up for the upbeat."""
    return piano(
        measure(0, voice(1, chord("4", head("G4", 0))), voice(5, rest("4")), **opening(3)),
        measure(1, voice(1, chord("2.", head("C5", 1))), voice(5, whole_rest(3))),
        measure(2, voice(1, chord("2", head("C5", 2))), voice(5, rest("2"))),
    )


def pedal_changes() -> Score:
    """The pedal changes with one voice of the left hand and then with the other."""
    return piano(
        measure(
            1,
            voice(1, chord("1", head("C5", 0))),
            voice(5, chord("2", head("C3", 1)), chord("2", head("G3", 2))),
            marks=(PedalMark(Fraction(0), "start"), PedalMark(Fraction(2), "stop"),
                   PedalMark(Fraction(2), "start")),
            **opening(),
        ),
        measure(
            2,
            voice(1, chord("1", head("E5", 3))),
            voice(5, chord("2", head("G3", 4)), chord("2", head("C4", 6))),
            voice(6, chord("4", head("C3", 5)), chord("2.", head("E3", 7))),
            marks=(PedalMark(Fraction(1), "stop"), PedalMark(Fraction(2), "start"),
                   PedalMark(Fraction(4), "stop")),
        ),
    )  # fmt: skip


def pedal_under_a_held_note() -> Score:
    """The foot moves while the left hand holds: an eighth late, and twice in a bar."""
    left = voice(5, chord("1", head("C3", 0))), voice(5, chord("2.", head("C3", 1)), rest("4"))
    marks = [(0, "1/2", "start"), (0, "3", "stop"), (0, "3", "start"), (1, "5/4", "stop")]
    pedals = tuple(
        tuple(PedalMark(Fraction(onset), kind) for bar, onset, kind in marks if bar == number)
        for number in (0, 1)
    )
    return piano(
        measure(1, voice(1, whole_rest(4)), left[0], marks=pedals[0], **opening()),
        measure(2, voice(1, whole_rest(4)), left[1], marks=pedals[1]),
    )


def clef_change() -> Score:
    """The left hand climbs into the treble clef in the middle of the measure."""
    return piano(
        measure(
            1,
            voice(1, whole_rest(4)),
            voice(5, chord("2", head("C3", 0)), chord("2", head("E5", 1))),
            time=TimeSignature(4, 4),
            key=KeySignature(0),
            clefs=(TREBLE, BASS, Clef(2, "G", 2, Fraction(2))),
        )
    )


def clef_back() -> Score:
    """... and comes back to the bass clef in the next measure."""
    (bar,) = clef_change().parts[0].measures
    second = measure(2, voice(1, whole_rest(4)), voice(5, chord("1", head("C3", 2))))
    return piano(bar, replace(second, clefs=(BASS,)))


def ornaments() -> Score:
    """A trill on a half note, a turn, trills on notes tied over the barline."""
    return piano(
        measure(
            1,
            voice(1, chord("2", replace(head("C5", 0), folded=(1, 2, 3)), ornament="trill"),
                  chord("4", replace(head("D5", 5), folded=(4, 6, 7)), ornament="turn"),
                  chord("4", replace(head("E5", 8, ">"), folded=(9, 10, 11)), ornament="trill")),
            voice(5, chord("2.", head("C3", 12)),
                  chord("4", replace(head("G2", 13, ">"), folded=(14, 15, 16)), ornament="trill")),
            **opening(),
        ),
        measure(
            2,
            voice(1, chord("2", head("E5", 8, "<>")), chord("2", head("E5", 8, "<"))),
            voice(5, chord("1", head("G2", 13, "<"))),
        ),
    )  # fmt: skip


def rolled_chords() -> Score:
    """A rolled chord in the right hand, one in the left, and one through both."""
    roll = {"arpeggiated": True}
    return piano(
        measure(
            1,
            voice(1, chord("4", head("C5", 0), head("E5", 1), head("G5", 2), **roll), rest("4"),
                  chord("2", head("E4", 8), head("C5", 9), **roll)),
            voice(5, rest("4"), chord("4", head("C3", 3), head("G3", 4), head("E4", 5), **roll),
                  chord("2", head("C3", 6), head("G3", 7), **roll)),
            **opening(),
        )
    )  # fmt: skip


def hairpins() -> Score:
    """A crescendo from p to f over the barline, and a diminuendo inside the second measure."""
    return piano(
        measure(
            1,
            voice(1, chord("4", head("C5", 0)), chord("4", head("D5", 1)),
                  chord("4", head("E5", 2)), chord("4", head("F5", 3))),
            voice(5, chord("1", head("C3", 4))),
            marks=(Dynamic(Fraction(0), "p"), Hairpin(Fraction(2), "crescendo")),
            **opening(),
        ),
        measure(
            2,
            voice(1, chord("2", head("G5", 5)), chord("2", head("C5", 6))),
            voice(5, chord("1", head("C3", 7))),
            marks=(Hairpin(Fraction(0), "stop"), Dynamic(Fraction(0), "f"),
                   Hairpin(Fraction(0), "diminuendo"), Hairpin(Fraction(2), "stop")),
        ),
    )  # fmt: skip


def touches() -> Score:
    """Two staccato quarters, an accented one, and one with both signs."""
    return piano(
        measure(
            1,
            voice(1, chord("4", head("C5", 0), staccato=True),
                  chord("4", head("E5", 1), head("G5", 2), staccato=True),
                  chord("4", head("F5", 3), accent=True),
                  chord("4", head("D5", 4), staccato=True, accent=True)),
            voice(5, chord("1", head("C3", 5))),
            **opening(),
        )
    )  # fmt: skip


def duo() -> Score:
    """A double bass, which sounds an octave lower than written, above a piano."""
    low = {**opening(), "clefs": (Clef(1, "F", 4, octave=-1),)}
    bass = (
        measure(1, voice(1, chord("2", head("E2", 0)), chord("2", head("G1", 2))), **low),
        measure(2, voice(1, chord("1", head("C2", 4)))),
    )
    keys = piano(
        measure(1, voice(1, chord("1", head("E5", 1))), voice(5, whole_rest(4)), **opening()),
        measure(2, voice(1, whole_rest(4)), voice(5, chord("1", head("C3", 3)))),
        title="Duo",
    )
    return replace(keys, parts=(Part("Double Bass", 1, bass, program=43), *keys.parts))


def octave_lines() -> Score:
    """8va over three quarters and over the barline, 8vb to the end under the left hand.

    After the first line the F in another octave has a courtesy accidental; measure 2 has its own
    key, three flats.
    """
    return piano(
        measure(
            1,
            voice(1, chord("4", head("C6", 0)), chord("4", head("F#7", 1)),
                  chord("4", head("E7", 2)), chord("4", head("F5", 3))),
            voice(5, whole_rest(4)),
            **opening(),
            marks=(OctaveLine(Fraction(1), 1, "8va", "start"),
                   OctaveLine(Fraction(3), 1, "8va", "stop")),
        ),
        measure(
            2,
            voice(1, chord("2", head("Eb7", 4)), chord("2", head("C7", 5))),
            voice(5, chord("2", head("C1", 6)), chord("2", head("Bb0", 7))),
            key=KeySignature(-3),
            marks=(OctaveLine(Fraction(0), 1, "8va", "start"),
                   OctaveLine(Fraction(0), 2, "8vb", "start"),
                   OctaveLine(Fraction(4), 1, "8va", "stop"),
                   OctaveLine(Fraction(4), 2, "8vb", "stop")),
        ),
    )  # fmt: skip


def slowing() -> Score:
    """*rit.* in the first measure, *a tempo* with the second, which has fermatas."""
    return piano(
        measure(1, voice(1, *(chord("4", head("C5", k)) for k in range(4))),
                voice(5, whole_rest(4)), **opening(),
                marks=(TempoWords(Fraction(2), "rit."),)),
        measure(2, voice(1, chord("1", head("C5", 4), fermata=True)),
                voice(5, chord("1", head("C3", 5), fermata=True)),
                marks=(TempoWords(Fraction(0), "a tempo"),)),
    )  # fmt: skip


def breathing() -> Score:
    """A tempo mark, and the pace changes under it: at the barline, and where only the left hand
    begins something."""
    return piano(
        measure(1, voice(1, chord("1", head("C5", 0))),
                voice(5, chord("2", head("C3", 1)), chord("2", head("E3", 2))), **opening(),
                marks=(TempoMark(Fraction(0), QUARTER, 72, "Andante", 70.25),
                       HiddenTempo(Fraction(2), 64.5))),
        measure(2, voice(1, chord("1", head("C5", 3))), voice(5, whole_rest(4)),
                marks=(HiddenTempo(Fraction(0), 80.0), TempoWords(Fraction(0), "rit."))),
    )  # fmt: skip


def repeated() -> Score:
    """A bar that is played twice after another one, then one with two endings."""

    def bar(number: int, name: str, *presses: int, **details) -> Measure:
        heads = chord("1", replace(head(name, presses[0]), played=presses))
        return measure(number, voice(1, heads), voice(5, whole_rest(4)), **details)

    return piano(
        bar(1, "C5", 0, **opening()),
        bar(2, "D5", 1, 2, forward=True, backward=True),
        bar(3, "E5", 3, 5, forward=True),
        bar(4, "F5", 4, ending=1, backward=True),
        bar(5, "G5", 6, ending=2),
        bar(6, "A5", 7),
        order=(0, 1, 1, 2, 3, 2, 4, 5),
    )


def crossing() -> Score:
    """A run of four sixteenths that goes up from the lower staff, and one that comes down."""
    beams = ("begin", "begin"), ("continue", "continue"), ("continue", "continue"), ("end", "end")
    up, down = ("G3", "A3", "C4", "D4"), ("E4", "D4", "B3", "A3")

    def run(names: tuple[str, ...], first: int, away: int, visits: slice) -> list[Chord]:
        chords = [
            chord("16", head(name, first + k), beams=beams[k]) for k, name in enumerate(names)
        ]
        chords[visits] = [replace(c, staff=away) for c in chords[visits]]
        return chords

    return piano(
        measure(
            1,
            voice(1, rest("4", hidden=True), *run(down, 4, 2, slice(2, 4))),
            voice(5, *run(up, 0, 1, slice(2, 4)), rest("4", hidden=True)),
            **opening(2),
        )
    )


ALL = (
    crossing,
    repeated,
    duo,
    slowing,
    breathing,
    octave_lines,
    hairpins,
    touches,
    eight_notes,
    tied_over_the_barline,
    triplets,
    two_voices_on_a_staff,
    graces,
    pickup,
    pedal_changes,
    pedal_under_a_held_note,
    clef_change,
    clef_back,
    ornaments,
    rolled_chords,
)
