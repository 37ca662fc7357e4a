"""Staccato dots and accents: single chords as they are touched, a quarter a second."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from engrave.expression.articulation import mark_articulation
from engrave.listening import heads
from engrave.music.grid import Bar, Grid
from engrave.music.note import Note
from engrave.music.performance import PedalMove, Performance, PlayedNote
from tests.support.evidence import blank

GRID = Grid((0.0, 64.0), (Fraction(0), Fraction(64)), (Bar(Fraction(0), Fraction(64), 64, 4),))


def touched(held, velocities=None, length=1, pedal=(), said=0.0):
    """The presses with a dot, and those with an accent, of notes on successive beats."""
    velocities = velocities or [64] * len(held)
    length = Fraction(length)
    played = [
        PlayedNote(float(i * length), float(i * length) + h, 60, v)
        for i, (h, v) in enumerate(zip(held, velocities, strict=True))
    ]
    notes = [Note(i, 60, i * length, length) for i in range(len(held))]
    evidence = blank(len(held))
    flags = evidence.flags.copy()
    flags[:, heads.FLAGS.index("staccato")] = said
    found = mark_articulation(
        Performance(tuple(played), tuple(PedalMove(*move) for move in pedal)),
        notes,
        GRID,
        replace(evidence, flags=np.asarray(flags)),
    )
    return sorted(found.staccato), sorted(found.accent)


def test_short_notes_in_succession_have_dots():
    assert touched([0.9, 0.2, 0.2, 0.2, 0.9]) == ([1, 2, 3], [])


def test_two_short_notes_are_chance():
    assert touched([0.9, 0.2, 0.2, 0.9]) == ([], [])


def test_what_the_pedal_holds_is_not_short():
    assert touched([0.2] * 4, pedal=[(0.0, 127), (3.9, 0)]) == ([], [])


def test_a_pedal_that_is_up_again_holds_nothing():
    assert touched([0.2] * 4, pedal=[(0.0, 127), (0.1, 0)]) == ([0, 1, 2, 3], [])


def test_the_reader_can_speak_against_it():
    assert touched([0.2] * 4, said=-3.0) == ([], [])


@pytest.mark.parametrize(("length", "dots"), [("1/4", 0), ("1/2", 4), ("1", 4), ("2", 0)])
def test_only_eighths_and_quarters_have_dots(length, dots):
    held = [0.2 * float(Fraction(length))] * 4
    assert len(touched(held, length=length)[0]) == dots


def test_one_hard_note_has_an_accent():
    assert touched([0.9] * 9, [60, 62, 61, 60, 80, 61, 62, 60, 61]) == ([], [4])


def test_a_rising_line_has_none():
    assert touched([0.9] * 9, list(range(40, 85, 5))) == ([], [])
