"""Hand separation: which hand plays each note, by the Viterbi algorithm.

A hand spans about an octave, plays what is near to what it has just played, does not jump far in
little time, keeps the keys that it holds down, and stays on its own side of the other hand. None of
this can be seen in one note, so the most likely hands of all notes are found together: a state is
the hands of the last five notes, and a note has a weight for the interval from each of them, by
hand (compare Nakamura, Ono and Sagayama, "Merged-output HMM for piano fingering of both hands",
ISMIR 2014). To that are added the notes around it, its register and, above all, the log odds of the
note network.

The weights are those of a linear-chain conditional random field (log odds), fitted to 270
performances of 156 scores of the (n)ASAP data set and rounded. Crossings and stretches within a
chord are too rare to be learned: their weights started from strongly negative values. The model is
symmetric: a mirror image of the keyboard with the hands exchanged has the same weights, except for
the register. Times are in seconds, intervals in semitones. Besides the evidence, only onsets,
releases and pitches are used.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from engrave.listening.evidence import Evidence
from engrave.music.arrays import Floats, Ints
from engrave.music.performance import LEFT, RIGHT, Performance, PlayedNote

HANDS = (LEFT, RIGHT)  # by the bit of a state

EVIDENCE_WEIGHT, RULE_WEIGHT = 1.0, 0.5  # of the network's log odds, and of the tables below
GIVEN_HAND_LOG_ODDS = 20.0  # log odds of the hand that the file states for a note

REMEMBERED_NOTES = 5  # notes before this one whose hands are in the state
# bit 0: hand of the last note; bit 1: of the one before it, ...
STATE_COUNT = 2**REMEMBERED_NOTES
CHORD_SECONDS = 0.035  # seconds: notes that begin within it are one chord
# seconds: a key counts as held if it is released later than this after an onset
HELD_SECONDS = 0.05
NOTES_AROUND = 16  # notes on either side that count as surroundings
NOTES_PER_BLOCK = 8192  # notes computed at one time, to bound the memory

# An interval falls into one of 11 classes: that many of these numbers are not above it.
INTERVAL_BOUNDS = (-19, -12, -7, -3, 0, 1, 4, 8, 13, 20)

# Weight of an earlier note for the hand of this one, by the interval up to this one (columns): -20
# and less, -19 to -13, -12 to -8, -7 to -4, -3 to -1, 0, 1 to 3, 4 to 7, ...
ONSET_GAPS = (0.12, 0.25, 0.5, 1.0)  # seconds between onsets that separate the last five rows
# fmt: off
SAME_HAND = np.array([  # if the right hand plays both (for the left, the intervals are mirrored)
    [-3.28, -1.77, -0.27, -0.09, -0.28,  0.00, -0.63, -0.38, -0.32, -1.77, -3.80],  # in one chord
    [-2.41, -1.27, -0.22, -0.01,  0.06,  0.00,  0.12, -0.25, -0.50, -1.20, -2.62],  # still held
    [-0.39, -0.45, -0.14,  0.22,  0.35,  0.16,  0.24,  0.06,  0.12, -0.32, -0.33],  # up to 0.12 s
    [-0.40, -0.26, -0.07,  0.18,  0.53,  0.68,  0.54,  0.20,  0.10, -0.17, -0.24],  # up to 0.25 s
    [-0.27, -0.06,  0.07,  0.14,  0.48,  0.56,  0.34,  0.13,  0.08, -0.12, -0.14],  # up to 0.5 s
    [-0.14,  0.01,  0.03,  0.12,  0.39,  0.62,  0.40,  0.19, -0.06, -0.16,  0.01],  # up to 1 s
    [ 0.03, -0.07,  0.03,  0.18,  0.40,  0.38,  0.29,  0.13,  0.03,  0.00, -0.03],  # longer ago
])
OTHER_HAND = np.array([  # if the left hand played that one and the right hand plays this one
    [-2.67, -2.23, -2.25, -2.45, -2.20,  0.00,  0.13, -0.05, -0.21, -0.22, -1.24],  # in one chord
    [-1.24, -0.62, -0.70, -1.37, -1.71,  0.00,  0.03,  0.14, -0.10, -0.43, -1.24],  # still held
    [ 0.19,  0.39, -0.15, -0.42, -0.58, -0.16, -0.03,  0.10,  0.16,  0.39,  0.52],  # up to 0.12 s
    [ 0.27,  0.44, -0.06, -0.54, -0.85, -0.68, -0.23,  0.16,  0.06, -0.01,  0.38],  # up to 0.25 s
    [ 0.24,  0.20, -0.20, -0.36, -0.67, -0.57, -0.16,  0.09,  0.04, -0.02,  0.17],  # up to 0.5 s
    [ 0.12,  0.08, -0.04, -0.35, -0.62, -0.62, -0.16,  0.04,  0.07,  0.05,  0.02],  # up to 1 s
    [-0.08, -0.01, -0.07, -0.27, -0.37, -0.38, -0.32, -0.03,  0.01,  0.08,  0.06],  # longer ago
])

# Weight of the notes around for the right hand, by their distance below this one: 1 to 3, 4 to 7, 8
# to 12, 13 to 19, 20 and more semitones (above it they count for the left hand).
NEAR_SECONDS, FAR_SECONDS = 0.4, 1.5  # seconds
SURROUNDINGS = np.array([
    [-0.02,  0.38,  0.46, -0.57, -0.49],  # in one chord
    [ 0.17,  0.20, -0.09,  0.44,  0.24],  # held from before
    [-0.05,  0.03,  0.12,  0.19,  0.20],  # up to NEAR_SECONDS before
    [-0.07, -0.25, -0.17,  0.12,  0.05],  # up to FAR_SECONDS before
    [-0.05, -0.07,  0.08,  0.00, -0.08],  # coming in while this one is held
    [ 0.06,  0.06,  0.03,  0.02,  0.19],  # up to NEAR_SECONDS after
    [ 0.03, -0.28, -0.06,  0.16,  0.40],  # up to FAR_SECONDS after
])

# Log odds of the right hand by register, at every half octave from MIDI number 24 up.
REGISTER = np.array([
    -2.03, -1.81, -1.62, -1.06, -0.65, -0.66, 0.12,
    0.43, 0.53, 0.53, 0.71, 1.15, 1.70, 2.01,
])
# fmt: on


class _KeyPresses(NamedTuple):
    """The notes as arrays, chord by chord, each chord from low to high."""

    onset: np.ndarray
    release: np.ndarray
    pitch: np.ndarray
    chord: np.ndarray
    upper: np.ndarray


def split_hands(performance: Performance, evidence: Evidence) -> Performance:
    """The performance with the hand that plays each note decided.

    A player with a single staff plays everything with the right hand.
    """
    notes = list(performance.notes)
    for k, player in enumerate(performance.players):
        own = performance.played_by(k)
        played = [notes[i] for i in own]
        split = _split(played, evidence.upper[own]) if player.staves == 2 else [RIGHT] * len(own)
        for i, hand in zip(own, split, strict=True):
            notes[i] = replace(notes[i], hand=hand)
    return replace(performance, notes=tuple(notes))


def _split(notes: Sequence[PlayedNote], upper: np.ndarray) -> list[int]:
    """The hand of each note of one player; a hand that the file states has a strong prior."""
    if not notes:
        return []
    upper = upper + GIVEN_HAND_LOG_ODDS * np.array(
        [{RIGHT: 1, LEFT: -1}.get(note.hand, 0) for note in notes]
    )
    chord = _chords(np.array([note.onset for note in notes]))
    facts = np.array([(note.onset, note.release, note.pitch) for note in notes])
    order = np.lexsort((facts[:, 2], chord))
    onset, release, pitch = facts[order].T
    hands = np.empty(len(notes), int)
    hands[order] = _likeliest(
        _KeyPresses(onset, release, pitch.astype(int), chord[order], upper[order])
    )
    return [HANDS[hand] for hand in hands.tolist()]


def _chords(onset: np.ndarray) -> np.ndarray:
    """Index of the chord that each note belongs to."""
    numbers, number, begun = [], 0, onset[0]
    for time in onset.tolist():
        if time - begun > CHORD_SECONDS:
            number, begun = number + 1, time
        numbers.append(number)
    return np.array(numbers)


def _likeliest(keys: _KeyPresses) -> np.ndarray:
    """Viterbi path: the likeliest hand of each note."""
    count = len(keys.pitch)
    best = np.full(STATE_COUNT, -np.inf)
    best[0] = 0  # before the first note every other state is equivalent
    from_upper = np.empty((count, STATE_COUNT // 2, 2), bool)
    for first in range(0, count, NOTES_PER_BLOCK):
        at = np.arange(first, min(first + NOTES_PER_BLOCK, count))
        for note, weight in zip(at.tolist(), _weights(keys, at), strict=True):
            # Two states lead to each new one; they differ in the oldest bit.
            lower, upper = (best[:, None] + weight).reshape(2, STATE_COUNT // 2, 2)
            from_upper[note] = upper > lower
            best = np.maximum(lower, upper).ravel()
    hands = np.empty(count, int)
    state = int(best.argmax())
    for note in range(count - 1, -1, -1):
        rest, hand = divmod(state, 2)
        hands[note] = hand
        state = rest + STATE_COUNT // 2 * int(from_upper[note, rest, hand])
    return hands


def _weights(keys: _KeyPresses, at: np.ndarray) -> np.ndarray:
    """Weights of each hand after each state, for the notes `at`: array (notes, states, hands)."""
    weights = np.zeros((len(at), 1, 2))
    known = _surroundings(keys, at) + _register(keys.pitch[at])
    weights[:, 0, 1] = RULE_WEIGHT * known + EVIDENCE_WEIGHT * keys.upper[at]
    for back in range(1, REMEMBERED_NOTES + 1):
        pair = RULE_WEIGHT * _pair_weights(keys, at, back)
        # The hand of the note `back` notes ago is a new highest bit of the state.
        weights = (pair[:, :, None, :] + weights[:, None, :, :]).reshape(len(at), -1, 2)
    return weights


def _pair_weights(keys: _KeyPresses, at: np.ndarray, back: int) -> np.ndarray:
    """Weights of the notes `at` with the note `back` before each: (notes, its hand, this hand)."""
    earlier = np.maximum(at - back, 0)
    gap = keys.onset[at] - keys.onset[earlier]
    relation = 2 + np.searchsorted(ONSET_GAPS, gap)
    relation[keys.release[earlier] > keys.onset[at] + HELD_SECONDS] = 1
    relation[keys.chord[earlier] == keys.chord[at]] = 0
    interval = _interval_class(keys.pitch[at] - keys.pitch[earlier])
    mirrored = len(INTERVAL_BOUNDS) - interval
    pair = np.empty((len(at), 2, 2))
    pair[:, 1, 1] = SAME_HAND[relation, interval]
    pair[:, 0, 0] = SAME_HAND[relation, mirrored]
    pair[:, 0, 1] = OTHER_HAND[relation, interval]
    pair[:, 1, 0] = OTHER_HAND[relation, mirrored]
    pair[at < back] = 0
    return pair


def _interval_class(interval: np.ndarray) -> np.ndarray:
    return np.searchsorted(INTERVAL_BOUNDS, interval, side="right")


def _surroundings(keys: _KeyPresses, at: np.ndarray) -> np.ndarray:
    """Weight of the notes around for the right hand: mean per relation, and their sum.

    The mean is shrunk for a relation of few notes (one is added to their number).
    """
    rows = len(SURROUNDINGS)
    other = at[:, None] + np.concatenate(
        [np.arange(-NOTES_AROUND, 0), np.arange(1, NOTES_AROUND + 1)]
    )
    there = (other >= 0) & (other < len(keys.pitch))
    other = np.clip(other, 0, len(keys.pitch) - 1)
    gap = keys.onset[other] - keys.onset[at][:, None]
    ends = np.where(gap < 0, keys.release[other], keys.release[at][:, None])
    begins = np.maximum(keys.onset[other], keys.onset[at][:, None])
    distance = np.where(
        ends > begins + HELD_SECONDS,
        0,
        1 + np.searchsorted((NEAR_SECONDS, FAR_SECONDS), np.abs(gap)),
    )
    together = keys.chord[other] == keys.chord[at][:, None]
    relation = np.where(together, 0, 1 + distance + 3 * (gap >= 0))
    there &= together | (distance < 3)
    cell = (np.arange(len(at))[:, None] * rows + relation)[there]
    side = _interval_class((keys.pitch[at][:, None] - keys.pitch[other])[there])
    both_sides = np.hstack([-SURROUNDINGS[:, ::-1], np.zeros((rows, 1)), SURROUNDINGS])
    said = np.bincount(cell, both_sides[cell % rows, side], minlength=len(at) * rows)
    number = np.bincount(cell, minlength=len(at) * rows)
    odds: Floats = (said / (number + 1)).reshape(len(at), rows).sum(axis=1)
    return odds


def _register(pitch: Ints) -> Floats:
    odds: Floats = np.interp(pitch, 24 + 6 * np.arange(len(REGISTER)), REGISTER)
    return odds
