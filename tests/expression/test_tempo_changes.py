"""Where it says *rit.* and *a tempo*, on beats of given lengths."""

from fractions import Fraction
from itertools import accumulate

from engrave.expression.tempo import mark_ritardandos
from engrave.music.grid import Bar, Grid
from engrave.music.note import Note

BARS = 24


def words(*slow: tuple[int, float], missing: tuple[int, ...] = ()) -> list[tuple[int, str]]:
    """(beat, words) in bars of four beats, those given so many times longer; a note on each."""
    lengths = dict(slow)
    beats = range(4 * BARS)
    times = accumulate((0.5 * lengths.get(k, 1.0) for k in beats), initial=0.0)
    bars = tuple(Bar(Fraction(4 * k), Fraction(4), 4, 4) for k in range(BARS))
    grid = Grid(tuple(times), tuple(map(Fraction, range(4 * BARS + 1))), bars)
    notes = [Note(k, 60, Fraction(k), Fraction(1)) for k in beats if k not in missing]
    return [(int(mark.onset), mark.words) for mark in mark_ritardandos(notes, grid)]


def test_an_even_performance_has_none() -> None:
    assert words() == []


def test_a_slowing_from_which_the_player_returns() -> None:
    assert words((40, 1.3), (41, 1.5), (42, 1.7), (43, 2.0)) == [(40, "rit."), (44, "a tempo")]


def test_a_single_long_beat_is_none() -> None:
    assert words((43, 2.0)) == []


def test_nor_is_a_slight_slowing() -> None:
    assert words((40, 1.2), (41, 1.3), (42, 1.4), (43, 1.4)) == []


def test_a_slower_section_is_none() -> None:
    assert words(*((k, 1.8) for k in range(40, 60))) == []


def test_where_it_happens_every_other_bar_it_is_the_style() -> None:
    phrases = [(k + j, 1.2 + 0.2 * j) for k in range(20, 88, 8) for j in range(4)]
    assert words(*phrases) == []


def test_at_the_close_less_is_enough() -> None:
    assert words((92, 1.2), (93, 1.3), (94, 1.5)) == [(92, "rit.")]


def test_words_stand_where_a_note_begins_or_not_at_all() -> None:
    slow = ((40, 1.3), (41, 1.5), (42, 1.7), (43, 2.0))
    assert words(*slow, missing=(44,)) == []
