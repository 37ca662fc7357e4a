"""Which key signatures of a file are believed: on bars of 4/4, half a second a quarter."""

from dataclasses import replace
from fractions import Fraction

import pytest

from engrave.music.note import Note
from engrave.music.performance import FileGrid, FileKey
from engrave.pitch.file_keys import find_file_keys
from tests.support.playing import even_grid
from tests.support.spelling import played

CADENCE = "C3+E4+G4 F3+F4+A4 G3+D4+B4 C3+E4+C5"  # a bar in C


def bars(*shifts: int) -> list[Note]:
    """A cadence in each bar, so many semitones above C."""
    return [
        replace(note, pitch=note.pitch + shift, onset=note.onset + 4 * k)
        for k, shift in enumerate(shifts)
        for note in played(CADENCE)
    ]


def believed(
    notes: list[Note], *keys: tuple[float, int], minor: bool = False
) -> list[tuple[int, int, str]]:
    """Signatures (quarter, fifths) of a file: of those believed the start, fifths and mode."""
    stated = tuple(FileKey(quarter, fifths, minor) for quarter, fifths in keys)
    file = FileGrid(480, (0.0, 0.5), (0.0, 1.0), keys=stated)
    sections = find_file_keys(notes, file, even_grid(4, 4, bars=80))
    return [(int(section.start), section.key.fifths, section.key.mode) for section in sections]


F_MAJOR, D_MAJOR, D_FLAT = 5, 2, 1  # semitones above C


def test_a_signature_that_suits_the_notes_is_believed():
    assert believed(bars(*[F_MAJOR] * 4), (0, -1)) == [(0, -1, "major")]


def test_a_file_that_states_none_is_not_asked():
    assert believed(bars(0, 0)) == []
    assert believed(bars(0, 0), (4, 0)) == []  # nor one that says nothing of the beginning


def test_a_signature_that_the_notes_contradict_is_not_believed():
    assert believed(bars(*[D_FLAT] * 4), (0, 2)) == []


def test_c_major_is_believed_less_readily_than_a_signature_that_somebody_chose():
    """On G without F or F sharp: of one sharp none is as far away as two are."""
    pentatonic = played("G4 A4 B4 D5 E5 D5 B4 A4 G4 A4 B4 G4")
    assert believed(pentatonic, (0, 1)) == [(0, 1, "major")]
    assert believed(pentatonic, (0, 2)) == [(0, 2, "major")]
    assert believed(pentatonic, (0, 0)) == []
    assert believed(pentatonic, (0, 3)) == []


def test_a_new_signature_stands_at_the_barline_of_its_bar():
    changing = bars(*[0] * 4, *[D_MAJOR] * 4)
    for quarter in (16, 16.01, 18.5):
        assert believed(changing, (0, 0), (quarter, 2)) == [(0, 0, "major"), (16, 2, "major")]
    assert believed(changing, (0, 0), (15.95, 2))[1] == (16, 2, "major")  # a little too early


def test_each_section_must_suit_its_own_notes():
    changing = bars(*[0] * 4, *[D_MAJOR] * 4)
    assert believed(changing, (0, 0), (16, 2)) != []
    assert believed(changing, (0, 2), (16, 0)) == []
    assert believed(changing, (0, 0), (16, -3)) == []


def test_c_major_alone_is_not_believed_where_the_notes_change_key():
    """As many bars of D as the key finder asks for to write its signature."""
    assert believed(bars(*[0] * 40, *[D_MAJOR] * 40), (0, 0)) == []
    assert believed(bars(*[0] * 40, *[D_MAJOR] * 8), (0, 0)) == [(0, 0, "major")]


def test_what_is_stated_again_is_no_change():
    assert believed(bars(0, 0, 0, 0), (0, 0), (8, 0)) == [(0, 0, "major")]


def test_of_two_in_one_bar_the_last_holds():
    assert believed(bars(*[F_MAJOR] * 4), (0, 5), (1, -1)) == [(0, -1, "major")]


def test_the_mode_is_heard_where_the_file_never_says_minor():
    minor = played("A2+C4+E4 D3+F4+A4 E3+E4+G#4 A2+A4+C5 " * 4)
    assert believed(minor, (0, 0)) == [(0, 0, "minor")]
    assert believed(bars(0, 0), (0, 0), minor=True) == [(0, 0, "minor")]  # where it does, it is so


@pytest.mark.parametrize("silent", [8, 40])
def test_a_section_without_notes_is_not_contradicted(silent: int):
    notes = bars(0, 0)
    assert believed(notes, (0, 0), (silent, -6)) == [(0, 0, "major"), (silent, -6, "major")]
    assert max(note.onset for note in notes) < Fraction(silent)
