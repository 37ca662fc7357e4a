"""What musicians call things."""

from dataclasses import replace
from fractions import Fraction

import pytest

from engrave.music.marks import TempoMark
from engrave.music.score import Part
from engrave.music.text import (
    TONICS,
    at,
    count,
    name_key,
    name_music,
    name_of,
    name_players,
    name_value,
    one_line,
    staff_position,
)
from engrave.music.values import KeySignature, NoteValue, TimeSignature
from tests.support import scores
from tests.support.scores import EIGHTH, QUARTER, chord, head, measure, piano, voice


@pytest.mark.parametrize(
    ("fifths", "major", "minor"),
    [
        (-7, "C-flat", "A-flat"),
        (-3, "E-flat", "C"),
        (-1, "F", "D"),
        (0, "C", "A"),
        (2, "D", "B"),
        (3, "A", "F-sharp"),
        (4, "E", "C-sharp"),
        (7, "C-sharp", "A-sharp"),
    ],
)
def test_a_signature_names_a_major_key_and_its_relative_minor(fifths, major, minor):
    assert name_key(KeySignature(fifths)) == f"{major} major"
    assert name_key(KeySignature(fifths, "minor")) == f"{minor} minor"


def test_there_is_a_tonic_for_each_signature_in_both_modes_and_none_to_spare():
    keys = [KeySignature(k, mode) for k in range(-7, 8) for mode in ("major", "minor")]
    assert {name_key(key).split()[0] for key in keys} == set(TONICS)
    assert len(set(map(name_key, keys))) == 30


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (QUARTER, "quarter"),
        (NoteValue("quarter", 1), "dotted quarter"),
        (EIGHTH, "eighth"),
        (NoteValue("half", 2), "double-dotted half"),
    ],
)
def test_note_values(value, name):
    assert name_value(value) == name


@pytest.mark.parametrize(("number", "said"), [(0, "0 bars"), (1, "1 bar"), (2, "2 bars")])
def test_one_thing_and_several(number, said):
    assert count(number, "bar") == said


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("  Für\tElise\r\n\n(WoO 59) ", "Für Elise (WoO 59)"),
        ("a\x00b\x1b[2Jc\x7f", "ab[2Jc\x7f"),
        ("lone \ud800 surrogate \uffff", "lone surrogate"),
        ("\U0001d11e", "\U0001d11e"),  # the G clef lies beyond 16 bits
        ("\n", ""),
    ],
)
def test_a_strangers_text_is_one_line_that_xml_can_hold(text, line):
    assert one_line(text) == line


def test_a_score_in_a_few_words():
    """Eight notes: two bars of D major, with a tempo mark."""
    assert name_music(scores.eight_notes()) == [
        *("4/4", "D major", "Andante (quarter = 72)", "2 bars"),
    ]
    assert name_music(scores.pickup()) == ["3/4", "C major", "2 bars and a pickup"]


def test_a_tempo_without_words():
    mark = TempoMark(Fraction(0), NoteValue("quarter", 1), 66)
    (bar,) = scores.triplets().parts[0].measures
    assert "dotted quarter = 66" in name_music(piano(replace(bar, marks=(mark,))))


def test_a_later_tempo_is_not_that_of_the_beginning():
    later = TempoMark(Fraction(2), QUARTER, 66)
    first, second = scores.eight_notes().parts[0].measures
    for bars in (
        (replace(first, marks=()), replace(second, marks=(replace(later, onset=Fraction(0)),))),
        (replace(first, marks=(later,)), second),
    ):
        assert not any("66" in fact for fact in name_music(piano(*bars)))


def test_what_changes_is_named_once_in_the_order_in_which_it_comes():
    """4/4, 3/4, 4/4 again; C major, then G major."""
    first, second = scores.eight_notes().parts[0].measures
    bars = [
        replace(first, time=TimeSignature(4, 4), key=KeySignature(0)),
        replace(second, time=TimeSignature(3, 4), key=KeySignature(1)),
        replace(second, number=3, time=TimeSignature(4, 4)),
    ]
    said = name_music(piano(*bars))
    assert said[:2] == ["4/4 and 3/4", "C major and G major"]
    assert said[-1] == "3 bars"


@pytest.mark.parametrize(
    ("players", "said"),
    [
        ([("Piano", 0)], []),
        ([("Klavier", 0)], []),
        ([("Violin", 40)], ["Violin"]),
        ([("Violin", 40), ("Piano", 0)], ["Violin and Piano"]),
        ([("Violin", 40), ("Horn", 60), ("Piano", 0)], ["Violin, Horn and Piano"]),
        ([("Piano 1", 0), ("Piano 2", 0)], ["Piano 1 and Piano 2"]),
        ([("My\nviolin", 40)], ["My violin"]),
    ],
)
def test_players_are_named_unless_a_piano_plays_alone(players, said):
    bars = scores.eight_notes().parts[0].measures
    parts = tuple(Part(name, 2, bars, program) for name, program in players)
    score = replace(scores.eight_notes(), parts=parts)
    assert name_players(score) == said
    assert name_music(score)[: len(said) + 1] == [*said, "4/4"]


def test_where_something_stands():
    line = voice(6, chord("4.", head("C3", 0)), chord("8", head("D3", 1)))
    bar = measure(3, line)
    assert at(bar) == "measure 3"
    assert at(bar, line) == "measure 3, staff 2, voice 6"
    assert at(bar, line, line.events[1]) == "measure 3, staff 2, voice 6, at 3/2"
    assert at(bar, line, line.events[0]) == "measure 3, staff 2, voice 6, at 0"


@pytest.mark.parametrize(
    ("name", "place"), [("C0", 0), ("D0", 1), ("B0", 6), ("C1", 7), ("C4", 28), ("G4", 32)]
)
def test_lines_and_spaces_are_counted_from_c0(name, place):
    assert staff_position(head(name, 0)) == place


def test_signs_do_not_move_a_note_on_the_staff():
    assert (
        staff_position(head("B#3", 0))
        == staff_position(head("Bbb3", 0))
        == staff_position(head("B3", 0))
    )


@pytest.mark.parametrize("name", ["C4", "F#4", "Bb3", "C##2", "Ebb5", "B-1", "A10"])
def test_a_head_is_called_by_its_pitch(name):
    assert name_of(head(name, 0)) == name
