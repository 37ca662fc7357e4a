"""Rests that two voices of a staff share, and stems to beams between the staves."""

from dataclasses import replace
from fractions import Fraction

from engrave.music.score import Chord
from engrave.music.values import NoteValue
from engrave.notation.beams import crossing_spans, stem_directions
from engrave.notation.rests import shared_rests
from tests.support.scores import chord, crossing, head, rest, voice


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


def test_stems_go_from_both_staves_to_the_beam_between_them() -> None:
    upper, lower = crossing().parts[0].measures[0].voices
    assert stem_directions([upper, lower]) == [
        [None, "down", "down", "up", "up"],
        ["up", "up", "down", "down", None],
    ]
    bass = voice(6, chord("2", head("C3", 8)))
    assert stem_directions([upper, lower, bass])[1:] == [
        ["up", "up", "down", "down", "up"],
        ["down"],
    ]


def test_a_beam_that_crosses_lasts_from_its_first_chord_to_its_last() -> None:
    upper, lower = crossing().parts[0].measures[0].voices
    assert list(crossing_spans(lower)) == [(0, 1)]
    assert list(crossing_spans(upper)) == [(1, 2)]
    at_home = [replace(e, staff=None) if isinstance(e, Chord) else e for e in lower.events]
    assert list(crossing_spans(voice(5, *at_home))) == []
