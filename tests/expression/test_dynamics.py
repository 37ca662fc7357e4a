"""Dynamics and hairpins, on one note a beat in 4/4 whose velocities can be read as a line."""

from fractions import Fraction

import pytest

from engrave.expression.dynamics import mark_dynamics
from engrave.music.grid import Bar, Grid
from engrave.music.marks import Dynamic
from engrave.music.note import Note
from engrave.music.performance import Performance, PlayedNote
from tests.support.notes import on_staves

LEVEL = [64, 66, 63, 65]  # a bar as a hand plays it


def marks(*velocities, staff=1):
    """The marks as words: "p 0" is a sign at quarter 0, "crescendo 4" opens a hairpin there."""
    count = len(velocities)
    grid = Grid(
        tuple(map(float, range(count + 1))),
        tuple(map(Fraction, range(count + 1))),
        tuple(Bar(Fraction(4 * k), Fraction(4), 4, 4) for k in range(-(-count // 4))),
    )
    played = tuple(PlayedNote(i, i + 0.9, 60, v) for i, v in enumerate(velocities))
    notes = [Note(i, 60, Fraction(i), Fraction(1)) for i in range(count)]
    found = mark_dynamics(Performance(played), on_staves(notes, staff), grid)
    return [
        f"{mark.sign if isinstance(mark, Dynamic) else mark.kind} {mark.onset}" for mark in found
    ]


@pytest.mark.parametrize(
    ("opening", "middle", "sign"),
    [(30, 64, "pp"), (45, 64, "p"), (60, 64, "mp"), (70, 64, "mf"), (90, 64, "f"), (110, 64, "ff")],
)
def test_the_opening_has_its_sign(opening, middle, sign):
    assert marks(*[opening] * 8, *[middle, middle + 2] * 12)[0] == f"{sign} 0"


def test_half_of_a_loud_instrument_is_taken_back():
    assert marks(*[99, 101] * 16) == ["f 0"]  # 100 is "ff" where the middle is 64; here it is it


def test_nothing_is_said_where_touch_was_not_recorded():
    assert marks(64, 64, 64, 64) == []
    assert mark_dynamics(Performance(()), (), Grid((0, 1), (0, 1), (Bar(0, 4, 4, 4),))) == ()


def test_one_level_has_one_sign_however_uneven_the_hand():
    assert marks(*LEVEL * 8) == ["mf 0"]


def test_a_sudden_change_has_a_sign_on_the_barline_and_no_hairpin():
    assert marks(*[45, 47, 44, 46] * 4, *[88, 90, 87, 89] * 4) == ["p 0", "f 16"]


def test_a_slow_change_has_a_hairpin_that_ends_at_the_new_sign():
    rising = [48, 54, 60, 66, 72, 78, 84, 88]
    assert marks(*[45, 47, 44, 46] * 4, *rising, *[90, 92, 89, 91] * 4) == [
        "p 0", "crescendo 16", "stop 24", "f 24",
    ]  # fmt: skip


@pytest.mark.parametrize(("bars", "says"), [(3, "crescendo 16"), (4, "cresc. 16")])
def test_a_change_of_four_bars_is_a_word(bars, says):
    rising = [45 + 45 * k // (4 * bars) for k in range(4 * bars)]
    end = 16 + 4 * bars
    found = marks(*[45, 47, 44, 46] * 4, *rising, *[90, 92, 89, 91] * 4)
    assert [mark for mark in found if "stop" not in mark] == ["p 0", says, f"f {end}"]


def test_a_word_at_the_opening_stands_beside_the_sign_and_holds_while_it_goes_on():
    rising = [40 + 60 * k // 32 for k in range(32)]
    assert marks(*rising, *[100, 102, 99, 101] * 4) == ["pp 0", "cresc. 1", "f 32"]


def test_a_slow_change_to_less_is_a_diminuendo():
    falling = [88, 84, 78, 72, 66, 60, 54, 48]
    assert "diminuendo 16" in marks(*[90, 92, 89, 91] * 4, *falling, *[45, 47, 44, 46] * 4)


def test_one_loud_note_is_no_new_level():
    assert marks(*LEVEL * 3, 64, 100, 63, 65, *LEVEL * 3) == ["mf 0"]


def test_marks_stand_at_notes_of_the_lower_staff_where_it_is_alone():
    assert marks(*[45, 47, 44, 46] * 4, *[88, 90, 87, 89] * 4, staff=2) == ["p 0", "f 16"]


def test_over_a_silent_upper_staff_marks_stand_at_its_rests():
    quarters = [int(mark.split()[1]) for mark in marks(*[30] * 18, *[100] * 18, staff=2)]
    assert quarters[0] == 0 and len(quarters) > 1
    assert all(quarter % 4 == 0 for quarter in quarters)
