"""Una corda, tre corde and simile."""

from fractions import Fraction

from engrave.grid import Bar, Grid, PlacedNote
from engrave.pedal_words import PedalSpan, PedalWord, abridge, mark_soft_pedal
from engrave.performance import PedalMove, Performance, PlayedNote

BARS = 6
GRID = Grid(
    (0.0, 4.0 * BARS),
    (Fraction(0), Fraction(4 * BARS)),
    tuple(Bar(Fraction(4 * k), Fraction(4), 4, 4) for k in range(BARS)),
)


def soft(*moves: tuple[float, int]) -> list[tuple[float, str]]:
    """The words for moves of the soft pedal under quarters of a second in the left hand."""
    notes = tuple(PlayedNote(float(i), i + 0.9, 48, 60) for i in range(12))
    performance = Performance(notes, soft=tuple(PedalMove(*move) for move in moves))
    placed = [PlacedNote(Fraction(i), Fraction(1), 48, i) for i in range(12)]
    words = mark_soft_pedal(performance, placed, [2] * 12)
    return [(float(word.quarter), word.words) for word in words]


def test_the_soft_pedal_in_words_at_the_nearest_notes():
    assert soft((1.8, 127), (6.1, 0)) == [(2, "una corda"), (6, "tre corde")]


def test_a_moment_of_soft_pedal_or_without_it_is_not_written():
    assert soft((1.8, 127), (2.3, 0)) == []
    moves = [(1.8, 127), (4.0, 20), (4.4, 127), (8.0, 0)]
    assert soft(*moves) == [(2, "una corda"), (8, "tre corde")]


def test_a_soft_pedal_to_the_end_is_not_lifted():
    assert soft((3.0, 100)) == [(3, "una corda")]
    assert soft() == []


def spans(*places: str) -> list[PedalSpan]:
    return [PedalSpan(*map(Fraction, place.split("-"))) for place in places]


def test_bars_that_are_pedalled_alike_are_abridged():
    halves = [f"{q}-{q + 2}" for q in range(0, 4 * BARS, 2)]
    abridged = abridge(spans(*halves), GRID)
    assert [span.shown for span in abridged.spans] == [True] * 4 + [False] * 8
    assert abridged.words == (PedalWord(Fraction(8), "simile"),)


def test_what_is_new_is_shown():
    alike = [f"{q}-{q + 4}" for q in range(0, 16, 4)]
    abridged = abridge(spans(*alike, "16-18", "20-24"), GRID)
    assert [span.shown for span in abridged.spans] == [True, True, False, False, True, True]


def test_three_bars_alike_are_written_out():
    abridged = abridge(spans("0-4", "4-8", "8-12", "13-14"), GRID)
    assert all(span.shown for span in abridged.spans) and abridged.words == ()
