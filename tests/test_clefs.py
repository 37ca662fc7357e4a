"""Where the clef changes."""

from engrave.clefs import choose_clefs
from engrave.score import Clef
from tests.scores import pitch

LOW, HIGH = ["C3", "E3", "G3"], ["C5", "E5", "G5"]
MIDDLE = ["C4"]
TREBLE, BASS = ("G", 2), ("F", 4)


def clefs(staff: int, *measures: list[str]) -> str:
    """One letter for each measure: the clef that is written there, or "-"."""
    chosen = choose_clefs([[pitch(name) for name in measure] for measure in measures], staff)
    assert all(clef is None or clef.staff == staff and clef.onset == 0 for clef in chosen)
    signs = {TREBLE: "G", BASS: "F"}
    return "".join("-" if clef is None else signs[clef.sign, clef.line] for clef in chosen)


def test_the_usual_clefs_begin() -> None:
    assert clefs(1, HIGH, HIGH) == "G-"
    assert clefs(2, LOW, LOW) == "F-"
    assert choose_clefs([[]], 1) == [Clef(1, "G", 2)]
    assert choose_clefs([[]], 2) == [Clef(2, "F", 4)]


def test_a_few_notes_on_ledger_lines_change_no_clef() -> None:
    assert clefs(1, HIGH, ["A3", "G3"], HIGH) == "G--"
    assert clefs(2, LOW, HIGH, LOW) == "F--"
    assert clefs(2, LOW, MIDDLE * 12, LOW) == "F--"


def test_many_change_it_there_and_back() -> None:
    assert clefs(1, HIGH, LOW * 4, LOW * 4, HIGH * 4) == "GF-G"
    assert clefs(2, LOW, HIGH * 4, HIGH * 4, LOW * 4) == "FG-F"


def test_a_hand_that_plays_far_from_its_place_begins_in_the_other_clef() -> None:
    assert clefs(1, *[LOW * 4] * 4) == "F---"
    assert clefs(2, *[HIGH * 4] * 4) == "G---"


def test_empty_measures_change_nothing_before_the_notes() -> None:
    """To the unusual clef late, back to the usual one early."""
    assert clefs(2, LOW, [], [], HIGH * 9, [], [], LOW * 3) == "F--GF--"


def test_a_middle_c_stands_on_one_line_in_either_clef() -> None:
    """No number of them is a reason to change."""
    assert clefs(1, HIGH, MIDDLE * 99, HIGH) == "G--"
    assert clefs(2, LOW, MIDDLE * 99, LOW) == "F--"


def test_a_short_visit_between_two_long_ones_keeps_the_clef() -> None:
    assert clefs(2, HIGH * 9, LOW, HIGH * 9) == "G--"


def test_a_part_on_one_staff_has_the_clef_of_its_register() -> None:
    for names, clef in ((HIGH, TREBLE), (LOW, BASS), ([], TREBLE)):
        (chosen,) = choose_clefs([[pitch(name) for name in names]], 1, staves=1)
        assert chosen and (chosen.sign, chosen.line, chosen.octave) == (*clef, 0)


def test_a_bass_that_sounds_lower_than_written_has_an_8_below_its_clef() -> None:
    (chosen,) = choose_clefs([[pitch("E1"), pitch("A1")]], 1, staves=1, octave=-1)
    assert chosen == Clef(1, *BASS, octave=-1)
