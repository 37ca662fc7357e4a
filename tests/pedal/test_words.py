"""Una corda, tre corde and simile."""

from fractions import Fraction

import pytest

from engrave.music.grid import Bar, Grid
from engrave.music.note import Note, PedalSpan, PedalWord
from engrave.music.performance import PedalMove, Performance, PlayedNote
from engrave.pedal.words import abbreviate, mark_soft_pedal
from tests.support.notes import on_staves

BARS = 6


def grid_of(bars: int, quarter: float = 1.0) -> Grid:
    """So many bars of 4/4, a quarter so many seconds."""
    return Grid(
        (0.0, 4 * bars * quarter),
        (Fraction(0), Fraction(4 * bars)),
        tuple(Bar(Fraction(4 * k), Fraction(4), 4, 4) for k in range(bars)),
    )


GRID = grid_of(BARS)


def soft(
    *moves: tuple[float, int], quarter: float = 1.0, bars: int = BARS
) -> list[tuple[float, str]]:
    """The words for moves of the soft pedal, in quarters, under quarters of the left hand."""
    count = 4 * bars
    notes = tuple(PlayedNote(quarter * i, quarter * (i + 0.9), 48, 60) for i in range(count))
    performance = Performance(
        notes, soft=tuple(PedalMove(quarter * place, depth) for place, depth in moves)
    )
    placed = [Note(i, 48, Fraction(i), Fraction(1)) for i in range(count)]
    words = mark_soft_pedal(performance, on_staves(placed, 2), grid_of(bars, quarter))
    return [(float(word.quarter), word.words) for word in words]


def test_the_soft_pedal_in_words_at_the_nearest_notes():
    assert soft((1.8, 127), (18.1, 0)) == [(2, "una corda"), (18, "tre corde")]


@pytest.mark.parametrize("bars", [1, 2, 3, 3.9])
def test_a_soft_pedal_that_does_not_stay_is_not_written(bars: float):
    assert soft((1.8, 127), (1.8 + 4 * bars, 0)) == []


def test_four_bars_that_are_over_in_a_moment_are_not_written():
    assert soft((2, 127), (19, 0), quarter=0.17) == []
    assert soft((2, 127), (19, 0), quarter=0.18) == [(2, "una corda"), (19, "tre corde")]


@pytest.mark.parametrize("up", [0.4, 2.0, 7.9])
def test_a_soft_pedal_that_comes_up_for_a_moment_stays(up: float):
    moves = [(1.8, 127), (6.0, 20), (6.0 + up, 127), (18.2, 0)]
    assert soft(*moves) == [(2, "una corda"), (18, "tre corde")]


def test_two_sections_are_two():
    assert soft((0, 127), (16, 0), (24, 127), (41, 0), bars=12) == [
        *((0, "una corda"), (16, "tre corde")),
        *((24, "una corda"), (41, "tre corde")),
    ]


def test_taps_of_the_soft_pedal_do_not_add_up_to_a_section():
    taps = [move for q in range(0, 24, 4) for move in ((q, 127), (q + 1, 0))]
    assert soft(*taps) == []


def test_a_soft_pedal_to_the_end_is_not_lifted():
    assert soft((3.0, 100)) == [(3, "una corda")]
    assert soft() == []


def spans(*places: str) -> list[PedalSpan]:
    return [PedalSpan(*map(Fraction, place.split("-"))) for place in places]


def test_bars_that_are_pedalled_alike_are_abridged():
    halves = [f"{q}-{q + 2}" for q in range(0, 4 * BARS, 2)]
    abridged = abbreviate(spans(*halves), GRID)
    assert [span.shown for span in abridged.spans] == [True] * 4 + [False] * 8
    assert abridged.words == (PedalWord(Fraction(8), "simile"),)


def test_what_is_new_is_shown():
    alike = [f"{q}-{q + 4}" for q in range(0, 16, 4)]
    abridged = abbreviate(spans(*alike, "16-18", "20-24"), GRID)
    assert [span.shown for span in abridged.spans] == [True, True, False, False, True, True]


def test_three_bars_alike_are_written_out():
    abridged = abbreviate(spans("0-4", "4-8", "8-12", "13-14"), GRID)
    assert all(span.shown for span in abridged.spans) and abridged.words == ()
