"""Each rule for bars, with a score that breaks this rule and no other."""

from dataclasses import replace
from fractions import Fraction

import pytest

from engrave.check import bars as rules
from engrave.music.score import Score, Voice
from engrave.music.values import KeySignature, TimeSignature
from tests.support import scores
from tests.support.faults import C5, Broken, bar, broken_rules, one, rules_in
from tests.support.scores import (
    BASS,
    TREBLE,
    chord,
    head,
    measure,
    opening,
    piano,
    rest,
    voice,
    whole_rest,
)


def away(staff: int | None) -> Score:
    """`scores.crossing` with all that visits the upper staff on another one."""
    score = scores.crossing()
    (bar,) = score.parts[0].measures
    lower = bar.voices[1]
    events = [replace(e, staff=staff) if lower.staff_of(e) == 1 else e for e in lower.events]
    voices = (bar.voices[0], replace(lower, events=tuple(events)))
    return piano(replace(bar, voices=voices))


def again(number: int, **details):
    """One more measure of 4/4."""
    line = voice(1, chord("1", head("C5", number - 1)))
    return measure(number, line, voice(5, whole_rest(4)), **details)


BROKEN: list[Broken] = [
    (
        rules.check_opening,
        one(C5, time=None),
        "measure 1: no time signature to begin with",
    ),
    (rules.check_opening, one(C5, key=None), "measure 1: no key signature to begin with"),
    (
        rules.check_opening,
        one(C5, clefs=(TREBLE,)),
        "measure 1: staff 2 has no clef to begin with",
    ),
    (
        rules.check_parts,
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
        rules.check_keys,
        one(C5, key=KeySignature(-8)),
        "measure 1: no key signature has -8 fifths",
    ),
    (
        rules.check_changes,
        piano(bar(C5), replace(bar(C5), number=2, time=None, clefs=())),
        "measure 2: a key signature that changes nothing",
    ),
    (
        rules.check_changes,
        piano(bar(C5), replace(bar(C5), number=2, key=None, clefs=())),
        "measure 2: a time signature that changes nothing",
    ),
    (
        rules.check_changes,
        one(
            C5,
            other=voice(5, rest("2"), rest("2")),
            clefs=(TREBLE, BASS, replace(BASS, onset=Fraction(2))),
        ),
        "measure 1: a clef on staff 2 that changes nothing",
    ),
    (
        rules.check_measure_lengths,
        piano(
            bar(C5),
            measure(2, voice(1, chord("2.", head("C5", 1))), voice(5, whole_rest(3))),
            measure(3, voice(1, chord("1", head("C5", 2))), voice(5, whole_rest(4))),
        ),
        "measure 2: 3 quarters long in 4/4 time",
    ),
    (
        rules.check_measure_lengths,
        one(C5, time=TimeSignature(3, 4)),
        "measure 1: 4 quarters long in 3/4 time",
    ),
    (
        rules.check_bars_full,
        one(C5, other=voice(5, rest("2"), rest("4"))),
        "measure 1, staff 2, voice 5: ends at 3 of 4 quarters",
    ),
    (
        rules.check_bars_full,
        one(C5, other=Voice(5, 2, (rest("2"), replace(rest("4"), onset=Fraction(3))))),
        "measure 1, staff 2, voice 5, at 3: a gap after 2",
    ),
    (
        rules.check_bars_full,
        one(C5, other=Voice(5, 2, (rest("1"), replace(rest("2"), onset=Fraction(2))))),
        "measure 1, staff 2, voice 5, at 2: an overlap after 4",
    ),
    (
        rules.check_staves_filled,
        piano(measure(1, voice(1, C5), **opening())),
        "measure 1: staff 2 is empty",
    ),
    (
        rules.check_voices,
        one(C5, other=replace(voice(5, rest("1")), number=4)),
        "measure 1, staff 2, voice 4: this voice does not belong on this staff",
    ),
    (
        rules.check_voices,
        piano(measure(1, voice(1, C5), voice(1, rest("1")), voice(5, rest("1")), **opening())),
        "measure 1: voice 1 stands there 2 times",
    ),
    (
        rules.check_voices,
        piano(
            measure(1, voice(1, C5), voice(5, rest("1")), Voice(9, 3, (rest("1"),)), **opening())
        ),
        "measure 1, staff 3, voice 9: there is no such staff",
    ),
    (
        rules.check_rests,
        one(chord("2", head("C5", 0)), whole_rest(2)),
        "measure 1, staff 1, voice 1, at 2: a bar's rest that does not fill the bar",
    ),
    (
        rules.check_rests,
        piano(
            measure(0, voice(1, chord("4", head("G4", 0))), voice(5, whole_rest(1)), **opening(3)),
            measure(1, voice(1, chord("2.", head("C5", 1))), voice(5, whole_rest(3))),
        ),
        "measure 0, staff 2, voice 5, at 0: a bar's rest in a pickup",
    ),
    (
        rules.check_hidden_rests,
        one(chord("2", head("C5", 0)), rest("2", hidden=True)),
        "measure 1, staff 1, voice 1, at 2: a hidden rest where the staff is empty",
    ),
    (
        rules.check_hidden_rests,
        away(None),
        "measure 1, staff 1, voice 1, at 0: a hidden rest where the staff is empty",
    ),
    (
        rules.check_cross_staff,
        away(3),
        "measure 1, staff 2, voice 5, at 1/2: a visit to staff 3",
    ),
    (
        rules.check_cross_staff,
        one(chord("2", head("C4", 0)), chord("2", head("C3", 1), staff=2)),
        "measure 1, staff 1, voice 1, at 2: on another staff without a beam that leads there",
    ),
    (
        rules.check_cross_staff,
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
        rules.check_repeats,
        piano(replace(bar(C5), forward=True)),
        "measure 1: a forward repeat without a backward one",
    ),
    (
        rules.check_repeats,
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
        rules.check_repeats,
        piano(replace(bar(C5), ending=2)),
        "measure 1: a second ending without a first one",
    ),
    (
        rules.check_repeats,
        piano(
            replace(bar(C5), ending=1, backward=True),
            measure(2, voice(1, chord("1", head("C5", 1))), voice(5, whole_rest(4))),
        ),
        "measure 2: no second ending after the first one",
    ),
    (
        rules.check_repeats,
        piano(
            replace(bar(C5), forward=True, ending=1),
            again(2, ending=2, backward=True),
        ),
        "measure 2: no backward repeat before the second ending",
    ),
]


