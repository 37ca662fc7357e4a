"""The tempo mark, on grids that can be counted by eye."""

from fractions import Fraction

import pytest

from engrave.expression.tempo import METRONOME, mark_tempo
from engrave.music.grid import Bar, Grid
from engrave.music.values import NoteValue


def steady(beats, beat_type, quarter_seconds, bars=4, pickup=Fraction(0)):
    """A grid of full bars in an even tempo, one tick a quarter, after an optional pickup."""
    full = Fraction(4 * beats, beat_type)
    starts = [Fraction(0)] * bool(pickup) + [pickup + n * full for n in range(bars)]
    lengths = [pickup] * bool(pickup) + [full] * bars
    made = tuple(
        Bar(start, length, beats, beat_type) for start, length in zip(starts, lengths, strict=True)
    )
    ticks = range(int(made[-1].end) + 1)
    return Grid(tuple(q * quarter_seconds for q in ticks), tuple(map(Fraction, ticks)), made)


@pytest.mark.parametrize(
    ("grid", "beat", "per_minute", "words"),
    [
        (steady(4, 4, 0.5), NoteValue("quarter"), 120, "Allegro"),
        (steady(3, 4, 1.0), NoteValue("quarter"), 60, "Adagio"),
        (steady(6, 8, 0.5), NoteValue("quarter", 1), 80, "Andante"),
        (steady(3, 8, 0.25), NoteValue("quarter", 1), 160, "Vivace"),
        (steady(2, 2, 0.3), NoteValue("half"), 100, "Moderato"),
        (steady(4, 4, 60 / 131.4), NoteValue("quarter"), 132, "Allegro"),
        (steady(4, 4, 60 / 46.8), NoteValue("quarter"), 46, "Largo"),
        (steady(3, 4, 60 / 249.5, pickup=Fraction(1)), NoteValue("quarter"), 248, "Prestissimo"),
        (steady(4, 4, 60 / 131), NoteValue("quarter"), 131, "Allegro"),  # as a machine was told
    ],
)
def test_tempo_is_told_in_felt_beats_and_metronome_steps(grid, beat, per_minute, words):
    mark = mark_tempo(grid)
    assert (mark.onset, mark.beat, mark.per_minute, mark.words) == (0, beat, per_minute, words)


def test_long_ritardando_at_the_close_does_not_slow_the_mark():
    grid = steady(4, 4, 0.5, bars=40)
    slowing = tuple(t + max(0.0, t - 64.0) ** 1.5 for t in grid.times)
    assert mark_tempo(Grid(slowing, grid.quarters, grid.bars)).per_minute == 120


def test_one_held_beat_does_not_slow_the_mark():
    grid = steady(4, 4, 0.5, bars=2)
    held = tuple(t + (3.0 if t > 1 else 0.0) for t in grid.times)
    assert mark_tempo(Grid(held, grid.quarters, grid.bars)).per_minute == 120


def test_pickup_bar_with_other_length_does_not_set_the_beat():
    bars = (Bar(Fraction(0), Fraction(1, 2), 4, 4), Bar(Fraction(1, 2), Fraction(3), 6, 8))
    grid = Grid((0.0, 0.25, 1.0), (Fraction(0), Fraction(1, 2), Fraction(2)), bars)
    assert mark_tempo(grid).beat == NoteValue("quarter", 1)


def test_metronome_has_maelzels_steps():
    assert [n for n in METRONOME if 40 <= n <= 208] == [
        *(40, 42, 44, 46, 48, 50, 52, 54, 56, 58, 60, 63, 66, 69, 72, 76, 80, 84, 88, 92, 96, 100),
        *(104, 108, 112, 116, 120, 126, 132, 138, 144, 152, 160, 168, 176, 184, 192, 200, 208),
    ]
