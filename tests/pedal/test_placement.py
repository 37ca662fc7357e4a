"""Pedal marks from hand-drawn pedal curves over quarter notes that last one second each."""

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest

from engrave.music.grid import Bar, Grid
from engrave.music.note import Note, PedalSpan
from engrave.music.performance import PedalMove, Performance, PlayedNote
from engrave.pedal.placement import mark_pedal
from tests.support.notes import on_staves

BARS = 4
GRID = Grid(
    tuple(float(second) for second in range(4 * BARS + 1)),
    tuple(Fraction(quarter) for quarter in range(4 * BARS + 1)),
    tuple(Bar(Fraction(4 * bar), Fraction(4), 4, 4) for bar in range(BARS)),
)


def mark(moves, step=Fraction(1), first=0, last=8, inferred=False):
    """The marks, as pairs of numbers, for even notes `step` long from `first` to `last`.

    The keys go up a tenth of a step early. `moves` are (second, depth).
    """
    onsets = [first + step * i for i in range(int((last - first) / step))]
    performance = Performance(
        tuple(PlayedNote(float(q), float(q + step * Fraction(9, 10)), 60, 64) for q in onsets),
        tuple(PedalMove(time, depth) for time, depth in moves),
    )
    notes = [Note(i, 60, Fraction(q), step) for i, q in enumerate(onsets)]
    return [(float(s.start), float(s.stop)) for s in spans_of(performance, notes, inferred)]


def spans_of(performance, notes, inferred=False):
    """The marks where all notes are the left hand's."""
    return mark_pedal(performance, on_staves(notes, 2), GRID, inferred)


def test_press_and_release():
    assert mark([(1.05, 127), (3.02, 0), (5.9, 127), (7.1, 0)]) == [(1, 3), (6, 7)]


def test_the_spans_are_exact():
    performance = Performance(
        (PlayedNote(0.0, 0.33, 60, 64), PlayedNote(1 / 3, 0.66, 62, 64)),
        (PedalMove(0.0, 127), PedalMove(0.36, 0)),
    )
    third = Fraction(1, 3)
    notes = [Note(0, 60, Fraction(0), third), Note(1, 62, third, third)]
    assert spans_of(performance, notes) == (PedalSpan(Fraction(0), third),)


@pytest.mark.parametrize("lift", [-0.05, 0.0, 0.04, 0.1])
@pytest.mark.parametrize("up_for", [0.05, 0.12, 0.19])
def test_legato_pedalling_changes_at_the_chord(lift, up_for):
    moves = [(0.1, 127)]
    for chord in (2, 4, 6):
        moves += [(chord + lift, 0), (chord + lift + up_for, 127)]
    assert mark([*moves, (7.95, 0)]) == [(0, 2), (2, 4), (4, 6), (6, 8)]


@pytest.mark.parametrize("lift", [0.02, 0.06])
def test_quick_changes_are_all_seen(lift):
    """A third of a second each, the pedal down for half of it: none may hide in a late lift."""
    quarter = 0.34
    grid = Grid((0.0, 16 * quarter), (Fraction(0), Fraction(16)), GRID.bars)
    moves = []
    for k in range(7):
        moves += [PedalMove(k * quarter + 0.18, 127), PedalMove((k + 1) * quarter + lift, 0)]
    performance = Performance(
        tuple(PlayedNote(k * quarter, (k + 0.9) * quarter, 48, 64) for k in range(8)), tuple(moves)
    )
    notes = [Note(k, 48, Fraction(k), Fraction(1)) for k in range(8)]
    spans = mark_pedal(performance, on_staves(notes, 2), grid)
    assert len(spans) == 7


def test_a_late_change_belongs_to_the_chord_before_it():
    assert mark([(0.0, 127), (2.15, 0), (2.4, 127), (4.0, 0)]) == [(0, 2), (2, 4)]


@pytest.mark.parametrize("late", [0.06, 0.1, 0.15, 0.2])
def test_a_press_soon_after_the_bass_is_at_the_bass(late):
    """However many notes the right hand plays meanwhile, and where the foot is nearer to them."""
    moves = [(0.0, 127), (2.01, 0), (2 + late, 127), (4.0, 0)]
    upper = [Note(0, 72, Fraction(k, 8), Fraction(1, 8)) for k in range(32)]
    lower = on_staves([Note(0, 40, Fraction(2 * k), Fraction(2)) for k in range(2)], 2)
    written = sorted([*upper, *lower], key=lambda note: (note.onset, note.pitch))
    notes = [replace(note, played=i) for i, note in enumerate(written)]
    performance = Performance(
        tuple(PlayedNote(float(n.onset), float(n.end), n.pitch, 64) for n in notes),
        tuple(PedalMove(*move) for move in moves),
    )
    spans = mark_pedal(performance, notes, GRID)
    assert [(s.start, s.stop) for s in spans] == [(0, 2), (2, 4)]


def test_a_press_that_is_later_is_where_the_foot_is_unless_it_is_inferred():
    moves = [(0.0, 127), (2.05, 0), (2.38, 127), (4.0, 0)]
    assert mark(moves, Fraction(1, 2)) == [(0, 2), (2.5, 4)]
    assert mark(moves, Fraction(1, 2), inferred=True) == [(0, 2), (2, 4)]


@pytest.mark.parametrize("inferred", [False, True])
def test_a_press_long_after_a_lift_is_a_new_pedal(inferred):
    moves = [(0.0, 127), (2.02, 0), (3.0, 127), (4.0, 0)]
    assert mark(moves, inferred=inferred) == [(0, 2), (3, 4)]


