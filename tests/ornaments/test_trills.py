"""Which alternations of two keys are a trill, and which presses are part of it."""

from dataclasses import replace

import pytest

from engrave.music.note import Ornament, Ornaments
from engrave.ornaments.trills import thirty_second
from tests.support.ornaments import EVERY_PRESS, TRILL, Press, find, steady
from tests.support.playing import even_grid


def test_a_trill_is_one_note_from_its_first_press_to_its_last_release() -> None:
    (sign,) = find(*TRILL, extra=dict.fromkeys(range(1, 7), 0.0)).signs
    assert sign == Ornament("trill", 0, (1, 2, 3, 4, 5, 6), 1.0, pytest.approx(1.483))


def test_a_trill_from_above_stands_on_its_lower_note() -> None:
    presses = [*steady(0.07, 74, 72, 74, 72, 74, 72, 74, start=1.0), TRILL[-1]]
    (sign,) = find(*presses, extra=EVERY_PRESS).signs
    assert (sign.main, sign.folded, sign.onset) == (1, (0, 2, 3, 4, 5, 6), 1.0)


def test_a_trill_from_above_may_be_entered_from_its_main_note() -> None:
    above = steady(0.07, 74, 72, 74, 72, 74, 72, start=1.0)
    held, let_go, far = (0.82, 0.17, 72), (0.82, 0.1, 72), (0.6, 0.39, 72)
    (sign,) = find(held, *above).signs
    assert (sign.main, sign.onset, len(sign.folded)) == (0, 0.82, 6)
    for before in (let_go, far, (0.82, 0.17, 71)):
        (sign,) = find(before, *above).signs
        assert (sign.main, sign.onset) == (2, 1.0)


DOUBTFUL = [*steady(0.1, 72, 74, 72, 74, 72, start=1.0), (2.0, 0.9, 71)]


def test_an_alternation_that_the_reader_takes_for_notes_is_written_out() -> None:
    assert find(*DOUBTFUL) == Ornaments()
    assert find(*DOUBTFUL, trill={0: 0.0}).signs
    assert find(*DOUBTFUL, trill={0: 0.0}, hands="121212") == Ornaments()


def test_an_alternation_faster_than_the_notes_of_its_pace_is_a_trill() -> None:
    assert find(*DOUBTFUL, quarter=1.0).signs
    assert find(*TRILL).signs
    sixteenths = [*steady(0.1, 72, 74, 72, 74, 72, 74, 72, start=1.0), (2.0, 0.9, 71)]
    assert find(*sixteenths, quarter=0.4) == Ornaments()


def test_an_alternation_out_of_a_run_is_rather_written_out() -> None:
    run = steady(0.1, 67, 69, 71, start=0.7)
    assert find(*DOUBTFUL, trill={0: -5.0}).signs
    assert not find(*run, *DOUBTFUL, trill={3: -5.0}).signs


@pytest.mark.parametrize(
    "presses",
    [
        steady(0.07, 72, 77, 72, 77, 72, 77, 72, 77),
        steady(0.2, 72, 74, 72, 74, 72, 74, 72, 74),
        steady(0.07, 72, 74, 76, 77, 79, 81, 83, 84),
        steady(0.07, 72, 72, 72, 72, 72, 72, 72, 72),
    ],
    ids=["of a fourth", "slow", "a run", "one key"],
)
def test_whatever_the_reader_says_this_is_no_trill(presses: list[Press]) -> None:
    assert find(*presses, extra=EVERY_PRESS, trill={0: 1.0}).signs == ()


def test_the_hand_may_play_another_voice_during_a_trill() -> None:
    voice = [(1.1, 0.2, 64), (1.3, 0.2, 65)]
    presses = sorted([*TRILL, *voice], key=lambda press: press[0])
    (sign,) = find(*presses).signs
    assert [presses[i][2] for i in (sign.main, *sign.folded)] == [72, 74, 72, 74, 72, 74, 72]


def test_a_long_note_before_the_alternation_is_not_part_of_the_trill() -> None:
    before = (0.86, 0.13, 74)
    (sign,) = find(before, *TRILL, extra=dict.fromkeys(range(9), 1.0)).signs
    assert (sign.main, sign.onset) == (1, 1.0)


def test_a_late_note_after_the_alternation_is_not_part_of_the_trill() -> None:
    *alternation, last = TRILL
    for late, folded in ((0.07, 7), (0.13, 6)):
        after = (1.42 + late, 0.06, 74)
        (sign,) = find(*alternation, after, last).signs
        assert len(sign.folded) == folded


def test_three_presses_are_too_few() -> None:
    assert find(*steady(0.05, 72, 74, 72), trill=EVERY_PRESS, quarter=2.0).signs[0].kind != "trill"
    assert find(*steady(0.05, 72, 74, 72, 74), trill=EVERY_PRESS).signs[0].kind == "trill"


def test_two_trills_in_a_row_share_no_press() -> None:
    second = steady(0.07, 76, 77, 76, 77, 76, start=0.42)
    presses = [*steady(0.07, 72, 74, 72, 74, 72, 74), *second]
    first, second = find(*presses, trill={6: -4.0}).signs
    assert sorted([first.main, *first.folded]) == list(range(6))
    assert sorted([second.main, *second.folded]) == list(range(6, 11))


def test_a_32nd_is_as_long_as_it_is_at_that_place() -> None:
    """Half a second a quarter, then a second."""
    steady_grid = even_grid(4, 4, bars=2)
    slowing = replace(steady_grid, times=(0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0))
    assert thirty_second(slowing, 0.6) == pytest.approx(0.5 / 8)
    assert thirty_second(slowing, 3.2) == pytest.approx(1.0 / 8)
