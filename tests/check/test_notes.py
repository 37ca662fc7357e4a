"""Each rule for notes, with a score that breaks this rule and no other."""

from dataclasses import replace
from fractions import Fraction

import pytest

from engrave.check import notes as rules
from engrave.check.score import check
from engrave.music.score import Chord, Measure, Score, Voice
from engrave.music.values import NoteValue
from tests.support.faults import C5, Broken, broken_rules, one, rules_in, two
from tests.support.scores import (
    QUARTER,
    TRIPLET_EIGHTH,
    TRIPLET_QUARTER,
    chord,
    head,
    measure,
    opening,
    piano,
    pitch,
    rest,
    voice,
    whole_rest,
)

TRIPLET_HALF, QUINTUPLET_EIGHTH = NoteValue("half", 0, 3, 2), NoteValue("eighth", 0, 5, 4)
START, STOP = {"tuplet_start": True}, {"tuplet_stop": True}


def triplet(*details: dict, value: NoteValue = TRIPLET_EIGHTH) -> list[Chord]:
    """Eighths under a triplet, the details of each given, then rests to fill 4/4."""
    notes = [chord(value, head("C5", i), **more) for i, more in enumerate(details)]
    return [*notes, rest("4"), rest("2")]


def beamed(*beams: tuple[str, ...], value: str = "8") -> Score:
    """Notes with these beams, and a rest of a half."""
    return one(*(chord(value, head("C5", i), beams=b) for i, b in enumerate(beams)), rest("2"))


def trilled(**details) -> Chord:
    return chord("1", replace(head("C5", 0), folded=(1, 2, 3)), **details)


def struck(kind, value="1", name="C3"):
    """A chord of a tremolo, or half of one of two chords."""
    return chord(value, head(name, 0), tremolo=kind)


