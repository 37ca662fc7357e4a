"""Where the clef changes, and what stands under an octave line."""

from fractions import Fraction

from engrave.notation.clefs import (
    BASS,
    DEFAULT_CLEFS,
    TREBLE,
    StaffOnset,
    choose_clefs,
    initial_clef,
)
from tests.support.scores import pitch

LOW, HIGH, MIDDLE = "C3+E3+G3", "C5+E5+G5", "C4"


def readings(staff: int, *bars: str) -> str:
    """The reading of each chord: "G" or "F", with ^ under 8va, ^^ under 15ma, _ over 8vb.

    A bar is full of quarters, or of as many chords as it has: "C4 E4+G4". Every fourth of a bar
    is a beat.
    """
    moments = []
    for bar, names in enumerate(bars):
        chords = names.split()
        for k, chord in enumerate(chords):
            place = Fraction(4 * k, len(chords))
            pitches = tuple(map(pitch, chord.split("+")))
            moments.append(StaffOnset(4 * bar + place, pitches, place == 0, place.denominator == 1))
    signs = iter(
        r.sign + ("_" if r.octaves < 0 else "^" * r.octaves)
        for r in choose_clefs(moments, DEFAULT_CLEFS[staff])
    )
    return " | ".join(_shortest([next(signs) for _ in bar.split()]) for bar in bars)


def _shortest(signs: list[str]) -> str:
    """A bar that is read in one way as one sign."""
    return signs[0] if len(set(signs)) == 1 else " ".join(signs)


def times(chord: str, count: int = 4) -> str:
    return " ".join([chord] * count)


def test_the_usual_clefs_begin() -> None:
    assert readings(1, times(HIGH), times(HIGH)) == "G | G"
    assert readings(2, times(LOW), times(LOW)) == "F | F"
    assert choose_clefs([], TREBLE) == []


def test_a_few_notes_on_ledger_lines_change_no_clef() -> None:
    assert readings(1, times(HIGH), "A3 G3 G3 A3", times(HIGH)) == "G | G | G"
    assert readings(2, times(LOW), "C3 C5 G4 C3", times(LOW)) == "F | F | F"


def test_many_change_it_there_and_back() -> None:
    assert readings(1, times(HIGH), times(LOW), times(LOW), times(HIGH)) == "G | F | F | G"
    assert readings(2, times(LOW), times(HIGH), times(HIGH), times(LOW)) == "F | G | G | F"


def test_a_hand_that_plays_far_from_its_place_begins_in_the_other_clef() -> None:
    assert readings(1, *[times(LOW)] * 4) == "F | F | F | F"
    assert readings(2, *[times(HIGH)] * 4) == "G | G | G | G"


def test_a_middle_c_stands_on_one_line_in_either_clef() -> None:
    """No number of them is a reason to change."""
    assert readings(1, times(HIGH), times(MIDDLE, 16), times(HIGH)) == "G | G | G"
    assert readings(2, times(LOW), times(MIDDLE, 16), times(LOW)) == "F | F | F"


def test_inside_a_bar_it_changes_at_a_beat_only() -> None:
    """Sixteenths of which the seventh and all that follow are high: from the third beat on."""
    bar = " ".join(["C3"] * 6 + ["E5"] * 10)
    assert readings(2, times("C3", 16), bar, times("E5", 16)).split(" | ")[1] == " ".join(
        ["F"] * 4 + ["G"] * 12
    )


def test_a_passage_in_the_extreme_stands_under_an_octave_line() -> None:
    run = times("C7 E7 G7 E7", 4)
    assert readings(1, times("C6"), run, times("C6")) == "G | G^ | G"
    assert readings(2, times("C3"), times("A0 B0 C1 B0", 4), times("C3")) == "F | F_ | F"


def test_but_not_where_a_line_comes_to_visit() -> None:
    high = tuple(map(pitch, ("C7", "G7")))
    moments = [
        StaffOnset(
            Fraction(place),
            high,
            place % 4 == 0,
            True,
            whole_bar=True,
            no_octave_line=place // 4 == 2,
        )
        for place in range(20)
    ]
    lined = [reading.octaves > 0 for reading in choose_clefs(moments, TREBLE)]
    assert lined == [True] * 8 + [False] * 4 + [True] * 8


def test_single_high_notes_do_not() -> None:
    assert readings(1, times("C6"), "C6 E7 G7 C6", times("C6")) == "G | G | G"


def test_nor_does_what_reaches_down_into_the_staff() -> None:
    assert readings(1, *[times("C7 E5", 8)] * 2) == "G | G"


def test_the_very_highest_keys_stand_two_octaves_lower() -> None:
    assert readings(1, times("C6"), times("B7 C8", 16), times("C6")) == "G | G^^ | G"


def test_a_part_on_one_staff_has_the_clef_of_its_register() -> None:
    for names, clef in ((HIGH, TREBLE), (LOW, BASS)):
        moment = StaffOnset(Fraction(0), tuple(map(pitch, names.split("+"))), True, True)
        assert initial_clef([moment], 1, 1) == clef
        assert initial_clef([moment], 2, 2) == BASS
    assert initial_clef([], 1, 1) == TREBLE
