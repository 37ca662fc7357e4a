"""The key of a piece, and the local keys through which it goes."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from engrave.music.values import KeySignature
from engrave.pitch.keys import LINE_OF_FIFTHS, PitchSequence, find_key, key_votes, local_keys
from engrave.pitch.spelling import spell
from tests.support.spelling import played


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ("C4+E4+G4 F4+A4+C5 G4+B4+D5 C4+E4+G4", KeySignature(0, "major")),
        ("E4 G#4 B4 E5 A4 F#4 D#4 B3 E4", KeySignature(4, "major")),
        ("G3+D4+Bb4 C4+G4+Eb5 D4+A4+F#5 G3+Bb4+G5", KeySignature(-2, "minor")),
        ("Ab3+C4+Eb4 Db4+F4+Ab4 Eb3+G4+Bb4 Ab3+C5+Eb5", KeySignature(-4, "major")),
    ],
)
def test_key_is_found(line, key):
    assert spell(played(line)).key == key


@pytest.mark.parametrize("shift", range(12))
def test_signature_follows_transposition(shift):
    hymn = "C3+E4+G4 F3+F4+A4 C3+E4+G4 G2+D4+B4 A2+E4+C5 F3+F4+A4 G3+D4+B4 C3+E4+C5"
    moved = [replace(note, pitch=note.pitch + shift) for note in played(hymn)]
    assert (spell(moved).key.fifths - 7 * shift) % 12 == 0


def music(line: str) -> PitchSequence:
    return PitchSequence.of(played(line))


def test_of_two_notes_the_plainest_signature_that_has_them_is_taken():
    assert find_key(music("C4 E4 C4 E4")) == KeySignature(0)
    assert find_key(music("F#4 C#5 F#4 C#5")) == KeySignature(2)
    assert find_key(music("Bb3 Bb4 Bb3")) == KeySignature(-1)
    assert find_key(music("F#4 A#4 F#4"), [-3, 6]) == KeySignature(6)


def test_one_chord_has_no_key_but_the_fewest_signs():
    assert find_key(music("C#4+E4+G#4+B4")) == KeySignature(3)


def test_only_the_signatures_that_may_be_are_chosen():
    scale = music("E4 F#4 G#4 A4 B4 C#5 D#5 E5")
    assert find_key(scale).fifths == 4
    assert find_key(scale, [3]).fifths == 3
    assert find_key(scale, [-3, 5]).fifths == 5


def test_the_close_says_whether_it_is_major_or_minor():
    waltz = "C3+E4+G4 A2+E4+C5 D3+F4+A4 E3+E4+B4 "
    assert find_key(music(waltz * 2 + "E3+E4+B4 A2+E4+C5")) == KeySignature(0, "minor")
    assert find_key(music(waltz * 2 + "G2+D4+B4 C3+E4+C5")) == KeySignature(0, "major")


def test_a_last_chord_may_be_broken():
    """Its lowest note closes the piece, not its last one."""
    waltz = "C3+E4+G4 A2+E4+C5 D3+F4+A4 E3+E4+B4 " * 2 + "G2+D4+B4 "
    assert find_key(music(waltz + "A2 E4 A4 C5")) == KeySignature(0, "minor")
    assert find_key(music(waltz + "C3 E4 G4 A4")) == KeySignature(0, "major")


def test_votes_turn_with_the_music():
    signatures = range(-6, 6)
    for shift in (0, 5, 10):
        up = [replace(note, pitch=note.pitch + shift) for note in played("C4 D4 E4 F4 G4 A4 B4 C4")]
        votes = key_votes(PitchSequence.of(up), signatures)
        assert votes.shape == (12, 2)
        best = signatures[int(votes.max(axis=1).argmax())]
        assert (best - 7 * shift) % 12 == 0


def name_of(fifths: int, chances: np.ndarray) -> float:
    return float(chances[list(LINE_OF_FIFTHS).index(fifths)])


def test_the_key_tells_the_names_of_a_black_key_apart():
    """C sharp (7 fifths from C) or D flat (-5)."""
    sharps, flats = "A3 C#4 E4 A4 B3 D4 F#4 C#4", "Db4 F4 Ab4 Db5 C5 Eb4 Gb4 Db4"
    for line, fifths, sharp in ((sharps, 3, True), (flats, -5, False)):
        notes = played(line)
        heard = local_keys(PitchSequence.of(notes), fifths)
        assert heard.names.sum(axis=1) == pytest.approx(1)
        (chances, *_) = (row for row, n in zip(heard.names, notes, strict=True) if n.pitch == 61)
        assert (name_of(7, chances) > name_of(-5, chances)) == sharp
        named = [k for k, n in enumerate(LINE_OF_FIFTHS) if n * 7 % 12 == 1]
        assert np.flatnonzero(chances).tolist() == named


def test_local_keys_follow_a_modulation():
    home = "C3+E4+G4 F3+F4+A4 G3+D4+B4 C3+E4+C5 "
    above = "D3+F#4+A4 G3+G4+B4 A3+E4+C#5 D3+F#4+D5 "
    heard = local_keys(music(2 * home + 3 * above), 0)
    assert abs(heard.signature[0]) < 0.7
    assert heard.signature[-1] > heard.signature[0] + 1


def test_music_fits_its_own_signature_better_than_a_foreign_one():
    line = music("E4 G#4 B4 E5 A4 F#4 D#4 B3 E4")
    assert local_keys(line, 4).log_likelihood > local_keys(line, -3).log_likelihood + 1


def test_a_step_leads_to_a_note_and_on_from_it():
    line = music("C4+E4 D4 F4 A4 G#4")  # the numbers of the notes: 0 and 1, 2, 3, 4, 5
    assert line.chord.tolist() == [0, 0, 1, 2, 3, 4]
    assert (line.first.tolist(), line.stop.tolist()) == ([0, 0, 2, 3, 4, 5], [2, 2, 3, 4, 5, 6])
    # F comes from E, for D is a third below; from E it goes to D, which is nearer in time.
    assert line.before.tolist() == [-1, -1, 0, 1, -1, 4]
    assert line.after.tolist() == [2, 2, -1, -1, 5, -1]
    assert music("B3+D4 C4").before.tolist() == [-1, -1, 0]  # of two at once the semitone


def test_after_a_bar_of_rest_a_step_is_heard_no_more():
    for rest, heard in ((4, 0), (Fraction(17, 4), -1)):
        first, second = played("C4 D4")
        line = PitchSequence.of([first, replace(second, onset=first.onset + rest)])
        assert line.before[1] == heard