BROKEN: list[Broken] = [
    (
        rules.check_chords,
        one(chord("1")),
        "measure 1, staff 1, voice 1, at 0: a chord without notes",
    ),
    (
        rules.check_chords,
        one(chord("1", head("F#4", 0), head("C4", 1))),
        "measure 1, staff 1, voice 1, at 0: F#4 stands below C4 in a chord",
    ),
    (
        rules.check_chords,
        one(chord("1", head("Cb4", 0), head("B#3", 1))),
        "measure 1, staff 1, voice 1, at 0: Cb4 stands below B#3 in a chord",
    ),
    (
        rules.check_chords,
        one(chord("1", head("Eb4", 0), head("Eb4", 1))),
        "measure 1, staff 1, voice 1, at 0: Eb4 and Eb4 are one key in a chord",
    ),
    (
        rules.check_chords,
        one(chord("1", head("D#4", 0), head("Eb4", 1))),
        "measure 1, staff 1, voice 1, at 0: D#4 and Eb4 are one key in a chord",
    ),
    (
        rules.check_chords,
        one(chord("1", replace(head("C4", 0), played=()))),
        "measure 1, staff 1, voice 1, at 0: C4 names no key press",
    ),
    (
        rules.check_pitches,
        one(chord("1", head("C###4", 0))),
        "measure 1, staff 1, voice 1, at 0: C###4 cannot be written",
    ),
    (
        rules.check_pitches,
        one(chord("1", replace(head("C4", 0), pitch=pitch("B-1")))),
        "measure 1, staff 1, voice 1, at 0: B-1 cannot be written",
    ),
    (
        rules.check_ties,
        two((chord("1", head("C5", 0, ">")),), (chord("1", head("C5", 0)),)),
        "measure 1, staff 1, voice 1, at 0: the tie of C5 leads nowhere",
    ),
    (
        rules.check_ties,
        two((chord("1", head("C5", 0)),), (chord("1", head("C5", 0, "<")),)),
        "measure 2, staff 1, voice 1, at 0: a tie arrives at C5 from nowhere",
    ),
    (
        rules.check_ties,
        one(chord("2", head("C5", 0)), chord("2", head("C5", 0, ">"))),
        "measure 1, staff 1, voice 1, at 2: the tie of C5 leads nowhere",
    ),
    (
        rules.check_graces,
        one(C5, chord("8", head("D5", 1), grace=True)),
        "measure 1, staff 1, voice 1, at 4: a grace note that leads to no chord",
    ),
    (
        rules.check_graces,
        one(chord("8", head("D5", 1), grace=True), rest("1")),
        "measure 1, staff 1, voice 1, at 0: a grace note that leads to no chord",
    ),
    (
        rules.check_graces,
        one(
            *(chord("16", head(name, k), grace=True) for k, name in enumerate(("D5", "E5"), 1)), C5
        ),
        "measure 1, staff 1, voice 1, at 0: grace notes without their beam",
    ),
    (
        rules.check_tuplets,
        one(*triplet(START, {}, {})),
        "measure 1, staff 1, voice 1, at 0: a tuplet does not stop",
    ),
    (
        rules.check_tuplets,
        one(chord(QUARTER, head("C5", 0), **STOP), rest("2.")),
        "measure 1, staff 1, voice 1, at 0: outside of a tuplet",
    ),
    (
        rules.check_tuplets,
        one(*triplet(START, START, STOP)),
        "measure 1, staff 1, voice 1, at 1/3: a tuplet starts before the last one has stopped",
    ),
    (
        rules.check_tuplets,
        one(
            chord(TRIPLET_EIGHTH, head("C5", 0), **START),
            chord(TRIPLET_EIGHTH, head("C5", 1)),
            chord(NoteValue("eighth", 0, 6, 4), head("C5", 2), **STOP),
            rest("2."),
        ),
        "measure 1, staff 1, voice 1, at 2/3: a tuplet in more than one ratio",
    ),
    (
        rules.check_tuplets,
        one(chord(QUARTER, head("C5", 0), **START, **STOP), rest("2.")),
        "measure 1, staff 1, voice 1, at 0: a tuplet of 1 in the time of 1",
    ),
    (
        rules.check_tuplets,
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
        rules.check_beams,
        beamed(("begin",), ("continue",), (), ("end",)),
        "measure 1, staff 1, voice 1, at 1: beam 1 does not go on with nothing",
    ),
    (
        rules.check_beams,
        beamed(("begin",), ("continue",), ("continue",), ("continue",)),
        "measure 1, staff 1, voice 1, at 3/2: the beam does not end",
    ),
    (
        rules.check_beams,
        beamed(("begin",), ("end",), ("end",), ()),
        "measure 1, staff 1, voice 1, at 1: beam 1 does not go on with end",
    ),
    (
        rules.check_beams,
        beamed((), ("forward hook",), (), ()),
        "measure 1, staff 1, voice 1, at 1/2: beam 1 does not go on with forward hook",
    ),
    (
        rules.check_beams,
        beamed(("begin",), ("end",), value="4"),
        "measure 1, staff 1, voice 1, at 0: 1 beams on a note of type quarter",
    ),
    (
        rules.check_beams,
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
        rules.check_beams,
        one(chord("8", head("C5", 0), grace=True, beams=("begin",)), chord("1", head("D5", 1))),
        "measure 1, staff 1, voice 1, at 0: the beam does not end",
    ),
    (
        rules.check_glissandos,
        one(chord("2", head("C4", 0), glissando="start"), chord("2", head("C5", 1))),
        "measure 1, staff 1, voice 1, at 0: a glissando that leads nowhere",
    ),
    (
        rules.check_glissandos,
        one(rest("2"), chord("2", head("C5", 1), glissando="stop")),
        "measure 1, staff 1, voice 1, at 2: a glissando from nowhere",
    ),
    (
        rules.check_tremolos,
        one(struck("start"), chord("2", head("G3", 1))),
        "measure 1, staff 1, voice 1, at 0: half a tremolo",
    ),
    (
        rules.check_tremolos,
        one(chord("2", head("G3", 1)), struck("stop")),
        "measure 1, staff 1, voice 1, at 2: half a tremolo",
    ),
    (
        rules.check_tremolos,
        one(struck("start", "1"), struck("stop", "2"), chord("4", head("G3", 1))),
        "measure 1, staff 1, voice 1, at 0: a tremolo of two values",
    ),
    (
        rules.check_tremolos,
        two(
            (replace(struck("single"), heads=(head("C3", 0, ">"),)),),
            (chord("1", head("C3", 0, "<")),),
        ),
        "measure 1, staff 1, voice 1, at 0: a tied tremolo",
    ),
    (
        rules.check_ornaments,
        one(trilled()),
        "measure 1, staff 1, voice 1, at 0: key presses behind no sign",
    ),
    (
        rules.check_ornaments,
        one(chord("1", head("C5", 0), ornament="turn")),
        "measure 1, staff 1, voice 1, at 0: an empty sign",
    ),
    (
        rules.check_ornaments,
        one(chord("8", head("B4", 0), grace=True, arpeggiated=True), chord("1", head("C5", 1))),
        "measure 1, staff 1, voice 1, at 0: a sign on a grace note",
    ),
    (
        rules.check_ornaments,
        two(
            (chord("1", head("C5", 0, ">")),),
            (chord("1", replace(head("C5", 0, "<"), folded=(1,)), ornament="trill"),),
        ),
        "measure 2, staff 1, voice 1, at 0: the sign of C5 does not stand where the note begins",
    ),
    (
        rules.check_tremolos,
        one(chord("8", head("B4", 0), grace=True, tremolo="single"), C5),
        "measure 1, staff 1, voice 1, at 0: a tremolo on a grace note",
    ),
    (
        rules.check_tremolos,
        one(
            replace(struck("start", TRIPLET_HALF), **START),
            struck("stop", TRIPLET_HALF, "G3"),
            chord(TRIPLET_QUARTER, head("C3", 1), **STOP),
            rest("2"),
        ),
        "measure 1, staff 1, voice 1, at 0: a tremolo of two chords in a tuplet",
    ),
]


