"""Which presses are grace notes: those that the reader hears, and those that stand out."""

import pytest

from tests.support.ornaments import EVERY_PRESS, MELODY, SEMIQUAVER, find, steady


def test_two_grace_notes_that_the_reader_hears() -> None:
    presses = [*MELODY[:2], (0.8, 0.1, 67), (0.9, 0.1, 72), *MELODY[2:]]
    assert find(*presses, grace={2: 1.0, 3: 1.0}).graces == {2, 3}


def test_a_grace_note_has_another_note_soon_after_it_in_its_hand() -> None:
    every = {"grace": EVERY_PRESS}
    assert find((0.0, 0.1, 72), (0.3, 0.5, 74), **every).graces == set()
    assert find((0.0, 0.1, 72), (0.1, 0.5, 72), **every).graces == set()
    assert find((0.0, 0.1, 72), (0.1, 0.5, 74), hands="12", **every).graces == set()
    assert find((0.0, 0.1, 72), **every).graces == set()
    assert find((0.0, 0.1, 72), (0.1, 0.5, 74), **every).graces == {0}


def test_a_press_that_stands_out_needs_less_evidence() -> None:
    acciaccatura = [*MELODY[:2], (0.93, 0.06, 75), *MELODY[2:]]
    assert find(*acciaccatura, grace={2: -3.0}).graces == {2}
    assert find(*acciaccatura, grace={2: -4.0}).graces == set()
    run = steady(SEMIQUAVER, 72, 74, 76, 77, 79, 81)
    assert find(*run, grace={2: -3.0}).graces == set()


@pytest.mark.parametrize(("before", "grace"), [(0.24, True), (0.26, False)])
def test_a_grace_note_comes_at_most_a_quarter_of_a_second_before_its_note(
    before: float, grace: bool
) -> None:
    found = find((1.0 - before, 0.1, 71), (1.0, 0.5, 72), grace={0: 1.0}).graces
    assert found == ({0} if grace else set())


UNSURE = -3.0  # log odds: enough for a press that stands out, for no other


@pytest.mark.parametrize(
    ("short", "reason"),
    [
        ([(0.93, 0.06, 75)], ""),
        ([(0.93, 0.06, 78)], ""),  # from above
        ([(0.93, 0.06, 73)], "three semitones away"),
        ([(0.93, 0.06, 76)], "the same key"),
        ([(0.93, 0.6, 75)], "held longer than its note"),
        ([(0.93, 0.06, 74), (0.93, 0.06, 75)], "two at once"),
        ([(0.88, 0.06, 75)], "too long before its note"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_what_stands_out(short: list, reason: str) -> None:
    """A short press right before the third note of a melody, near to it and held shorter."""
    presses = [*MELODY[:2], *short, *MELODY[2:]]
    heard = {2 + k: UNSURE for k in range(len(short))}
    assert bool(find(*presses, grace=heard).graces) == (reason == "")


def test_a_grace_note_leads_to_the_chord_after_it() -> None:
    """Near to any note of the chord; its upper note is far."""
    chord = [(1.0, 0.45, 64), (1.0, 0.45, 76)]
    presses = [*MELODY[:2], (0.93, 0.06, 65), *chord, MELODY[3]]
    assert find(*presses, grace={2: UNSURE}).graces == {2}
