"""Hands of tiny performances whose fingering every pianist would agree on."""

import time
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from engrave.music.performance import LEFT, PIANO, RIGHT, Instrument, Performance, PlayedNote
from engrave.voices import hands
from engrave.voices.hands import split_hands
from samples import names, take
from tests.support.evidence import blank, of_truth, said


def play(*events):
    """A performance and the staves it should get, from (onset, seconds held, pitches, staff)."""
    rows = sorted(
        (onset, pitch, onset + held, staff)
        for onset, held, pitches, staff in events
        for pitch in pitches
    )
    notes = tuple(PlayedNote(onset, release, pitch, 64) for onset, pitch, release, _ in rows)
    return Performance(notes), tuple(staff for *_, staff in rows)


def hands_of(performance, evidence=None):
    """The hand of each note, by the rules alone if the reader says nothing."""
    split = split_hands(performance, evidence or blank(len(performance.notes)))
    return tuple(note.hand for note in split.notes)


def line(start, step, pitches, staff, held=0.9):
    """One note after the other, every `step` seconds."""
    return [(start + i * step, step * held, (p,), staff) for i, p in enumerate(pitches)]


C_MAJOR_TWO_OCTAVES = (60, 62, 64, 65, 67, 69, 71, 72, 74, 76, 77, 79, 81, 83, 84)

CASES = {
    "scale over a bass": line(0, 0.2, C_MAJOR_TWO_OCTAVES, RIGHT)
    + line(0, 0.8, (48, 43, 40, 36), LEFT),
    "alberti bass": line(0, 0.2, (48, 55, 52, 55) * 4, LEFT)
    + line(0, 0.8, (72, 76, 79, 77), RIGHT),
    "waltz bass with leaps": [
        event
        for bar, bass in enumerate((36, 31, 36, 31))
        for event in (
            (1.2 * bar, 0.35, (bass, bass + 12), LEFT),
            (1.2 * bar + 0.4, 0.3, (52, 55), LEFT),
            (1.2 * bar + 0.8, 0.3, (52, 55), LEFT),
            (1.2 * bar, 1.1, (76 + bar,), RIGHT),
        )
    ],
    "chorale": [
        (0.7 * i, 0.65, pitches, staff)
        for i, (lower, upper) in enumerate(
            [
                ((48, 55), (64, 72)),
                ((43, 55), (67, 71)),
                ((45, 52), (64, 72)),
                ((41, 53), (65, 69)),
                ((43, 50), (62, 71)),
                ((36, 52), (67, 72)),
            ]
        )
        for pitches, staff in ((lower, LEFT), (upper, RIGHT))
    ],
    "melody alone, high up": line(0, 0.3, (72, 74, 76, 77, 79, 77, 76, 74, 72), RIGHT),
    "bass alone, far down": line(0, 0.3, (36, 38, 40, 41, 43, 41, 40, 38, 36), LEFT),
}


@pytest.mark.parametrize("name", CASES)
def test_hands_of(name):
    performance, staves = play(*CASES[name])
    assert hands_of(performance) == staves


def test_arpeggio_travels_once_from_the_left_hand_to_the_right():
    pitches = (36, 43, 48, 52, 55, 60, 64, 67, 72, 76, 79, 84)
    performance, _ = play(*line(0, 0.12, pitches, RIGHT))
    staves = hands_of(performance)
    changes = sum(a != b for a, b in pairwise(staves))
    assert (staves[0], staves[-1], changes) == (LEFT, RIGHT, 1)


def test_a_chord_spread_by_a_few_milliseconds_divides_as_one_struck_together():
    pitches = (36, 43, 48, 64, 67, 72)
    together, _ = play((0.0, 1.0, pitches, LEFT))
    spread, _ = play(
        *(((0.0, 0.01, 0.005, 0.02, 0.0, 0.03)[i], 1.0, (p,), 1) for i, p in enumerate(pitches))
    )
    by_pitch = dict(zip((n.pitch for n in spread.notes), hands_of(spread), strict=True))
    assert tuple(by_pitch[p] for p in pitches) == hands_of(together) == (2, 2, 2, 1, 1, 1)


# Who plays the high notes: the right hand on its way, or the left hand over it?
CROSSING = line(0, 0.2, (60, 64, 67, 64) * 4, RIGHT) + [
    (0.8 * i, 0.3, (pitch,), LEFT) for i, pitch in enumerate((43, 79, 43, 79))
]


@pytest.mark.parametrize("hand", [RIGHT, LEFT])
def test_the_reader_decides_who_plays_in_a_crossing(hand):
    performance, staves = play(*CROSSING)
    staves = tuple(
        hand if note.pitch == 79 else staff
        for note, staff in zip(performance.notes, staves, strict=True)
    )
    reader = said(len(staves), 0.99, upper=[staff == RIGHT for staff in staves])
    assert hands_of(performance, reader) == staves