@pytest.mark.parametrize(("rule", "score", "sentence"), BROKEN)
def test_a_score_that_breaks_one_rule_breaks_no_other(rule, score, sentence):
    faults = broken_rules(score)
    assert list(faults) == [rule.__name__]
    assert faults[rule.__name__][0] == sentence


def test_every_rule_is_broken_somewhere():
    assert {rule.__name__ for rule, _, _ in BROKEN} == rules_in(rules) - {
        "check_note_values"  # without them no other rule can be asked
    }


VALUES = [
    ("128th", 0, True),
    ("breve", 3, True),
    ("256th", 0, False),
    ("quarter", 4, False),
    ("quarter", -1, False),
]


@pytest.mark.parametrize(("kind", "dots", "known"), VALUES)
def test_note_values_go_from_a_breve_to_a_128th_with_three_dots_at_most(kind, dots, known):
    value = NoteValue(kind, dots)
    score = piano(Measure(1, Fraction(4), (Voice(1, 1, (replace(C5, value=value),)),)))
    said = [f"measure 1, staff 1, voice 1, at 0: {value} is not a note value"]
    assert list(rules.check_note_values(score)) == ([] if known else said)


@pytest.mark.parametrize("name", ["C0", "Cbb4", "F##4", "B9"])
def test_pitches_go_from_c0_to_b9_with_two_signs_at_most(name):
    assert list(rules.check_pitches(one(chord("1", head(name, 0))))) == []


@pytest.mark.parametrize("name", ["Cbbb4", "B10"])
def test_what_lies_beyond_cannot_be_written(name):
    assert list(rules.check_pitches(one(chord("1", head(name, 0))))) == [
        f"measure 1, staff 1, voice 1, at 0: {name} cannot be written"
    ]


def test_a_tie_must_keep_the_key_press_and_the_pitch():
    for name, played in (("C5", 1), ("D5", 0)):
        score = two((chord("1", head("C5", 0, ">")),), (chord("1", head(name, played, "<")),))
        assert list(rules.check_ties(score)) == [
            "measure 1, staff 1, voice 1, at 0: the tie of C5 leads nowhere",
            f"measure 2, staff 1, voice 1, at 0: a tie arrives at {name} from nowhere",
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
    assert list(rules.check_beams(one(*events, rest("2")))) == []


def test_a_glissando_leads_over_the_notes_that_are_tied_to_it():
    score = two(
        (chord("1", head("C5", 0, ">"), glissando="start"),),
        (chord("2", head("C5", 0, "<")), chord("2", head("C6", 1), glissando="stop")),
    )
    assert list(rules.check_glissandos(score)) == []


@pytest.mark.parametrize("kind", ["64th", "128th"])
def test_a_note_has_as_many_beams_as_its_type_has_flags(kind):
    count = {"64th": 4, "128th": 5}[kind]

    def pair(beams: int) -> Score:
        words = ("begin",) * beams, ("end",) * beams
        notes = [chord(NoteValue(kind), head("C5", k), beams=b) for k, b in enumerate(words)]
        return one(*notes, rest("2"))

    assert list(rules.check_beams(pair(count))) == []
    assert list(rules.check_beams(pair(count - 1))) == [
        f"measure 1, staff 1, voice 1, at {place}: {count - 1} beams on a note of type {kind}"
        for place in ("0", f"1/{4 * 2 ** (count - 2)}")
    ]
