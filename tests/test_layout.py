"""Rests that two voices of a staff share."""

from dataclasses import replace
from fractions import Fraction

from engrave.layout import shared_rests
from engrave.score import NoteValue
from tests.scores import chord, head, rest, voice


def test_a_rest_of_both_voices_is_drawn_in_the_first() -> None:
    upper = voice(1, rest("4"), chord("4", head("E5", 0)), rest("2"))
    lower = voice(2, rest("4"), chord("4", head("C5", 1)), rest("4"), rest("4"))
    assert shared_rests([upper, lower]) == {(1, 0)}


def test_each_staff_draws_its_own() -> None:
    upper, lower = voice(1, rest("1")), voice(5, rest("1"))
    assert shared_rests([upper, lower]) == set()
    assert shared_rests([upper, lower, voice(6, rest("1"))]) == {(2, 0)}


def test_a_tuplet_keeps_its_rest() -> None:
    third = replace(rest("8"), value=NoteValue("eighth", actual=3, normal=2))
    events = [replace(third, onset=Fraction(k, 3)) for k in range(3)]
    assert shared_rests([voice(1, *events), voice(2, *events)]) == set()
