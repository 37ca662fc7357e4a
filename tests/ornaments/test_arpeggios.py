"""Which chords are rolled, and which of their notes stand beside the sign."""

import pytest

from engrave.ornaments.arpeggios import find_arpeggios, struck_with
from tests.support.ornaments import ROLL, Press, find, perform, said


def test_a_rolled_chord_through_both_hands() -> None:
    heard = {"arpeggio": dict.fromkeys(range(4), 0.0)}
    assert find(*ROLL, hands="2211", **heard).arpeggios == ((0, 1, 2, 3),)
    assert find(*ROLL, hands="2211").arpeggios == ()


@pytest.mark.parametrize(("bass", "beside"), [(0.99, {0}), (0.94, set())])
def test_a_bass_that_is_struck_where_the_other_hand_begins_to_roll_is_not_rolled(
    bass: float, beside: set[int]
) -> None:
    heard = {"arpeggio": dict.fromkeys(range(4), 0.0)}
    found = find((bass, 1.2, 36), (1.0, 1.0, 60), *ROLL[2:], hands="2111", **heard)
    assert found.arpeggios == ((0, 1, 2, 3),)
    assert found.unsigned == beside


def test_keys_let_go_on_the_way_or_struck_downwards_are_no_rolled_chord() -> None:
    heard = {"arpeggio": dict.fromkeys(range(4), 2.0)}
    broken = [(onset, 0.06, key) for onset, _, key in ROLL]
    falling = [(on, held, key) for (on, held, _), (*_, key) in zip(ROLL, ROLL[::-1], strict=True)]
    together = [(1.0 + 0.01 * k, 1.0, key) for k, (*_, key) in enumerate(ROLL)]
    for presses in (broken, falling, together):
        assert find(*presses, **heard).arpeggios == ()


def rolled(*presses: Press, hands: str = "", said_of_each: float = 0.0) -> list[tuple[int, ...]]:
    notes = perform(*presses, hands=hands).notes
    heard = said(len(notes), arpeggio=dict.fromkeys(range(len(notes)), said_of_each))
    return list(find_arpeggios(notes, list(range(len(notes))), heard))


def upwards(step: float, *keys: int, start: float = 0.0) -> list[Press]:
    return [(start + step * k, 2.0, key) for k, key in enumerate(keys)]


@pytest.mark.parametrize(
    ("step", "keys", "found"),
    [
        (0.05, (48, 55, 64), True),
        (0.05, (48, 64), False),  # two keys
        (0.03, (48, 55, 64), False),  # nearly at once
        (0.045, (48, 55, 64), True),
        (0.11, (48, 55, 64), True),
        (0.13, (48, 55, 64), False),  # slower than a roll
        (0.05, (48, 55, 55), False),  # the same key again
    ],
)
def test_three_keys_upwards_are_rolled_if_they_are_not_at_once(
    step: float, keys: tuple[int, ...], found: bool
) -> None:
    assert rolled(*upwards(step, *keys)) == [tuple(range(len(keys)))] * found


def test_the_reader_speaks_for_all_of_the_chord() -> None:
    chord = upwards(0.05, 48, 55, 64)
    assert rolled(*chord, said_of_each=-2.9) == [(0, 1, 2)]
    assert rolled(*chord, said_of_each=-3.1) == []


def test_where_the_keys_go_down_again_another_chord_begins() -> None:
    presses = [*upwards(0.05, 48, 55, 64), *upwards(0.05, 50, 57, 65, start=0.15)]
    assert rolled(*presses) == [(0, 1, 2), (3, 4, 5)]


def test_only_presses_that_are_left_are_rolled() -> None:
    notes = perform(*upwards(0.05, 48, 52, 55, 64)).notes
    heard = said(4, arpeggio=dict.fromkeys(range(4), 0.0))
    assert list(find_arpeggios(notes, [0, 2, 3], heard)) == [(0, 2, 3)]


def test_two_notes_of_a_hand_do_not_stand_beside_the_roll() -> None:
    notes = perform(*upwards(0.01, 36, 48, 60, 64), hands="2211").notes
    assert list(struck_with(notes, range(4))) == []
    alone = perform(*upwards(0.01, 36, 48, 60, 64), hands="2111").notes
    assert list(struck_with(alone, range(4))) == [0]
    one_hand = perform(*upwards(0.01, 36, 48, 60, 64), hands="1111").notes
    assert list(struck_with(one_hand, range(4))) == []
