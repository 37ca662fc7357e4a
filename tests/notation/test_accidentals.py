"""Accidentals over the barline and across octaves; those within a measure: `test_musicxml`."""

from engrave.music.score import Notehead, Voice
from engrave.notation.accidentals import find_accidentals
from tests.support.scores import chord, head, rest, voice


def signs(*measures: str, fifths: int = 0, number: int = 1) -> str:
    """The signs of quarters: "C5 F#5" -> ". #"; ">" after a name ties it on, "<" ties it back."""
    shown = {None: ".", "natural": "n", "sharp": "#", "flat": "b"}
    before, words = {}, []
    for names in measures:
        found = find_accidentals([_quarters(number, names)], fifths, before)
        before = found.last
        words.append(
            " ".join("".join(shown[s] for s in signs) for signs in found.signs[0].values())
        )
    return " | ".join(words)


def _quarters(number: int, names: str) -> Voice:
    return voice(number, *(chord("4", *map(_head, one.split("+"))) for one in names.split()))


def _head(name: str) -> Notehead:
    return head(name.rstrip("<>"), 0, name[-1] if name[-1] in "<>" else "")


def test_after_the_barline_the_line_that_was_altered_has_a_courtesy_accidental_once():
    assert signs("F#5 G5", "F5 G5 F5", "F5 G5") == "# . | n . . | . ."


def test_not_where_it_was_already_cancelled_nor_two_measures_later():
    assert signs("F#5 F5", "F5 G5") == "# n | . ."
    assert signs("F#5 G5", "G5 G5", "F5 G5") == "# . | . . | . ."


def test_also_where_the_signature_alters_the_line():
    assert signs("F5 G5", "F#5 G5", fifths=1) == "n . | # ."


def test_other_octaves_have_one_in_the_same_measure_only():
    assert signs("F#5 F4 G4") == "# n ."
    assert signs("F#4+F5 G4") == "#n ."
    assert signs("F#5 G5", "F4 G4") == "# . | . ."


def test_a_note_altered_by_a_tie_is_remembered_too():
    assert signs("G5 F#5>", "F#5< G5", "F5 G5") == ". # | . . | n ."


def test_a_tied_note_has_none():
    assert signs("F#5 F5>", "F5< G5") == "# n | . ."


def test_each_staff_for_itself():
    upper, lower = _quarters(1, "F#5 G5"), _quarters(5, "F5 F5")
    before = find_accidentals([upper, _quarters(5, "G5 G5")], 0, {}).last
    assert find_accidentals([_quarters(1, "G5 G5"), lower], 0, before).signs[1] == {
        0: [None],
        1: [None],
    }


def test_a_note_that_visits_alters_the_staff_where_it_stands():
    left = voice(5, chord("4", head("F#4", 0), staff=1), chord("4", head("F#4", 1)))
    right = voice(1, rest("2"), chord("4", head("F4", 2)))
    assert find_accidentals([right, left], 0, {}).signs == [
        {1: ["natural"]},
        {0: ["sharp"], 1: ["sharp"]},
    ]


def test_what_musescore_reckons_by_voices_is_there_too():
    left = voice(5, chord("4", head("F#4", 0), staff=1))
    right = voice(1, rest("4"), chord("4", head("F#4", 1)), chord("4", head("F#4", 2)))
    assert find_accidentals([right, left], 0, {}).signs[0] == {1: ["sharp"], 2: [None]}
