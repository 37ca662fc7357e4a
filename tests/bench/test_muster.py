"""The MUSTER errors of eight-note pages, to be counted by eye: one note of eight is 12.5 %."""

import random
from itertools import pairwise

import pytest

from bench.metrics.muster import ALL_WRONG, SCALES, Muster, correct_rhythm, muster
from bench.pages.page import Page
from tests.support.bench_pages import SCALE, all_pairs, page, voice

ONE = 12.5


def errors(truth: str | Page, estimate: str | Page, pairs=None) -> Muster:
    truth = page(truth) if isinstance(truth, str) else truth
    estimate = page(estimate) if isinstance(estimate, str) else estimate
    return muster(truth, estimate, all_pairs(len(truth.notes)) if pairs is None else pairs)


@pytest.mark.parametrize(
    "text",
    [
        SCALE,
        "C4 1/3, D4 1/3, E4 1/3, F4 3/2, G4 1/4, A4 1/4, B4 1, C5 4",
        "C4 1, D4 g, E4 1, F4+A4+C5 1/2, r 1/2, G4 1, E4 1",
    ],
)
def test_a_page_against_itself_has_no_error(text):
    assert errors(text, text) == Muster(0, 0, 0, 0, 0)


def test_a_held_note_that_ends_in_a_rest_of_its_voice_has_no_error_either():
    held = page(voice("C5 1, D5 1, E5 1, F5 1", 1, 1), voice("C3 5/2, r 1, C3 1/2", 2, 5))
    assert errors(held, held, all_pairs(6)) == Muster(0, 0, 0, 0, 0)


def test_half_the_note_values_throughout_is_one_error():
    halves = SCALE.replace(" 1", " 1/2")
    assert errors(SCALE, halves) == Muster(0, 0, 0, ONE, 0)


def test_half_the_note_values_from_the_middle_on_is_one_error():
    found = "C4 1, D4 1, E4 1, F4 1, G4 1/2, A4 1/2, B4 1/2, C5 1/2"
    assert errors(SCALE, found) == Muster(0, 0, 0, ONE, 0)


def test_one_wrong_onset_is_wrong_before_and_behind():
    """F comes half a quarter early; that E ends with F and F with G is as it should be."""
    found = "C4 1, D4 1, E4 1/2, F4 3/2, G4 1, A4 1, B4 1, C5 1"
    assert errors(SCALE, found) == Muster(0, 0, 0, 2 * ONE, 0)


def test_a_wrong_last_onset_is_one_error():
    found = "C4 1, D4 1, E4 1, F4 1, G4 1, A4 1, B4 1/2, C5 1"
    assert errors(SCALE, found) == Muster(0, 0, 0, ONE, 0)


def test_a_triplet_written_as_two_sixteenths_and_an_eighth_is_three_errors():
    true = "C4 1, D4 1/3, E4 1/3, F4 1/3, G4 1, A4 1, B4 1, C5 1"
    found = "C4 1, D4 1/4, E4 1/4, F4 1/2, G4 1, A4 1, B4 1, C5 1"
    assert errors(true, found) == Muster(0, 0, 0, 3 * ONE, 0)


def test_a_long_run_of_triplets_written_as_even_eighths_changes_the_scale_twice():
    true = "C4 1, D4 1/3, E4 1/3, F4 1/3, G4 1/3, A4 1/3, B4 1/3, C5 1, C4 1"
    found = "C4 1, D4 1/2, E4 1/2, F4 1/2, G4 1/2, A4 1/2, B4 1/2, C5 1, C4 1"
    assert errors(true, found).E_onset == pytest.approx(100 * 2 / 9)


def test_one_note_of_a_chord_that_comes_late_is_wrong_before_and_behind():
    true = page("C4+E4+G4 1, D4 1, E4 1, F4 1, G4 1, A4 1")
    late = page("C4+G4 1, D4 1, E4 1, F4 1, G4 1, A4 1", voice("r 1/2, E4 1/2"))
    # On the late page C4, G4 come first, then E4.
    found = errors(true, late, [(0, 0), (1, 2), (2, 1), *((i, i) for i in range(3, 8))])
    assert found == Muster(0, 0, 0, 2 * ONE, 0)


