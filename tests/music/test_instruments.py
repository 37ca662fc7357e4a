"""The names of instruments, by their numbers in General MIDI and by what people call them."""

import pytest

from engrave.music.instruments import (
    DAMPED,
    KEYBOARDS,
    LAYERS,
    NAMES,
    NO_PITCH,
    OCTAVES,
    PIANOS,
    TWO_HANDS,
    instrument,
    program_named,
)
from engrave.music.performance import Instrument


def test_there_are_128_programs():
    assert len(NAMES) == 128
    numbers = {*PIANOS, *KEYBOARDS, *TWO_HANDS, *LAYERS, *NO_PITCH, *OCTAVES}
    assert numbers <= set(range(128))


@pytest.mark.parametrize(
    ("program", "name"),
    [
        (0, "Piano"),
        (6, "Harpsichord"),
        (19, "Organ"),  # General MIDI 20, Church Organ
        (24, "Guitar"),
        (40, "Violin"),
        (46, "Harp"),
        (47, "Timpani"),
        (56, "Trumpet"),
        (60, "Horn"),
        (71, "Clarinet"),
        (73, "Flute"),
        (79, "Ocarina"),
        (80, "Synthesizer"),
        (103, "Synthesizer"),
        (104, "Sitar"),
        (110, "Fiddle"),
        (115, "Woodblock"),
        (127, "Gunshot"),
    ],
)
def test_a_program_is_called_as_general_midi_has_it(program, name):
    """Programs count from 0 here, in the standard from 1."""
    assert instrument(program).name == name


@pytest.mark.parametrize(
    ("programs", "staves"),
    [
        ([0, 7, 8, 16, 21, 23, 46], 2),  # pianos, celesta, organs, accordions, harp
        ([48, 52, 55, 80, 103], 2),  # strings, choirs and synthesizers under two hands
        ([9, 22, 24, 40, 45, 47, 56, 73, 79, 104], 1),
    ],
)
def test_what_two_hands_play_may_have_two_staves(programs, staves):
    assert {instrument(program).staves for program in programs} == {staves}


def test_a_pedal_frees_the_strings_of_the_pianos_and_of_no_plucked_ones():
    named = {NAMES[program] for program in DAMPED}
    assert named == {"Piano", "Electric Piano"}
    assert set(DAMPED) < set(PIANOS)


@pytest.mark.parametrize(
    ("name", "octave"),
    [
        ("Guitar", -1),
        ("Bass", -1),
        ("Synth Bass", -1),
        ("Double Bass", -1),
        ("Piccolo", 1),
        ("Xylophone", 1),
        ("Glockenspiel", 1),
        ("Violin", 0),
        ("Violoncello", 0),
        ("Flute", 0),
        ("Piano", 0),
    ],
)
def test_some_sound_an_octave_off(name, octave):
    assert instrument(NAMES.index(name)).octave == octave


def test_an_instrument_may_have_a_name_of_its_own():
    assert instrument(43, "Kontrabass") == Instrument("Kontrabass", 43, 1, -1)
    assert instrument(43, "") == Instrument("Double Bass", 43, 1, -1)


@pytest.mark.parametrize(
    ("name", "program"),
    [
        ("Violin", 40),
        ("VIOLIN", 40),
        ("Violine", 40),
        ("Violino II", 40),
        ("Violin 2", 40),
        ("Solo Violin", 40),
        ("Violin Solo", 40),
        ("Viola", 41),
        ("Cello", 42),
        ("Double Bass", 43),
        ("Bass Guitar", 33),
        ("E-Bass", 33),
        ("Querflöte", 73),
        ("flûte", 73),
        ("Clarinet in Bb", 71),
        ("Klarinette in B♭ 1", 71),
        ("Horn in F", 60),
        ("Cor", 60),
        ("Cor anglais", 69),  # no horn
        ("Alto", 53),
        ("Alto Sax", 65),
        ("Tenor Saxophone", 66),
        ("Vocals", 53),
        ("Fiddle", 110),
    ],
)
def test_people_name_an_instrument_in_many_ways(name, program):
    assert program_named(name) == program


@pytest.mark.parametrize(
    "name",
    ["", "Piano", "Violin Sonata", "My Violin", "Violins", "Violin2", "Hornpipe", "Harp ", "Bach"],
)
def test_what_says_more_than_an_instrument_names_none(name):
    assert program_named(name) is None


def test_every_instrument_that_can_be_named_has_that_name_on_the_page():
    """The words in English are those of the page."""
    same = {name for name in NAMES if (named := program_named(name)) and NAMES[named] == name}
    other = {name for name in NAMES if (named := program_named(name)) and NAMES[named] != name}
    assert {"Violin", "Double Bass", "English Horn", "Recorder", "Tuba"} <= same
    assert other == set()