@pytest.mark.parametrize(("rule", "score", "sentence"), BROKEN)
def test_a_score_that_breaks_one_rule_breaks_no_other(rule, score, sentence):
    faults = broken_rules(score)
    assert list(faults) == [rule.__name__]
    assert faults[rule.__name__][0] == sentence


def test_every_rule_is_broken_somewhere():
    assert {rule.__name__ for rule, _, _ in BROKEN} == rules_in(rules)


@pytest.mark.parametrize("fifths", [-7, 7])
def test_a_key_signature_may_have_seven_sharps_or_flats(fifths):
    assert broken_rules(one(C5, key=KeySignature(fifths))) == {}


def test_only_the_first_measure_and_the_last_may_be_shorter():
    short = voice(1, chord("2", head("C5", 0))), voice(5, rest("2"))
    assert broken_rules(piano(measure(1, *short, **opening()), again(2), measure(3, *short))) == {}
    inside = piano(bar(C5), measure(2, *short), again(3))
    assert broken_rules(inside) == {
        "check_measure_lengths": ["measure 2: 2 quarters long in 4/4 time"]
    }


def test_the_last_measure_may_not_be_longer():
    long = voice(1, chord("1", head("C5", 0)), rest("4")), voice(5, rest("1"), rest("4"))
    assert broken_rules(piano(bar(C5), measure(2, *long))) == {
        "check_measure_lengths": ["measure 2: 5 quarters long in 4/4 time"]
    }


def test_a_rest_may_be_hidden_where_another_voice_of_its_staff_sounds():
    """In the first half; in the second one the other voice is hidden as well."""
    upper = voice(1, rest("2", hidden=True), rest("2", hidden=True))
    lower = voice(2, chord("2", head("C5", 0)), rest("2", hidden=True))
    both = piano(measure(1, upper, lower, voice(5, whole_rest(4)), **opening()))
    assert broken_rules(both) == {
        "check_hidden_rests": [
            f"measure 1, staff 1, voice {number}, at 2: a hidden rest where the staff is empty"
            for number in (1, 2)
        ]
    }
