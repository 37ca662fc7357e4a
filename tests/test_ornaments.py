"""Which notes are grace notes: one key pressed just before a neighbour that is held."""

import pytest

from engrave.ornaments import find_graces
from engrave.performance import Performance, PlayedNote

SEMIQUAVER = 0.125  # seconds, at 120 quarters a minute


def graces(*notes: tuple[float, float, int], hands: str = "") -> set[int]:
    """The indices of the grace notes among (onset s, seconds held, key), by default in one hand."""
    played = tuple(PlayedNote(onset, onset + held, key, 64) for onset, held, key in notes)
    return set(find_graces(Performance(played), [int(h) for h in hands] or [1] * len(played)))


def steady(step: float, *keys: int) -> list[tuple[float, float, int]]:
    return [(k * step, step * 0.9, key) for k, key in enumerate(keys)]


MELODY = steady(0.5, 72, 74, 76, 77)


def test_an_acciaccatura_is_found() -> None:
    assert graces(*MELODY[:2], (0.93, 0.06, 75), *MELODY[2:]) == {2}


def test_it_may_lead_to_a_chord_or_begin_the_piece() -> None:
    chord = [(1.0, 0.45, 72), (1.004, 0.45, 76)]
    assert graces(*MELODY[:2], (0.93, 0.06, 75), *chord, MELODY[3]) == {2}
    assert graces((0.0, 0.06, 71), (0.07, 0.4, 72), (0.57, 0.4, 74)) == {0}


def test_it_is_looked_for_in_each_hand() -> None:
    """The other hand plays at the same time as the grace note and the note it leads to."""
    left = [(0.93, 0.4, 40), (1.0, 0.4, 45)]
    notes = sorted([*MELODY, (0.935, 0.06, 75), *left])
    hands = "".join("2" if key < 60 else "1" for _, _, key in notes)
    (found,) = graces(*notes, hands=hands)
    assert notes[found] == (0.935, 0.06, 75)


def test_an_uneven_chord_has_none() -> None:
    chord = [(1.0, 0.5, 72), (1.015, 0.5, 74), (1.03, 0.5, 76)]
    assert graces(*MELODY[:2], *chord, (1.5, 0.5, 72)) == set()


@pytest.mark.parametrize("step", [0.04, 0.06, 0.08, SEMIQUAVER])
def test_a_run_has_none(step: float) -> None:
    """Not even where it begins after a long note and ends on one."""
    run = [(1 + k * step, step, 60 + 2 * k) for k in range(8)]
    after = 1 + 8 * step
    assert graces((0.0, 0.9, 60), *run, (after, 0.9, 76), (after + 1, 0.9, 74)) == set()


@pytest.mark.parametrize("step", [0.05, 0.07, 0.09])
def test_a_trill_has_none(step: float) -> None:
    trill = [(0.5 + k * step, step, 72 + 2 * (k % 2)) for k in range(12)]
    after = 0.5 + 12 * step
    assert graces((0.0, 0.4, 71), *trill, (after, 0.9, 72), (after + 1, 0.9, 71)) == set()


def test_a_mordent_has_none() -> None:
    """Its notes are three of one speed; it stays as notes."""
    mordent = [(0.5, 0.06, 72), (0.57, 0.06, 74), (0.64, 0.4, 72)]
    assert graces((0.0, 0.4, 71), *mordent, (1.1, 0.4, 74)) == set()


def test_far_leaps_long_and_repeated_notes_are_none() -> None:
    before, after = MELODY[:2], MELODY[2:]
    assert graces(*before, (0.93, 0.06, 64), *after) == set()
    assert graces(*before, (0.93, 0.06, 76), *after) == set()
    assert graces(*before, (0.85, 0.1, 75), *after) == set()
    assert graces(*before, (0.93, 0.6, 75), *after) == set()


def test_swung_and_dotted_rhythms_have_none() -> None:
    """Dotted eighth and 16th at a quarter of half a second."""
    onsets = [k * 0.5 + part for k in range(4) for part in (0, 0.375)]
    notes = [(onset, 0.1, 72 + k % 2) for k, onset in enumerate(onsets)]
    assert graces(*notes) == set()


def test_few_notes_have_none() -> None:
    assert graces() == set()
    assert graces((0.0, 0.5, 60)) == set()
    assert graces((0.0, 0.05, 60), (0.06, 0.5, 62)) == set()
