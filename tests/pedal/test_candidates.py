"""Where a mark of the pedal may stand: a second a quarter, two bars of 4/4."""

from fractions import Fraction

import numpy as np
import pytest

from engrave.music.note import Note
from engrave.music.performance import Performance, PlayedNote
from engrave.pedal.candidates import (
    SILENCE_COST,
    UPPER_STAFF_COST,
    MarkPositions,
    candidate_positions,
)
from tests.support.notes import on_staves
from tests.support.playing import even_grid

GRID = even_grid(4, 4, bars=2, seconds=1.0)


def places(lower: str, upper: str = "", late: dict[int, float] | None = None) -> MarkPositions:
    """The places under notes "1/2:1" (onset and length in quarters; length 0 is a grace note).

    Each is played at its place, or so many seconds `late` by the number of the note.
    """
    notes = [
        note
        for staff, text in ((2, lower), (1, upper))
        for note in on_staves([_note(word) for word in text.split()], staff)
    ]
    notes.sort(key=lambda note: note.onset)
    onsets = [float(n.onset) + (late or {}).get(k, 0.0) for k, n in enumerate(notes)]
    order = sorted(range(len(notes)), key=lambda k: onsets[k])
    played = tuple(PlayedNote(onsets[k], onsets[k] + 0.5, 60, 64) for k in order)
    numbered = [
        Note(
            order.index(k), 60, note.onset, note.duration, note.grace,
            hand=note.hand, staff=note.staff, voice_staff=note.voice_staff,
        )
        for k, note in enumerate(notes)
    ]  # fmt: skip
    return candidate_positions(Performance(played), numbered, GRID)


def _note(word: str) -> Note:
    onset, length = map(Fraction, word.split(":"))
    return Note(0, 60, onset, length, grace=length == 0)


def prices(found: MarkPositions) -> dict[Fraction, float]:
    return dict(zip(found.quarters, found.cost.tolist(), strict=True))


def seconds(found: MarkPositions, quarter: Fraction | int) -> float:
    return float(found.seconds[found.quarters.index(Fraction(quarter))])


def test_a_mark_stands_best_at_a_note_of_the_left_hand() -> None:
    found = prices(places("0:1 2:1", "0:1 1:1 5/4:1"))
    assert found == {
        Fraction(0): 0.0,
        Fraction(1, 2): SILENCE_COST,
        Fraction(1): UPPER_STAFF_COST,
        Fraction(5, 4): UPPER_STAFF_COST,
        Fraction(3, 2): SILENCE_COST,
        Fraction(2): 0.0,
        Fraction(5, 2): SILENCE_COST,
        Fraction(3): SILENCE_COST,
    }
    assert 0 < UPPER_STAFF_COST < SILENCE_COST


def test_no_rests_lead_up_to_a_triplet_of_the_right_hand_alone() -> None:
    third = Fraction(4, 3)
    assert third not in places("0:4", f"1:1/3 {third}:1/3").quarters
    assert prices(places(f"0:1 {third}:1/3", f"{third}:1/3"))[third] == 0.0


def test_a_pedal_may_be_lifted_where_a_note_of_the_left_hand_ends() -> None:
    assert prices(places("0:5/3 2:1"))[Fraction(5, 3)] == SILENCE_COST
    assert Fraction(5, 3) not in places("0:1 2:1", "0:5/3").quarters


def test_nothing_is_marked_before_the_first_note_or_after_the_end_of_the_last() -> None:
    found = places("5:1", "2:1")
    assert (found.quarters[0], found.quarters[-1]) == (2, 6)


def test_nobody_presses_at_the_end_of_the_last_bar() -> None:
    assert prices(places("0:8"))[Fraction(8)] == np.inf


def test_after_a_single_short_note_there_is_still_a_place_to_lift() -> None:
    assert places("3:1/8").quarters == (3, Fraction(25, 8), Fraction(7, 2))


def test_a_place_was_played_when_the_middle_note_of_its_chord_was() -> None:
    found = places("1:1 1:1 1:1", late={0: -0.1, 1: 0.02, 2: 0.3})
    assert seconds(found, 1) == pytest.approx(1.02)
    assert seconds(found, Fraction(3, 2)) == pytest.approx(1.5)  # where nothing is played


def test_a_grace_note_does_not_say_when_its_note_was_played() -> None:
    found = places("0:1", "2:0 2:1", late={1: -0.2, 2: 0.05})
    assert seconds(found, 2) == pytest.approx(2.05)
    alone = places("0:3", "2:0", late={1: -0.2})
    assert seconds(alone, 2) == pytest.approx(1.8)


def test_time_does_not_go_back() -> None:
    """A note that is played later than the one after it."""
    found = places("0:1 1:1 5/4:1 3:1", late={1: 0.4})
    assert (seconds(found, 1), seconds(found, Fraction(5, 4))) == (1.4, 1.4)
    assert np.all(np.diff(found.seconds) >= 0)