def test_a_missing_note():
    found = "C4 1, D4 1, E4 2, G4 1, A4 1, B4 1, C5 1"
    pairs = [(0, 0), (1, 1), (2, 2), (4, 3), (5, 4), (6, 5), (7, 6)]
    # E now lasts until G: one of seven aligned notes.
    assert errors(SCALE, found, pairs) == Muster(0, ONE, 0, 0, pytest.approx(100 / 7))


def test_an_extra_note():
    found = errors(SCALE, page(SCALE, voice("r 7, E4 1")), [*all_pairs(7), (7, 8)])
    assert found == Muster(0, 0, pytest.approx(100 / 9), 0, 0)


def test_a_wrong_pitch():
    assert errors(SCALE, SCALE.replace("F4", "F#4")) == Muster(ONE, 0, 0, 0, 0)


def test_a_note_that_is_too_short():
    assert errors(SCALE, SCALE.replace("C5 1", "C5 1/2")) == Muster(0, 0, 0, 0, ONE)
    assert errors(SCALE, SCALE.replace("E4 1", "E4 1/2, r 1/2")) == Muster(0, 0, 0, 0, ONE)


def test_a_note_of_the_other_hand_is_no_error_of_these():
    swapped = page(voice(SCALE.replace("F4", "r")), voice("r 3, F4 1", 2, 5))
    assert errors(SCALE, swapped) == Muster(0, 0, 0, 0, 0)


def test_a_grace_note_written_out_is_two_wrong_intervals():
    true = "C4 1, D4 1, F4 g, E4 1, G4 1, A4 1, B4 1, C5 1"
    out = "C4 1, D4 1, F4 1/4, E4 3/4, G4 1, A4 1, B4 1, C5 1"
    # E4 and the grace note F4 share an onset and stand in order of pitch; not so once written out.
    pairs = [(0, 0), (1, 1), (3, 2), (2, 3), (4, 4), (5, 5), (6, 6), (7, 7)]
    # From F to E and from E to G; that F ends with the onset of E is as it should be.
    assert errors(true, out, pairs) == Muster(0, 0, 0, 2 * ONE, 0)


def test_of_two_voices_that_meet_in_one_note_only_one_is_asked_for():
    true = page(SCALE, voice("C4 4, r 4", 1, 2))
    found = errors(true, SCALE, [(0, 0), *((i + 1, i) for i in range(1, 8))])
    assert found == Muster(0, 0, 0, 0, 0)


def test_a_page_with_nothing_right_on_it_is_all_wrong():
    assert errors(SCALE, page(), []) == ALL_WRONG
    assert ALL_WRONG.E_mean == 100


def test_the_mean_is_that_of_the_five():
    assert Muster(10, 20, 30, 40, 50).E_mean == 30


@pytest.mark.parametrize("seed", range(20))
def test_the_cost_is_that_of_the_cheapest_reading(seed):
    """Against a plain Viterbi, from every scale to every other, over random rhythms."""
    dice = random.Random(seed)
    true, found = (
        voice(", ".join(f"C4 {dice.choice(['1/2', '1', '1/3', '2', 'g'])}" for _ in range(20)))
        for _ in range(2)
    )
    couples = list(zip(true, found, strict=True))
    assert correct_rhythm(couples).cost == plain_cost(couples)


def plain_cost(couples) -> int:
    costs = [int(scale != 1) for scale in SCALES]
    for before, after in pairwise(couples):
        true, found = (after[i].onset - before[i].onset for i in (0, 1))
        costs = [
            min(cost + (other != scale) for other, cost in zip(SCALES, costs, strict=True))
            + (true != found * scale)
            for scale in SCALES
        ]
    return min(costs)
