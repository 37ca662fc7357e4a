"""Each rule of the judge, with a score that breaks this rule and no other."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import pytest

from engrave.check import bars as bars_module
from engrave.check import marks as marks_module
from engrave.check import notes as notes_module
from engrave.check.score import FIRST_RULES, RULES, check
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
from engrave.music.score import Chord, Measure, Score, Unwritten, Voice
from engrave.music.values import KeySignature, NoteValue, Pitch, TimeSignature
from tests.support import scores
from tests.support.scores import (
    BASS,
    EIGHTH,
    QUARTER,
    TREBLE,
    TRIPLET_EIGHTH,
    chord,
    head,
    measure,
    opening,
    piano,
    rest,
    voice,
    whole_rest,
)

QUINTUPLET_EIGHTH = NoteValue("eighth", 0, 5, 4)
C5 = chord("1", head("C5", 0))


def bar(*events, other: Voice | None = None, **details) -> Measure:
    """A first measure in 4/4 with these events in the right hand and a rest in the left."""
    return measure(1, voice(1, *events), other or voice(5, whole_rest(4)), **opening() | details)


def one(*events, **details) -> Score:
    return piano(bar(*events, **details))


def two(first: tuple, second: tuple) -> Score:
    """Two measures of 4/4, the right hand given."""
    return piano(bar(*first), measure(2, voice(1, *second), voice(5, whole_rest(4))))


def triplet(*details: dict, value: NoteValue = TRIPLET_EIGHTH) -> list[Chord]:
    """Eighths under a triplet, the details of each given, then rests to fill 4/4."""
    notes = [chord(value, head("C5", i), **more) for i, more in enumerate(details)]
    return [*notes, rest("4"), rest("2")]


def beamed(*beams: tuple[str, ...], value: str = "8") -> Score:
    """Notes with these beams, and a rest of a half."""
    return one(*(chord(value, head("C5", i), beams=b) for i, b in enumerate(beams)), rest("2"))


def pedalled(*marks: tuple[int | Fraction, str], **details) -> Score:
    left = voice(5, rest("2"), rest("2"))
    pedals = tuple(PedalMark(Fraction(onset), kind) for onset, kind in marks)
    return one(C5, other=left, marks=pedals, **details)


START, STOP = {"tuplet_start": True}, {"tuplet_stop": True}


# The rule, the score that breaks it, and what is said first.
def away(staff: int | None) -> Score:
    """`scores.crossing` with all that visits the upper staff on another one."""
    score = scores.crossing()
    (bar,) = score.parts[0].measures
    lower = bar.voices[1]
    events = [replace(e, staff=staff) if lower.staff_of(e) == 1 else e for e in lower.events]
    voices = (bar.voices[0], replace(lower, events=tuple(events)))
    return piano(replace(bar, voices=voices))


def under_an_octave_line() -> Score:
    """`scores.crossing` with a line over the upper staff."""
    score = scores.crossing()
    (bar,) = score.parts[0].measures
    ends = [(0, "start"), (2, "stop")]
    marks = tuple(OctaveLine(Fraction(place), 1, "8va", kind) for place, kind in ends)
    return piano(replace(bar, marks=marks))


BROKEN: list[tuple[Callable, Score, str]] = [
    (
        bars_module.check_opening,
        one(C5, time=None),
        "measure 1: no time signature to begin with",
    ),
    (bars_module.check_opening, one(C5, key=None), "measure 1: no key signature to begin with"),
    (
        bars_module.check_opening,
        one(C5, clefs=(TREBLE,)),
        "measure 1: staff 2 has no clef to begin with",
    ),
    (
        bars_module.check_parts,
        replace(
            one(C5),
            parts=(
                *one(C5).parts,
                replace(one(C5).parts[0], name="Flute", measures=(replace(bar(C5), number=2),)),
            ),
        ),
        "Flute: other measures than Piano",
    ),
    (
        bars_module.check_keys,
        one(C5, key=KeySignature(-8)),
        "measure 1: no key signature has -8 fifths",
    ),
    (
        bars_module.check_changes,
        piano(bar(C5), replace(bar(C5), number=2, time=None, clefs=())),
        "measure 2: a key signature that changes nothing",
    ),
    (
        bars_module.check_changes,
        piano(bar(C5), replace(bar(C5), number=2, key=None, clefs=())),
        "measure 2: a time signature that changes nothing",
    ),
    (
        bars_module.check_changes,
        one(
            C5,
            other=voice(5, rest("2"), rest("2")),
            clefs=(TREBLE, BASS, replace(BASS, onset=Fraction(2))),
        ),
        "measure 1: a clef on staff 2 that changes nothing",
    ),
    (
        bars_module.check_measure_lengths,
        piano(
            bar(C5),
            measure(2, voice(1, chord("2.", head("C5", 1))), voice(5, whole_rest(3))),
            measure(3, voice(1, chord("1", head("C5", 2))), voice(5, whole_rest(4))),
        ),
        "measure 2: 3 quarters long in 4/4 time",
    ),
    (
        bars_module.check_measure_lengths,
        one(C5, time=TimeSignature(3, 4)),
        "measure 1: 4 quarters long in 3/4 time",
    ),
    (
        bars_module.check_bars_full,
        one(C5, other=voice(5, rest("2"), rest("4"))),
        "measure 1, staff 2, voice 5: ends at 3 of 4 quarters",
    ),
    (
        bars_module.check_bars_full,
        one(C5, other=Voice(5, 2, (rest("2"), replace(rest("4"), onset=Fraction(3))))),
        "measure 1, staff 2, voice 5, at 3: a gap after 2",
    ),
    (
        bars_module.check_bars_full,
        one(C5, other=Voice(5, 2, (rest("1"), replace(rest("2"), onset=Fraction(2))))),
        "measure 1, staff 2, voice 5, at 2: an overlap after 4",
    ),
    (
        bars_module.check_staves_filled,
        piano(measure(1, voice(1, C5), **opening())),
        "measure 1: staff 2 is empty",
    ),
    (
        bars_module.check_voices,
        one(C5, other=replace(voice(5, rest("1")), number=4)),
        "measure 1, staff 2, voice 4: this voice does not belong on this staff",
    ),
    (
        bars_module.check_voices,
        piano(measure(1, voice(1, C5), voice(1, rest("1")), voice(5, rest("1")), **opening())),
        "measure 1: voice 1 stands there 2 times",
    ),
    (
        bars_module.check_voices,
        piano(
            measure(1, voice(1, C5), voice(5, rest("1")), Voice(9, 3, (rest("1"),)), **opening())
        ),
        "measure 1, staff 3, voice 9: there is no such staff",
    ),
    (
        notes_module.check_chords,
        one(chord("1")),
        "measure 1, staff 1, voice 1, at 0: a chord without notes",
    ),
    (
        notes_module.check_chords,
        one(chord("1", head("F#4", 0), head("C4", 1))),
        "measure 1, staff 1, voice 1, at 0: F#4 stands below C4 in a chord",
    ),
    (
        notes_module.check_chords,
        one(chord("1", head("Cb4", 0), head("B#3", 1))),
        "measure 1, staff 1, voice 1, at 0: Cb4 stands below B#3 in a chord",
    ),
    (
        notes_module.check_chords,
        one(chord("1", head("Eb4", 0), head("Eb4", 1))),
        "measure 1, staff 1, voice 1, at 0: Eb4 and Eb4 are one key in a chord",
    ),
    (
        notes_module.check_chords,
        one(chord("1", head("D#4", 0), head("Eb4", 1))),
        "measure 1, staff 1, voice 1, at 0: D#4 and Eb4 are one key in a chord",
    ),
    (
        notes_module.check_chords,
        one(chord("1", replace(head("C4", 0), played=()))),
        "measure 1, staff 1, voice 1, at 0: C4 names no key press",
    ),
    (
        notes_module.check_pitches,
        one(chord("1", head("C###4", 0))),
        "measure 1, staff 1, voice 1, at 0: C###4 cannot be written",
    ),
    (
        notes_module.check_pitches,
        one(chord("1", replace(head("C4", 0), pitch=scores.pitch("B-1")))),
        "measure 1, staff 1, voice 1, at 0: B-1 cannot be written",
    ),
    (
        notes_module.check_ties,
        two((chord("1", head("C5", 0, ">")),), (chord("1", head("C5", 0)),)),
        "measure 1, staff 1, voice 1, at 0: the tie of C5 leads nowhere",
    ),
    (
        notes_module.check_ties,
        two((chord("1", head("C5", 0)),), (chord("1", head("C5", 0, "<")),)),
        "measure 2, staff 1, voice 1, at 0: a tie arrives at C5 from nowhere",
    ),
    (
        notes_module.check_ties,
        one(chord("2", head("C5", 0)), chord("2", head("C5", 0, ">"))),
        "measure 1, staff 1, voice 1, at 2: the tie of C5 leads nowhere",
    ),
    (
        notes_module.check_graces,
        one(C5, chord("8", head("D5", 1), grace=True)),
        "measure 1, staff 1, voice 1, at 4: a grace note that leads to no chord",
    ),
    (
        notes_module.check_graces,
        one(chord("8", head("D5", 1), grace=True), rest("1")),
        "measure 1, staff 1, voice 1, at 0: a grace note that leads to no chord",
    ),
    (
        notes_module.check_graces,
        one(
            *(chord("16", head(name, k), grace=True) for k, name in enumerate(("D5", "E5"), 1)), C5
        ),
        "measure 1, staff 1, voice 1, at 0: grace notes without their beam",
    ),
    (
        bars_module.check_rests,
        one(chord("2", head("C5", 0)), whole_rest(2)),
        "measure 1, staff 1, voice 1, at 2: a bar's rest that does not fill the bar",
    ),
    (
        bars_module.check_rests,
        piano(
            measure(0, voice(1, chord("4", head("G4", 0))), voice(5, whole_rest(1)), **opening(3)),
            measure(1, voice(1, chord("2.", head("C5", 1))), voice(5, whole_rest(3))),
        ),
        "measure 0, staff 2, voice 5, at 0: a bar's rest in a pickup",
    ),
    (
        bars_module.check_hidden_rests,
        one(chord("2", head("C5", 0)), rest("2", hidden=True)),
        "measure 1, staff 1, voice 1, at 2: a hidden rest where the staff is empty",
    ),
    (
        bars_module.check_hidden_rests,
        away(None),
        "measure 1, staff 1, voice 1, at 0: a hidden rest where the staff is empty",
    ),
    (
        bars_module.check_cross_staff,
        away(3),
        "measure 1, staff 2, voice 5, at 1/2: a visit to staff 3",
    ),
    (
        bars_module.check_cross_staff,
        one(chord("2", head("C4", 0)), chord("2", head("C3", 1), staff=2)),
        "measure 1, staff 1, voice 1, at 2: on another staff without a beam that leads there",
    ),
    (
        bars_module.check_cross_staff,
        one(
            *(
                chord("8", head("C4", k), beams=(word,), staff=staff)
                for k, (word, staff) in enumerate((("begin", None), ("continue", 2)))
            ),
            chord("8", head("D4", 2), grace=True, staff=2),
            chord("8", head("C4", 3), beams=("end",)),
            rest("8"),
            rest("2"),
        ),
        "measure 1, staff 1, voice 1, at 1: a grace note on another staff than its main note",
    ),
    (
        marks_module.check_octave_lines,
        under_an_octave_line(),
        "measure 1: an octave line where a line goes from staff to staff",
    ),
    (
        notes_module.check_tuplets,
        one(*triplet(START, {}, {})),
        "measure 1, staff 1, voice 1, at 0: a tuplet does not stop",
    ),
    (
        notes_module.check_tuplets,
        one(chord(QUARTER, head("C5", 0), **STOP), rest("2.")),
        "measure 1, staff 1, voice 1, at 0: outside of a tuplet",
    ),
    (
        notes_module.check_tuplets,
        one(*triplet(START, START, STOP)),
        "measure 1, staff 1, voice 1, at 1/3: a tuplet starts before the last one has stopped",
    ),
    (
        notes_module.check_tuplets,
        one(
            chord(TRIPLET_EIGHTH, head("C5", 0), **START),
            chord(TRIPLET_EIGHTH, head("C5", 1)),
            chord(NoteValue("eighth", 0, 6, 4), head("C5", 2), **STOP),
            rest("2."),
        ),
        "measure 1, staff 1, voice 1, at 2/3: a tuplet in more than one ratio",
    ),
    (
        notes_module.check_tuplets,
        one(chord(QUARTER, head("C5", 0), **START, **STOP), rest("2.")),
        "measure 1, staff 1, voice 1, at 0: a tuplet of 1 in the time of 1",
    ),
    (
        notes_module.check_tuplets,
        one(
            *(chord(QUINTUPLET_EIGHTH, head("C5", i), **d) for i, d in enumerate((START, {}, {}))),
            chord(QUINTUPLET_EIGHTH, head("C5", 3), **STOP),
            chord(QUINTUPLET_EIGHTH, head("C5", 4), **START),
            *(chord(QUINTUPLET_EIGHTH, head("C5", i)) for i in range(5, 9)),
            chord(QUINTUPLET_EIGHTH, head("C5", 9), **STOP),
        ),
        "measure 1, staff 1, voice 1, at 6/5: a tuplet that fills 8/5 quarters,"
        " which is not 4 notes of any type",
    ),
    (
        notes_module.check_beams,
        beamed(("begin",), ("continue",), (), ("end",)),
        "measure 1, staff 1, voice 1, at 1: beam 1 does not go on with nothing",
    ),
    (
        notes_module.check_beams,
        beamed(("begin",), ("continue",), ("continue",), ("continue",)),
        "measure 1, staff 1, voice 1, at 3/2: the beam does not end",
    ),
    (
        notes_module.check_beams,
        beamed(("begin",), ("end",), ("end",), ()),
        "measure 1, staff 1, voice 1, at 1: beam 1 does not go on with end",
    ),
    (
        notes_module.check_beams,
        beamed((), ("forward hook",), (), ()),
        "measure 1, staff 1, voice 1, at 1/2: beam 1 does not go on with forward hook",
    ),
    (
        notes_module.check_beams,
        beamed(("begin",), ("end",), value="4"),
        "measure 1, staff 1, voice 1, at 0: 1 beams on a note of type quarter",
    ),
    (
        notes_module.check_beams,
        one(
            *(chord("16", head("C5", 0), beams=("begin", "begin")),),
            *(chord("16", head("C5", 1), beams=("end", "continue")),),
            *(chord("16", head("C5", 2), beams=("begin", "continue")),),
            *(chord("16", head("C5", 3), beams=("end", "end")),),
            rest("2."),
        ),
        "measure 1, staff 1, voice 1, at 1/4: beam 2 goes on where beam 1 does not",
    ),
    (
        notes_module.check_beams,
        one(chord("8", head("C5", 0), grace=True, beams=("begin",)), chord("1", head("D5", 1))),
        "measure 1, staff 1, voice 1, at 0: the beam does not end",
    ),
    (
        marks_module.check_marks,
        one(C5, marks=(Dynamic(Fraction(2), "p"),)),
        "measure 1, at 2: a dynamic sign where nothing starts",
    ),
    (
        marks_module.check_marks,
        one(C5, marks=(Dynamic(Fraction(4), "p"),)),
        "measure 1, at 4: a dynamic sign where nothing starts",
    ),
    (
        marks_module.check_marks,
        one(
            *(chord("2", head("C5", i)) for i in range(2)),
            clefs=(TREBLE, BASS, Clef(2, "G", 2, Fraction(2))),
        ),
        "measure 1, at 2: a clef where nothing starts on staff 2",
    ),
    (
        marks_module.check_marks,
        one(
            *(chord("2", head("C5", i)) for i in range(2)),
            marks=(PedalMark(Fraction(4, 3), "start"), PedalMark(Fraction(4), "stop")),
        ),
        "measure 1, at 4/3: a pedal mark where nothing starts on staff 2",
    ),
    (
        marks_module.check_marks,
        one(C5, clefs=(TREBLE, BASS, Clef(3, "G", 2))),
        "measure 1, at 0: a clef where nothing starts on staff 3",
    ),
    (
        marks_module.check_marks,
        one(C5, clefs=(Clef(1, "C", 3), BASS)),
        "measure 1: there is no clef C on line 3",
    ),
    (
        marks_module.check_marks,
        one(C5, marks=(TempoMark(Fraction(0), EIGHTH, 0),)),
        "measure 1: 0 a minute is no tempo",
    ),
    (
        marks_module.check_pedals,
        pedalled((0, "start"), (2, "start"), (4, "stop")),
        "measure 1, at 2: the pedal goes down although it is down since measure 1, at 0",
    ),
    (
        marks_module.check_pedals,
        pedalled((2, "stop")),
        "measure 1, at 2: the pedal goes up although it is not down",
    ),
    (
        marks_module.check_pedals,
        pedalled((0, "start"), (2, "stop"), (2, "start")),
        "measure 1, at 2: the pedal never goes up",
    ),
]


def marked(*marks) -> Score:
    """A bar of two halves with these marks."""
    return one(chord("2", head("C5", 0)), chord("2", head("D5", 1)), marks=marks)


def in_the_second_part(mark: HiddenTempo) -> Score:
    """A duo whose second player has a mark in the first bar."""
    first, second = scores.duo().parts
    bars = (replace(second.measures[0], marks=(mark,)), *second.measures[1:])
    return replace(scores.duo(), parts=(first, replace(second, measures=bars)))


BROKEN += [
    (
        marks_module.check_articulation,
        two(
            (chord("1", head("C5", 0, ">"), fermata=True),),
            (chord("1", head("C5", 0, "<")),),
        ),
        "measure 1, staff 1, voice 1, at 0: a fermata on a note that does not end there",
    ),
    (
        marks_module.check_tempo_words,
        marked(TempoWords(Fraction(0), "rit."), TempoWords(Fraction(2), "rit.")),
        "measure 1, at 2: rit. once more",
    ),
    (
        marks_module.check_tempo_words,
        marked(TempoWords(Fraction(2), "a tempo")),
        "measure 1, at 2: a tempo without a rit. before it",
    ),
    (
        marks_module.check_marks,
        marked(HiddenTempo(Fraction(1), 80.0)),
        "measure 1, at 1: a hidden tempo where nothing starts",
    ),
    (
        marks_module.check_hidden_tempi,
        marked(HiddenTempo(Fraction(2), 80.0), HiddenTempo(Fraction(2), 90.0)),
        "measure 1, at 2: two hidden tempi at once",
    ),
    (
        marks_module.check_hidden_tempi,
        marked(TempoMark(Fraction(0), QUARTER, 72), HiddenTempo(Fraction(2), 90.0)),
        "measure 1, at 0: a tempo mark without the tempo of playback",
    ),
    (
        marks_module.check_hidden_tempi,
        marked(HiddenTempo(Fraction(0), 0.0)),
        "measure 1, at 0: 0 a minute is not a tempo",
    ),
    (
        marks_module.check_hidden_tempi,
        in_the_second_part(HiddenTempo(Fraction(0), 60.0)),
        "measure 1, at 0: a hidden tempo in part 2",
    ),
    (
        marks_module.check_octave_lines,
        marked(OctaveLine(Fraction(0), 1, "8va", "start")),
        "measure 1, at 0: 8va does not end",
    ),
    (
        marks_module.check_octave_lines,
        marked(OctaveLine(Fraction(2), 1, "8va", "stop")),
        "measure 1, at 2: 8va ends that has not begun",
    ),
    (
        marks_module.check_octave_lines,
        marked(
            OctaveLine(Fraction(0), 1, "8va", "start"), OctaveLine(Fraction(2), 1, "8va", "stop")
        ),
        "measure 1, at 2: 8va over a single chord",
    ),
    (
        marks_module.check_octave_lines,
        marked(
            OctaveLine(Fraction(0), 1, "8va", "start"),
            OctaveLine(Fraction(2), 1, "15ma", "start"),
            OctaveLine(Fraction(4), 1, "15ma", "stop"),
        ),
        "measure 1, at 2: 15ma begins under the 8va of measure 1, at 0",
    ),
    (
        marks_module.check_marks,
        one(
            *(chord(value, head("C7", k)) for k, value in enumerate(("2", "4", "4"))),
            marks=(
                OctaveLine(Fraction(1), 1, "8va", "start"),
                OctaveLine(Fraction(4), 1, "8va", "stop"),
            ),
        ),
        "measure 1, at 1: an octave line where nothing starts on staff 1",
    ),
    (
        bars_module.check_repeats,
        piano(replace(bar(C5), forward=True)),
        "measure 1: a forward repeat without a backward one",
    ),
    (
        bars_module.check_repeats,
        piano(
            replace(bar(C5), forward=True),
            replace(
                measure(2, voice(1, chord("1", head("C5", 1))), voice(5, whole_rest(4))),
                forward=True,
                backward=True,
            ),
        ),
        "measure 2: a repeat begins inside another one",
    ),
    (
        bars_module.check_repeats,
        piano(replace(bar(C5), ending=2)),
        "measure 1: a second ending without a first one",
    ),
    (
        bars_module.check_repeats,
        piano(
            replace(bar(C5), ending=1, backward=True),
            measure(2, voice(1, chord("1", head("C5", 1))), voice(5, whole_rest(4))),
        ),
        "measure 2: no second ending after the first one",
    ),
    (
        marks_module.check_hairpins,
        marked(Hairpin(Fraction(2), "stop")),
        "measure 1, at 2: a hairpin ends that has not begun",
    ),
    (
        marks_module.check_hairpins,
        marked(Hairpin(Fraction(0), "crescendo")),
        "measure 1, at 0: a hairpin does not end",
    ),
    (
        marks_module.check_marks,
        marked(Hairpin(Fraction(0), "crescendo"), Hairpin(Fraction(1), "stop")),
        "measure 1, at 1: the end of a hairpin where nothing starts on staff 1",
    ),
    (
        marks_module.check_dynamics,
        marked(Dynamic(Fraction(0), "p"), Dynamic(Fraction(0), "f")),
        "measure 1, at 0: p and f at once",
    ),
    (
        marks_module.check_dynamics,
        marked(Dynamic(Fraction(0), "p"), Dynamic(Fraction(2), "p")),
        "measure 1, at 2: p once more",
    ),
    (
        marks_module.check_articulation,
        two((chord("1", head("C5", 0, ">")),), (chord("1", head("C5", 0, "<"), accent=True),)),
        "measure 2, staff 1, voice 1, at 0: an accent on a note that is only held",
    ),
    (
        marks_module.check_articulation,
        two((chord("1", head("C5", 0, ">"), staccato=True),), (chord("1", head("C5", 0, "<")),)),
        "measure 1, staff 1, voice 1, at 0: a staccato dot on a tied note",
    ),
    (
        marks_module.check_articulation,
        one(
            chord("8", head("B4", 0), grace=True, accent=True),
            chord("1", head("C5", 1)),
        ),
        "measure 1, staff 1, voice 1, at 0: an articulation on a grace note",
    ),
]


def trilled(**details) -> Chord:
    return chord("1", replace(head("C5", 0), folded=(1, 2, 3)), **details)


def struck(kind, value="1", name="C3"):
    """A chord of a tremolo, or half of one of two chords."""
    return chord(value, head(name, 0), tremolo=kind)


BROKEN += [
    (
        notes_module.check_glissandos,
        one(chord("2", head("C4", 0), glissando="start"), chord("2", head("C5", 1))),
        "measure 1, staff 1, voice 1, at 0: a glissando that leads nowhere",
    ),
    (
        notes_module.check_glissandos,
        one(rest("2"), chord("2", head("C5", 1), glissando="stop")),
        "measure 1, staff 1, voice 1, at 2: a glissando from nowhere",
    ),
    (
        notes_module.check_tremolos,
        one(struck("start"), chord("2", head("G3", 1))),
        "measure 1, staff 1, voice 1, at 0: half a tremolo",
    ),
    (
        notes_module.check_tremolos,
        one(chord("2", head("G3", 1)), struck("stop")),
        "measure 1, staff 1, voice 1, at 2: half a tremolo",
    ),
    (
        notes_module.check_tremolos,
        one(struck("start", "1"), struck("stop", "2"), chord("4", head("G3", 1))),
        "measure 1, staff 1, voice 1, at 0: a tremolo of two values",
    ),
    (
        notes_module.check_tremolos,
        two(
            (replace(struck("single"), heads=(head("C3", 0, ">"),)),),
            (chord("1", head("C3", 0, "<")),),
        ),
        "measure 1, staff 1, voice 1, at 0: a tied tremolo",
    ),
    (
        notes_module.check_ornaments,
        one(trilled()),
        "measure 1, staff 1, voice 1, at 0: key presses behind no sign",
    ),
    (
        notes_module.check_ornaments,
        one(chord("1", head("C5", 0), ornament="turn")),
        "measure 1, staff 1, voice 1, at 0: an empty sign",
    ),
    (
        notes_module.check_ornaments,
        one(chord("8", head("B4", 0), grace=True, arpeggiated=True), chord("1", head("C5", 1))),
        "measure 1, staff 1, voice 1, at 0: a sign on a grace note",
    ),
    (
        notes_module.check_ornaments,
        two(
            (chord("1", head("C5", 0, ">")),),
            (chord("1", replace(head("C5", 0, "<"), folded=(1,)), ornament="trill"),),
        ),
        "measure 2, staff 1, voice 1, at 0: the sign of C5 does not stand where the note begins",
    ),
]


@pytest.mark.parametrize("make", scores.ALL)
def test_a_good_score_is_good(make):
    score = make()
    assert check(score, scores.performance_of(score)) == []


@pytest.mark.parametrize(("rule", "score", "sentence"), BROKEN)
def test_a_score_that_breaks_one_rule_breaks_no_other(rule, score, sentence):
    faults = {other.__name__: list(other(score)) for other in (*FIRST_RULES, *RULES)}
    assert [name for name in faults if faults[name]] == [rule.__name__]
    assert faults[rule.__name__][0] == sentence
    assert check(score) == faults[rule.__name__]


def test_every_rule_is_broken_somewhere():
    assert {rule for rule, _, _ in BROKEN} == {notes_module.check_pitches, *RULES}


@pytest.mark.parametrize(
    "value", [NoteValue("long"), NoteValue("quarter", 4), NoteValue("quarter", 0, 0, 1)]
)
def test_without_note_values_nothing_else_is_judged(value):
    unknown = replace(C5, value=value)
    score = piano(Measure(1, Fraction(4), (Voice(1, 1, (unknown,)),)))
    (fault,) = check(score)
    assert fault.startswith("measure 1, staff 1, voice 1, at 0:")
    assert fault.endswith("is not a note value")


def test_without_pitches_nothing_else_is_judged():
    unknown = replace(head("C5", 0), pitch=Pitch("H", 0, 5))
    assert check(one(chord("1", unknown, head("D5", 1)))) == [
        "measure 1, staff 1, voice 1, at 0: H5 cannot be written"
    ]


def test_a_tempo_counts_in_note_values():
    mark = TempoMark(Fraction(0), NoteValue("dotted"), 60)
    (fault,) = check(one(C5, marks=(mark,)))
    assert fault.startswith("measure 1, at 0:")


def test_a_tie_must_keep_the_key_press_and_the_pitch():
    for pitch, played in (("C5", 1), ("D5", 0)):
        score = two((chord("1", head("C5", 0, ">")),), (chord("1", head(pitch, played, "<")),))
        assert list(notes_module.check_ties(score)) == [
            "measure 1, staff 1, voice 1, at 0: the tie of C5 leads nowhere",
            f"measure 2, staff 1, voice 1, at 0: a tie arrives at {pitch} from nowhere",
        ]


def test_a_tie_does_not_lead_over_a_rest_or_a_measure_without_its_voice():
    over_a_rest = one(chord("2", head("C5", 0, ">")), rest("4"), chord("4", head("C5", 0, "<")))
    assert len(check(over_a_rest)) == 2
    upper = (voice(1, whole_rest(4)), voice(5, whole_rest(4)))
    gone = piano(
        measure(1, *upper, voice(2, chord("1", head("C5", 0, ">"))), **opening()),
        measure(2, *upper),
        measure(3, *upper, voice(2, chord("1", head("C5", 0, "<")))),
    )
    assert check(gone) == [
        "measure 1, staff 1, voice 2, at 0: the tie of C5 leads nowhere",
        "measure 3, staff 1, voice 2, at 0: a tie arrives at C5 from nowhere",
    ]


def test_grace_notes_may_be_tied_to_their_chord():
    score = one(
        chord("8", head("C5", 0, ">"), grace=True, beams=("begin",)),
        chord("8", head("E5", 1, ">"), grace=True, beams=("end",)),
        chord("1", head("C5", 0, "<"), head("E5", 1, "<")),
    )
    assert check(score) == []


def test_beams_go_over_rests_and_grace_notes():
    score = one(
        chord("8", head("C5", 0), beams=("begin",)),
        rest("8"),
        chord("8", head("D5", 1), grace=True),
        chord("8", head("C5", 2), beams=("end",)),
        rest("8"),
        rest("2"),
    )
    assert check(score) == []


def test_hooks_and_inner_groups_are_well_formed():
    beams = [("begin", "forward hook"), ("continue",), ("continue", "begin"), ("end", "end")]
    values = ["16", "8.", "16", "16"]
    events = [
        chord(value, head("C5", i), beams=beam)
        for i, (value, beam) in enumerate(zip(values, beams, strict=True))
    ]
    assert list(notes_module.check_beams(one(*events, rest("2")))) == []


def test_every_key_press_is_accounted_for():
    score = scores.eight_notes()
    performance = scores.performance_of(score)
    shorter = replace(performance, notes=performance.notes[:7])
    assert check(score, shorter) == ["there is no played note 7"]
    longer = replace(performance, notes=(*performance.notes, performance.notes[-1]))
    assert check(score, longer) == ["played note 8 is lost"]
    told = replace(score, unwritten=(Unwritten(8, "folded into the trill of note 7"),))
    assert check(told, longer) == []
    twice = replace(told, unwritten=told.unwritten * 2)
    assert check(twice, longer) == ["played note 8 is called unwritten 2 times"]
    assert check(told, performance) == ["there is no played note 8"]
    both = replace(score, unwritten=(Unwritten(3, "lost"),))
    assert check(both, performance) == ["played note 3 is written and yet called unwritten"]


def test_a_notehead_sounds_the_key_that_was_pressed():
    score = scores.eight_notes()
    performance = scores.performance_of(score)
    moved = replace(performance.notes[7], pitch=79)
    assert check(score, replace(performance, notes=(*performance.notes[:7], moved))) == [
        "measure 2, staff 1, voice 1, at 3: F#5 for played note 7, which is key 79"
    ]


def test_a_press_that_an_ornament_stands_for_is_accounted_for_once():
    score = one(trilled(ornament="trill"))
    played = scores.performance_of(score)
    assert check(score, played) == []
    missing = replace(score, unwritten=(Unwritten(2, "in doubt"),))
    assert check(missing, played) == [
        "played note 2 is folded into an ornament and accounted for twice"
    ]
    twice = one(chord("1", replace(head("C5", 0), folded=(1, 2, 3, 3)), ornament="trill"))
    assert check(twice, played) == ["played note 3 is folded into 2 ornaments"]
