"""The judge as a whole: all rules are asked, and every key press is accounted for."""

from dataclasses import replace
from fractions import Fraction

import pytest

from engrave.check import bars, marks, notes
from engrave.check.score import FIRST_RULES, RULES, check
from engrave.music.marks import TempoMark
from engrave.music.score import Measure, Score, Unwritten, Voice
from engrave.music.values import KeySignature, NoteValue, Pitch
from tests.support import scores
from tests.support.faults import C5, one, rules_in
from tests.support.scores import chord, head, piano


@pytest.mark.parametrize("make", scores.ALL)
def test_a_good_score_is_good(make):
    score = make()
    assert check(score, scores.performance_of(score)) == []


def test_every_rule_is_asked():
    stated = rules_in(bars) | rules_in(marks) | rules_in(notes)
    assert {rule.__name__ for rule in (*FIRST_RULES, *RULES)} == stated


def test_all_that_is_wrong_is_said_in_the_order_of_the_rules():
    score = one(chord("1", head("C5", 0), accent=True, grace=True), C5, key=KeySignature(8))
    assert check(score) == [
        "measure 1: no key signature has 8 fifths",
        "measure 1, staff 1, voice 1, at 0: an articulation on a grace note",
    ]


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
    def trilled(*presses: int) -> Score:
        return one(chord("1", replace(head("C5", 0), folded=presses), ornament="trill"))

    score = trilled(1, 2, 3)
    played = scores.performance_of(score)
    assert check(score, played) == []
    missing = replace(score, unwritten=(Unwritten(2, "in doubt"),))
    assert check(missing, played) == [
        "played note 2 is folded into an ornament and accounted for twice"
    ]
    twice = trilled(1, 2, 3, 3)
    assert check(twice, played) == ["played note 3 is folded into 2 ornaments"]
