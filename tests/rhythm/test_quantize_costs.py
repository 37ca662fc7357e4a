"""How usual a step from one place in the beat to the next is."""

from collections import Counter

import numpy as np

from engrave.rhythm.beat_divisions import TICKS_PER_BEAT
from engrave.rhythm.quantize_costs import HIGHEST_RARITY, RARITY_WEIGHT, RHYTHM_COUNTS, rarity_cost
from training.count_rhythms import count_steps
from training.data.corpora import QUARTER, SCORE_FIELDS

QUARTER_OF_BEAT, THIRD, HALF = TICKS_PER_BEAT // 4, TICKS_PER_BEAT // 3, TICKS_PER_BEAT // 2


def cost(compound, beats, place, following):
    return float(rarity_cost(*(np.array([x]) for x in (compound, beats, place, following)))[0])


def test_a_dotted_eighth_leads_to_the_next_beat():
    late = 3 * QUARTER_OF_BEAT
    assert cost(0, 1, late, 0) < cost(0, 1, late, HALF) < RARITY_WEIGHT * HIGHEST_RARITY


def test_a_third_leads_to_the_next_third():
    assert cost(0, 0, THIRD, 2 * THIRD) < cost(0, 1, THIRD, 0)
    assert cost(0, 0, THIRD, 2 * THIRD) < cost(0, 0, THIRD, 3 * QUARTER_OF_BEAT)
    assert cost(1, 0, THIRD, 2 * THIRD) < cost(0, 0, 0, THIRD)


def test_what_is_never_written_costs_the_most_and_no_more():
    assert cost(0, 0, 1, 2) == cost(0, 9, 17, 3) == RARITY_WEIGHT * HIGHEST_RARITY


def test_far_is_as_far_as_farther():
    assert cost(0, 2, 0, 0) == cost(0, 40, 0, 0)


def test_arrays_are_asked_as_they_fit_each_other():
    places = np.array([0, THIRD, HALF])
    table = rarity_cost(
        np.array([0, 1]), np.zeros((3, 2), int), places[:, None], np.array([HALF, 0])
    )
    assert table.shape == (3, 2)
    assert table[0, 0] == cost(0, 0, 0, HALF) and table[2, 1] == cost(1, 0, HALF, 0)


def test_the_table_is_one_of_counts():
    header, *rows = RHYTHM_COUNTS.read_text().splitlines()
    assert header == "compound,ahead,place,next,count"
    assert len({row.rsplit(",", 1)[0] for row in rows}) == len(rows) > 300
    compound, ahead, place, following, count = np.array([row.split(",") for row in rows], int).T
    assert count.min() > 0 and count.sum() > 400_000
    assert set(compound) == {0, 1} and set(ahead) == {0, 1, 2}
    assert max(place.max(), following.max()) < TICKS_PER_BEAT


# --- counting --------------------------------------------------------------------------------


def rows(*places, beats=4, beat_type=4, grace=()):
    """One note at each of these places (quarters) of bars in one meter."""
    score = np.zeros(len(places), SCORE_FIELDS)
    bar = 4 * QUARTER * beats // beat_type
    onset = np.array([round(place * QUARTER) for place in places])
    score["score_onset"], score["measure"], score["position"] = onset, onset // bar, onset % bar
    score["measure_length"], score["beats"], score["beat_type"] = bar, beats, beat_type
    score["flags"][list(grace)] = 1
    return score


def test_steps_within_a_beat_and_beyond():
    counts = count_steps([rows(0, 0.75, 1, 3.5)])
    assert counts == Counter({(0, 0, 0, 90): 1, (0, 1, 90, 0): 1, (0, 2, 0, HALF): 1})


def test_a_dotted_beat_is_counted_apart_and_chords_once():
    counts = count_steps([rows(0, 0, 0.5, 1.5, beats=6, beat_type=8)])
    assert counts == Counter({(1, 0, 0, THIRD): 1, (1, 1, THIRD, 0): 1})


def test_grace_notes_and_places_of_no_division_are_left_out():
    counts = count_steps([rows(0, 0.4, 0.5, grace=[1]), rows(0, 0.5037, 1)])
    assert counts == Counter({(0, 0, 0, HALF): 1})


def test_a_pickup_stands_at_the_end_of_its_bar():
    score = rows(0, 0.5)
    score["measure_length"] = QUARTER * 3 // 4  # begins with the second 16th of the fourth beat
    assert count_steps([score]) == Counter({(0, 0, QUARTER_OF_BEAT, 3 * QUARTER_OF_BEAT): 1})
