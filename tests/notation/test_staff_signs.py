"""Clefs and octave lines as they stand in the measures."""

from fractions import Fraction

from engrave.music.grid import Bar, Grid
from engrave.music.marks import Clef, OctaveLine
from engrave.notation.clefs import StaffSigns, signs_of_staves
from tests.support.scores import BASS, TREBLE, chord, head, rest, voice, whole_rest


def signs(*bars: str) -> StaffSigns:
    """The signs of an upper staff; a bar is a row of equal notes, or of "-" for rests."""
    written = []
    for names in bars:
        length = {1: "1", 2: "2", 4: "4", 8: "8", 16: "16"}[len(names.split())]
        events = (rest(length) if n == "-" else chord(length, head(n, 0)) for n in names.split())
        written.append((voice(1, *events), voice(5, whole_rest(4))))
    grid = Grid(
        tuple(map(float, range(4 * len(bars) + 1))),
        tuple(map(Fraction, range(4 * len(bars) + 1))),
        tuple(Bar(Fraction(4 * k), Fraction(4), 4, 4) for k in range(len(bars))),
    )
    return signs_of_staves(grid, written, (1, 2))


def test_each_staff_begins_with_a_clef() -> None:
    found = signs("- - - -", "C5 C5 C5 C5")
    assert found.clefs == [[TREBLE, BASS], []]
    assert found.lines == [[], []]


def test_a_clef_stands_where_the_notes_are_that_it_is_for() -> None:
    low = " ".join(["C3"] * 8)
    found = signs("C5 C5 C5 C5", "C5 C5 C5 C5 C3 C3 C3 C3", low, "- - C5 C5", "C5 C5 C5 C5")
    assert found.clefs[1:] == [
        [Clef(1, "F", 4, Fraction(2))],
        [],
        [Clef(1, "G", 2, Fraction(2))],
        [],
    ]


def test_an_octave_line_ends_with_its_last_note() -> None:
    run = " ".join(["C7"] * 16)
    found = signs("C6 C6 C6 C6", run, "C7 C7 - -", "C5 C5 C5 C5")
    assert found.lines == [
        [],
        [OctaveLine(Fraction(0), 1, "8va", "start")],
        [OctaveLine(Fraction(2), 1, "8va", "stop")],
        [],
    ]


def test_it_does_not_begin_inside_a_bar_where_a_step_is_altered_in_two_ways() -> None:
    def begin(first: str) -> list[tuple[int, Fraction]]:
        lines = signs(first, " ".join(["A7"] * 16), "A5 A5 A5 A5").lines
        return [(k, m.onset) for k, marks in enumerate(lines) for m in marks if m.kind == "start"]

    assert begin("A5 C6 C6 C6 A7 A7 A7 A7") == [(0, 2)]
    assert begin("Ab5 C6 C6 C6 A7 A7 A7 A7") in ([(0, 0)], [(1, 0)])


def test_one_that_ends_with_the_bar_stops_at_the_barline_that_closes_it() -> None:
    run = " ".join(["C7"] * 16)
    assert signs("C6 C6 C6 C6", run, "C5 C5 C5 C5").lines[1] == [
        OctaveLine(Fraction(0), 1, "8va", "start"),
        OctaveLine(Fraction(4), 1, "8va", "stop"),
    ]


def test_a_bass_that_sounds_lower_than_written_has_an_8_below_its_clef() -> None:
    grid = Grid((0.0, 4.0), (Fraction(0), Fraction(4)), (Bar(Fraction(0), Fraction(4), 4, 4),))
    written = [(voice(1, chord("2", head("E1", 0)), chord("2", head("A1", 1))),)]
    found = signs_of_staves(grid, written, (1,), octave=-1)
    assert found.clefs == [[Clef(1, "F", 4, octave=-1)]]