def test_one_slip_of_the_reader_does_not_tear_a_line():
    performance, staves = play(*CASES["scale over a bass"])
    slip = [staff == RIGHT for staff in staves]
    high = [note.pitch for note in performance.notes].index(77)
    slip[high] = False
    assert hands_of(performance, said(len(staves), 0.7, upper=slip)) == staves


@pytest.mark.parametrize("name", names())
def test_the_hands_of_the_samples_by_a_good_reader(name):
    sample = take(name)
    found = hands_of(sample.performance, of_truth(sample))
    assert found == tuple(note.staff for note in sample.truth)


def test_mirrored_music_without_register_changes_hands(monkeypatch):
    monkeypatch.setattr(hands, "REGISTER", np.zeros(2))
    low_to_high = CASES["alberti bass"]
    pivot = 124
    mirrored = [
        (on, held, tuple(pivot - p for p in ps), staff) for on, held, ps, staff in low_to_high
    ]
    performance, staves = play(*low_to_high)
    reflected, _ = play(*mirrored)
    of = {
        (n.onset, n.pitch): s for n, s in zip(performance.notes, hands_of(performance), strict=True)
    }
    got = {
        (n.onset, pivot - n.pitch): s
        for n, s in zip(reflected.notes, hands_of(reflected), strict=True)
    }
    assert got == {key: 3 - staff for key, staff in of.items()}
    assert tuple(of.values()) == staves


def test_decoding_is_the_best_of_all_divisions():
    """Against trying all 2**9 divisions of nine random notes, scored note by note."""
    rng = np.random.default_rng(4)
    onset = np.sort(rng.uniform(0, 1.5, 9))
    keys = hands._KeyPresses(
        onset=onset,
        release=onset + rng.uniform(0.05, 0.8, 9),
        pitch=rng.integers(45, 76, 9),
        chord=np.arange(9),
        upper=rng.normal(0, 1, 9),
    )
    weights = hands._weights(keys, np.arange(9))

    def worth(division):
        state = total = 0
        for note, hand in enumerate(division):
            total += weights[note, state, hand]
            state = (2 * state + hand) % hands.STATE_COUNT
        return total

    divisions = [[n >> i & 1 for i in range(9)] for n in range(2**9)]
    assert hands._likeliest(keys).tolist() == max(divisions, key=worth)


def test_blocks_leave_no_seam(monkeypatch):
    performance, staves = play(*CASES["alberti bass"])
    monkeypatch.setattr(hands, "NOTES_PER_BLOCK", 3)
    assert hands_of(performance) == staves


def test_nothing_played():
    assert split_hands(Performance(()), blank(0)) == Performance(())


@pytest.mark.parametrize("count", [1, 20, 5000])
def test_any_number_of_keys_at_once(count):
    pitches = np.sort(np.linspace(21, 108, count).astype(int)).tolist()
    staves = hands_of(Performance(tuple(PlayedNote(0.0, 1.0, p, 64) for p in pitches)))
    assert len(staves) == count and set(staves) <= {LEFT, RIGHT}
    if count == 20:
        assert staves[0] == LEFT and staves[-1] == RIGHT


def test_five_thousand_notes_in_half_a_second():
    rng = np.random.default_rng(1)
    onsets = np.cumsum(rng.exponential(0.08, 5000)).tolist()
    pitches = rng.integers(30, 90, 5000).tolist()
    performance = Performance(
        tuple(PlayedNote(t, t + 0.3, p, 64) for t, p in zip(onsets, pitches, strict=True))
    )
    evidence = blank(5000)
    begun = time.process_time()
    split_hands(performance, evidence)
    assert time.process_time() - begun < 0.5


def test_what_the_file_says_of_the_hands_is_followed():
    """The left hand reaches over the right one: the notes alone would not tell."""
    right = [PlayedNote(0.5 * k, 0.5 * k + 0.4, 60 + k % 5, 64, hand=RIGHT) for k in range(16)]
    left = [PlayedNote(0.5 * k, 0.5 * k + 0.4, 76 + k % 3, 64, hand=LEFT) for k in range(0, 16, 2)]
    notes = tuple(sorted([*right, *left], key=lambda note: (note.onset, note.pitch)))
    assert hands_of(Performance(notes)) == tuple(note.hand for note in notes)


def test_each_player_has_hands_of_his_own():
    """The viola plays as low as the pianist's left hand."""
    notes = tuple(
        PlayedNote(0.5 * k, 0.5 * k + 0.4, pitch, 64, player)
        for k in range(8)
        for pitch, player in ((40, 1), (48, 0), (76, 1))
    )
    performance = Performance(notes, players=(Instrument("Viola", 41), PIANO))
    found = split_hands(performance, blank(len(notes)))
    assert [(n.player, n.hand) for n in found.notes] == [(1, LEFT), (0, RIGHT), (1, RIGHT)] * 8
    assert [replace(note, hand=0) for note in found.notes] == list(notes)