def test_a_pedal_that_never_lifts_ends_with_the_last_note():
    assert mark([(2.0, 127)]) == [(2, 8)]


def test_a_pedal_pressed_before_the_first_note_starts_with_it():
    assert mark([(0.1, 127), (4.0, 0)], first=2) == [(2, 4)]


def test_a_press_that_is_over_before_the_first_note_is_silent():
    assert mark([(0.1, 127), (1.5, 0)], first=2) == []


def test_no_pedal():
    assert mark([]) == []
    assert mark_pedal(Performance((), (PedalMove(0.0, 127),)), [], GRID) == ()


def test_the_pedal_goes_up_at_the_end_of_a_note_before_a_rest():
    performance = Performance(
        (PlayedNote(0.0, 0.9, 60, 64), PlayedNote(4.0, 4.9, 60, 64)),
        (PedalMove(0.0, 127), PedalMove(1.1, 0)),
    )
    notes = [Note(i, 60, Fraction(q), Fraction(1)) for i, q in enumerate((0, 4))]
    assert spans_of(performance, notes) == (PedalSpan(Fraction(0), Fraction(1)),)


def test_changes_no_faster_than_eighths_under_notes_that_ring_on():
    """Sixteenths over a held bass, and a foot that moves with each of them."""
    sixteenth = Fraction(1, 4)
    moves = [(0.0, 127)]
    for i in range(1, 16):
        moves += [(i / 4, 0), (i / 4 + 0.05, 127)]
    performance = Performance(
        (
            PlayedNote(0.0, 4.0, 36, 64),
            *(PlayedNote(i / 4, i / 4 + 0.3, 72, 64) for i in range(16)),
        ),
        tuple(PedalMove(*move) for move in [*moves, (4.0, 0)]),
    )
    notes = [Note(0, 36, Fraction(0), Fraction(4))]
    notes += [Note(i + 1, 72, i * sixteenth, 2 * sixteenth) for i in range(16)]
    spans = spans_of(performance, notes)
    assert all(b.start - a.start >= Fraction(1, 2) for a, b in pairwise(spans))
    assert (spans[0].start, spans[-1].stop) == (0, 4)
    assert len(spans) == 8


def test_presses_no_faster_than_eighths_under_separate_notes():
    """Sixteenths that are each over before the next, each with its own pedal."""
    moves = [move for i in range(8) for move in ((i / 4 + 0.03, 127), (i / 4 + 0.25, 0))]
    spans = mark(moves, step=Fraction(1, 4), last=2)
    assert all(b[0] - a[0] >= 0.5 for a, b in pairwise(spans))
    assert (spans[0][0], spans[-1][1]) == (0, 2)


def held_bass(moves, upper):
    """The marks under a whole note of the left hand; `upper` are onsets of the right."""
    notes = on_staves([Note(0, 36, Fraction(0), Fraction(4))], 2)
    notes += [Note(i, 72, Fraction(q), Fraction(1, 4)) for i, q in enumerate(upper, 1)]
    performance = Performance(
        tuple(PlayedNote(float(n.onset), float(n.end) - 0.05, n.pitch, 64) for n in notes),
        tuple(PedalMove(*move) for move in moves),
    )
    spans = mark_pedal(performance, notes, GRID)
    return [(s.start, s.stop) for s in spans]


def test_a_pedal_over_a_held_bass_stands_at_the_note_of_the_right_hand():
    assert held_bass([(1.27, 127), (3.0, 0)], ["1/2", "5/4", "2"]) == [(Fraction(5, 4), 3)]


def test_no_mark_stands_inside_a_triplet_that_the_left_hand_does_not_play():
    ((start, _),) = held_bass([(1.4, 127), (3.0, 0)], ["1", "4/3", "5/3", "2"])
    assert start.denominator in (1, 2, 4)


def test_a_pedal_pressed_in_silence_stands_at_an_eighth():
    """Syncopated pedalling in slow music: long after the chord, before anything else is played."""
    assert mark([(0.0, 127), (4.0, 0), (6.45, 127), (8.0, 0)], step=Fraction(4)) == [
        (0, 4),
        (6.5, 8),
    ]


@pytest.mark.parametrize("seed", range(20))
def test_any_foot_leaves_marks_that_can_be_written(seed):
    rng = np.random.default_rng(seed)
    onsets = np.sort(rng.integers(0, 60, 40))
    notes = [
        Note(i, 60, Fraction(int(q), 4), Fraction(int(rng.integers(0, 6)), 4))
        for i, q in enumerate(onsets)
    ]
    performance = Performance(
        tuple(PlayedNote(float(n.onset), float(n.end) + 0.1, 60, 64) for n in notes),
        tuple(
            PedalMove(float(time), int(depth))
            for time, depth in zip(
                np.sort(rng.uniform(-1, 18, 150)), rng.integers(0, 128, 150), strict=True
            )
        ),
    )
    spans = spans_of(performance, notes)
    starts = {note.onset for note in notes}
    assert spans and all(span.start < span.stop for span in spans)
    assert all(a.stop <= b.start for a, b in pairwise(spans))
    ends = starts | {note.end for note in notes}
    assert {span.start for span in spans} <= ends | {Fraction(k, 2) for k in range(33)}
    assert {span.stop for span in spans} <= ends | {Fraction(k, 2) for k in range(33)}
    assert all(b.start - a.start >= Fraction(1, 2) for a, b in pairwise(spans))
