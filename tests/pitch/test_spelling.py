"""Spelling, on small examples that a musician checks by eye."""

from dataclasses import replace
from fractions import Fraction

import pytest

from engrave.music.note import Note
from engrave.music.values import KeySignature
from engrave.options import parse_key
from engrave.pitch.spelling import spell
from tests.support.spelling import name, played


def respelled(line, key=None):
    """The line after its names were forgotten and found again."""
    found = spell(played(line), parse_key(key) if key else None)
    names = iter(note.name for note in found.notes)
    return " ".join("+".join(name(next(names)) for _ in chord.split("+")) for chord in line.split())


@pytest.mark.parametrize(
    ("key", "line"),
    [
        ("C major", "C4 D4 E4 F4 G4 A4 B4 C5"),
        # Rising chromatic notes are sharps, falling ones flats; F sharp leads to the dominant.
        ("C major", "C4 C#4 D4 D#4 E4 F4 F#4 G4 G#4 A4 A#4 B4 C5"),
        ("C major", "C5 B4 Bb4 A4 Ab4 G4 F#4 F4 E4 Eb4 D4 C#4 C4"),
        # Chromatic neighbours stand on the step below the note they return to.
        ("C major", "C4 E4 D#4 E4 G4 F#4 G4 C4"),
        # The seventh step of the minor scale is raised, and the sixth on its way there.
        ("a minor", "A3 B3 C4 D4 E4 F4 G#4 A4"),
        ("g minor", "G4 A4 Bb4 C5 D5 E5 F#5 G5"),
        ("g minor", "G5 F5 Eb5 D5 C5 Bb4 A4 G4"),
        # Diminished seventh on the leading note.
        ("g minor", "G4+Bb4+D5 F#4+A4+C5+Eb5 G4+Bb4+D5"),
        ("a minor", "A3+E4+C5 G#3+D4+F4+B4 A3+E4+C5"),
        # German sixth: A flat and F sharp open to the octave on G.
        ("c minor", "C3+Eb4+G4 Ab2+C4+Eb4+F#4 G2+D4+G4+B4 C3+Eb4+G4"),
        # Enharmonic frame: the same keys of the piano, in six flats and in six sharps.
        ("Gb major", "Gb3+Db4+Gb4+Bb4 Cb4+Eb4+Gb4 Db3+F4+Ab4+Cb5 Gb3+Gb4+Bb4"),
        ("F# major", "F#3+C#4+F#4+A#4 B3+D#4+F#4 C#3+E#4+G#4+B4 F#3+F#4+A#4"),
        ("eb minor", "Eb3+Gb4+Bb4 Ab3+Eb4+Cb5 Bb3+D4+Ab4 Eb3+Eb4+Gb4"),
    ],
)
def test_names_are_found_again(key, line):
    assert respelled(line, key) == line


def test_modulation_to_the_dominant_keeps_the_signature_and_sharpens_f():
    line = (
        "C3+E4+G4 F3+F4+A4 G3+D4+B4 C3+E4+C5 D3+F#4+A4 G3+G4+B4 C3+E4+C5 D3+F#4+C5 G2+G4+B4 "
        "G3+F4+B4 C3+E4+C5 F3+F4+A4 G3+D4+B4 C3+E4+C5"
    )
    assert spell(played(line)).key == KeySignature(0)
    assert respelled(line) == line


def test_octaves_struck_together_have_one_name():
    """The upper B flat rises to B natural, which speaks for A sharp."""
    assert respelled("Bb2+Bb3 B3 C4") == "Bb2+Bb3 B3 C4"


def test_a_key_given_by_the_user_is_kept():
    scale = played("Db4 Eb4 F4 Gb4 Ab4 Bb4 C5 Db5")
    key = KeySignature(7)
    found = spell(scale, key)
    assert found.key == key
    assert " ".join(name(note.name) for note in found.notes) == "C#4 D#4 E#4 F#4 G#4 A#4 B#4 C#5"


def test_pitches_stand_in_the_order_of_the_notes_given_and_sound_as_played():
    notes = played("B#3+E4 C4+Fb4 Gx4 Cb5 A0 C8")
    backwards = spell(notes[::-1]).notes
    assert backwards == spell(notes).notes[::-1]
    assert [replace(note, spelling=None) for note in backwards] == notes[::-1]
    assert [note.name.midi for note in backwards] == [note.pitch for note in backwards]


def test_lowest_and_highest_midi_notes_have_names():
    ends = [Note(0, p, Fraction(0), Fraction(0), grace=True) for p in (0, 1, 126, 127)]
    assert [note.name.midi for note in spell(ends).notes] == [0, 1, 126, 127]


def test_silence_is_in_c_unless_told():
    assert spell([]).notes == ()
    assert spell([]).key == KeySignature(0)
    assert spell([], KeySignature(3)).key == KeySignature(3)
