"""Key finding: the key signature of a piece, and its local keys.

Names are counted on the line of fifths, C = 0, G = 1, F = -1 (Temperley, The Cognition of Basic
Musical Structures, 2001). "Relative to a key" counts fifths from the tonic of the major key with
the same signature, so that C major and A minor are both 0.

1. The key signature, from the pitch classes of the whole, of the opening and of the last bass
   note, weighed as in key profiles (Krumhansl), with weights fitted to known signatures.
2. A hidden Markov model of local keys over the onsets (signature on the line of fifths, and mode),
   tied to the key signature that is written.

The tables were measured on 203 piano pieces (Bach to Ravel, (n)ASAP) and some 300 song
accompaniments (OpenScore Lieder; for the key signature all 1416): 2 by expectation-maximization, 1
by logistic regression. A few single weights were then set by trial, also on other pieces; the
comments name them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal, Self

import numpy as np

from engrave.music.note import Note
from engrave.music.values import KeySignature

MODES: tuple[Literal["major"], Literal["minor"]] = ("major", "minor")
LINE_OF_FIFTHS = np.arange(-15, 20)  # Fbb to B##
PITCH_CLASSES = LINE_OF_FIFTHS * 7 % 12  # the pitch class of each name

TOO_FEW_PITCHES = 2  # different pitches, or chords: with no more, no key can be inferred
MAJOR_SCALE = (0, 2, 4, 5, 7, 9, 11)  # semitones of its degrees

# fmt: off

# 1. Votes for a signature by the share of each pitch class, counted in semitones from the tonic of
# its major key. In the votes a note weighs the square root of its length, at least a 16th's.
# chords at the end among which the last bass note is looked for: the final one may be broken
CLOSING_CHORDS = 4
OPENING_NOTES = 60
SHORTEST_WEIGHT = 0.25
KEY_VOTES = (
    # major: whole piece
    (6.6, -5.2, -0.1, -7.2, 8.8, 4.5, -7.2, 11.4, -2.3, -0.3, -12.1, 0.5),
    # opening
    (5.4, -2.3, 0.9, -4.1, 4.6, 3, -4.7, 5.9, -4.5, 1.6, -7.9, -0.4),
    # last bass note
    (2.3, -0.9, -0.7, -1.6, 0.9, -1.7, 0.1, 0.8, 0.9, -0.9, -1.2, -0.6),
    # minor: whole piece
    (9.9, -10.5, 1.7, -3.8, 11, 5.4, -9.8, -3.5, -1.2, 9.7, -9.5, 2.9),
    # opening
    (2.1, -7.7, 2, 1.1, 5.2, -1.3, -1.8, -4.6, 0.1, 5.4, -0.5, 2.5),
    # last bass note
    (-0.4, 1.2, 0.1, 1.3, 0.3, -0.2, -0.4, -1.1, -0.5, 1.5, 0.8, -0.1),
)
# Six sharps are written rather than six flats when the chain of keys explains the notes so much
# better (log likelihood; set by trial).
LEAST_GAIN_OF_SHARPS = 6.0

# 2. How often (percent) each name sounds in a local key of either mode, relative to the key,
# from 8 fifths below to 14 above.
NAME_SHARES = (
    (0, 0, 0.01, 0.03, 0.56, 0.19, 0.55, 10.61, 18.74, 22.33, 11, 7.63, 16.29, 9.26, 1.38, 0.55,
     0.36, 0.4, 0.11, 0, 0, 0, 0),
    (0, 0, 0.02, 0.04, 0.06, 0.21, 0.49, 8.73, 13.11, 1.95, 11.66, 15.72, 19.18, 13.35, 1.96, 1.08,
     9.74, 2.14, 0.37, 0.06, 0.02, 0.09, 0.01),
)
# Probability that the local key stays the same from one onset to the next, in major and in minor.
STAY_PROBABILITY = (0.978, 0.963)
# Weights of the other transitions by the change of signature, -12 to 12 fifths; from major to
# major, from major to minor, from minor to major, from minor to minor. (Leaps of 8 and more have
# twice the weight that was measured: by trial, enharmonic changes come out best so.)
MOVE_WEIGHTS = (
    (2.9, 0, 0.4, 3.2, 11.9, 5.4, 2.4, 3.8, 20.5, 2.8, 5.7, 73.8, 0, 40.1, 3.4, 2, 6.5, 9.3, 6.6, 1,
     21.2, 10.8, 1.7, 3.7, 23.3),
    (13.6, 17.1, 6.6, 2.6, 0.9, 1.2, 0.3, 1.1, 37.4, 32.4, 17.4, 32.2, 48.5, 30.7, 12.1, 1, 1.7,
     0.2, 1.1, 0.3, 16.2, 18.7, 0, 0, 0),
    (0, 0, 0, 3.5, 0.7, 1.7, 1.2, 0.1, 2.3, 1.6, 6.5, 44.3, 40.3, 30.4, 15.3, 56.2, 20.3, 1.7, 1.8,
     0.2, 7.5, 1.8, 2.6, 31.6, 3.2),
    (9.7, 2.9, 9.1, 9.8, 17.9, 10.5, 5.7, 8.1, 12.5, 13.6, 29.5, 100, 0, 82.5, 33.3, 5.7, 5.4, 12,
     5.5, 13.7, 10.1, 4.6, 0, 0.1, 16),
)
# ... times the weight of the signature arrived at, 10 flats to 10 sharps, in major and in minor
# (beyond seven an eighth of what was measured: readers prefer the enharmonic key),
SIGNATURE_WEIGHTS = (
    (0, 1, 2, 47, 78, 100, 76, 67, 80, 64, 63, 81, 81, 73, 84, 98, 57, 41, 3, 1, 0),
    (0, 2, 3, 58, 63, 76, 74, 80, 86, 83, 77, 72, 84, 68, 71, 71, 28, 15, 1, 0, 0),
)
# ... times that of its distance from the written signature, -12 to 12 fifths, in major and minor.
DISTANCE_WEIGHTS = (
    (4.1, 0, 5.8, 10.7, 5.6, 4, 6.9, 10.3, 9.1, 15.4, 8.3, 18.1, 100, 34, 5.4, 15.5, 13, 4.5, 3,
     11.1, 10.1, 8, 2.1, 2.9, 3.7),
    (14.6, 6.3, 9.8, 8.6, 6.1, 5.7, 8.9, 6.6, 15.7, 35.3, 13.8, 38.6, 68.7, 25.2, 10, 10.7, 9.7,
     9.9, 6.2, 5.1, 10.9, 13.6, 3.3, 0, 0.1),
)
START_PROBABILITY = (0.6, 0.3)  # of the major, minor key of the signature at the beginning
LEAST_WEIGHT = 0.05  # weight of what was never observed
# exponent of each note's likelihood, as notes are not independent of each other
EVIDENCE_WEIGHT = 0.5
WIDEST_DISTANCE = 12  # widest distance in fifths in the tables
LONGEST_STEP = 4.0  # quarter notes between two notes that may be a melodic step

# fmt: on


@dataclass(frozen=True, slots=True)
class PitchSequence:
    """The notes as arrays, sorted by onset, then pitch.

    `chord` numbers the onsets; the notes of note i's chord are `first[i]` up to `stop[i]`; `before`
    and `after` are the nearest notes one or two semitones away (-1: none).
    """

    pitch: np.ndarray
    weight: np.ndarray
    chord: np.ndarray
    first: np.ndarray
    stop: np.ndarray
    before: np.ndarray
    after: np.ndarray

    @classmethod
    def of(cls, notes: Sequence[Note]) -> Self:
        """The arrays of notes sorted by onset."""
        sizes = [len(list(chord)) for _, chord in groupby(notes, key=lambda note: note.onset)]
        stops = np.cumsum(sizes)
        times = [float(note.onset) for note in notes]
        pitches = [note.pitch for note in notes]
        # Backwards in time the step that follows is the one that came before.
        backwards = _steps_before([-t for t in reversed(times)], pitches[::-1])[::-1]
        return cls(
            pitch=np.array(pitches),
            weight=np.sqrt([max(float(note.duration), SHORTEST_WEIGHT) for note in notes]),
            chord=np.repeat(np.arange(len(sizes)), sizes),
            first=np.repeat(stops - sizes, sizes),
            stop=np.repeat(stops, sizes),
            before=_steps_before(times, pitches),
            after=np.where(backwards < 0, -1, len(notes) - 1 - backwards),
        )

    @property
    def pitch_class(self) -> np.ndarray:
        """The pitch class of each note; 0 is C."""
        return self.pitch % 12


def _steps_before(times: Sequence[float], pitches: Sequence[int]) -> np.ndarray:
    """For each note the last earlier one a semitone or two away, of two at once the semitone."""
    latest: dict[int, int] = {}
    found = []
    waiting: list[int] = []  # same onset as the present note: not earlier
    for i, (time, pitch) in enumerate(zip(times, pitches, strict=True)):
        if waiting and times[waiting[0]] < time:
            latest.update((pitches[j], j) for j in waiting)
            waiting = []
        waiting.append(i)
        near = [latest[p] for d in (-1, 1, -2, 2) if (p := pitch + d) in latest]
        best = max(near, key=lambda j: times[j], default=-1)
        found.append(best if best >= 0 and time - times[best] <= LONGEST_STEP else -1)
    return np.array(found)


def find_key(sequence: PitchSequence, signatures: Sequence[int] = range(-6, 6)) -> KeySignature:
    """The key of the music, its signature one of those given (six flats may be six sharps)."""
    if (
        len(np.unique(sequence.pitch_class)) <= TOO_FEW_PITCHES
        or sequence.chord[-1] < TOO_FEW_PITCHES
    ):
        return KeySignature(_plainest(sequence, signatures))
    scores = key_votes(sequence, signatures)
    best, mode = np.unravel_index(scores.argmax(), scores.shape)
    fifths = signatures[int(best)]
    if abs(fifths) == 6:
        flats, sharps = (local_keys(sequence, k).log_likelihood for k in (-6, 6))
        fifths = 6 if sharps > flats + LEAST_GAIN_OF_SHARPS else -6
    # The votes tell signatures apart better than modes: a close on either tonic decides.
    close = int(sequence.pitch[sequence.chord > sequence.chord[-1] - CLOSING_CHORDS].min()) % 12
    tonics = [7 * fifths % 12, (7 * fifths + 9) % 12]
    return KeySignature(fifths, MODES[tonics.index(close) if close in tonics else mode])


def key_votes(sequence: PitchSequence, signatures: Sequence[int] = range(-6, 6)) -> np.ndarray:
    """Log likelihoods of the signatures in either mode: array (signatures, modes)."""
    last = sequence.first[-1]  # the lowest note of the last chord
    n = len(sequence.pitch)
    heard = np.stack(
        [
            np.bincount(sequence.pitch_class[part], sequence.weight[part], 12)
            / sequence.weight[part].sum()
            for part in (slice(0, n), slice(0, OPENING_NOTES), slice(last, last + 1))
        ]
    )
    votes = np.array(KEY_VOTES).reshape(2, 3, 12)
    turned = np.stack([np.roll(heard, -7 * fifths, axis=1) for fifths in signatures])
    scores: np.ndarray = np.einsum("kph,mph->km", turned, votes)
    return scores


def _plainest(sequence: PitchSequence, signatures: Sequence[int]) -> int:
    """The signature with the fewest signs of those that need the fewest accidentals."""
    heard = np.unique(sequence.pitch_class)
    foreign = {k: np.isin((heard - 7 * k) % 12, MAJOR_SCALE, invert=True).sum() for k in signatures}
    return min(signatures, key=lambda k: (foreign[k], abs(k)))


# The states of the hidden Markov model: all major keys by signature, then all minor keys.
_SIGNATURE = np.tile(np.arange(-10, 11), 2)
_MODE = np.repeat((0, 1), 21)


@dataclass(frozen=True, slots=True)
class LocalKeys:
    """Posterior of the local keys of a piece.

    `names` are the probabilities of each note's names (notes, LINE_OF_FIFTHS), `signature` the mean
    signature at each onset (fifths), `log_likelihood` that of the whole (natural, up to a
    constant).
    """

    names: np.ndarray
    signature: np.ndarray
    log_likelihood: float


def local_keys(sequence: PitchSequence, fifths: int) -> LocalKeys:
    """The posterior of the local keys in a piece whose written signature is `fifths`."""
    sounding = _names_in_keys()
    by_class = np.zeros((12, len(_MODE)))
    np.add.at(by_class, PITCH_CLASSES, sounding)
    # A pitch class counts once at an onset, however often it is doubled.
    present = np.zeros((sequence.chord[-1] + 1, 12))
    present[sequence.chord, sequence.pitch_class] = 1
    evidence = EVIDENCE_WEIGHT * present @ np.log(by_class)
    top = evidence.max(axis=1, keepdims=True)
    keys, log_likelihood = _forward_backward(np.exp(evidence - top), *_chain(fifths))
    names = (keys[sequence.chord] / by_class[sequence.pitch_class]) @ sounding.T
    names *= sequence.pitch_class[:, None] == PITCH_CLASSES
    return LocalKeys(
        names / names.sum(axis=1, keepdims=True),
        (keys @ _SIGNATURE)[sequence.chord],
        log_likelihood + float(top.sum()),
    )


def _names_in_keys() -> np.ndarray:
    """Probability of each name in each local key: array (LINE_OF_FIFTHS, states)."""
    degree = LINE_OF_FIFTHS[:, None] - _SIGNATURE + 8
    inside = (degree >= 0) & (degree < len(NAME_SHARES[0]))
    often = np.array(NAME_SHARES)[_MODE, np.clip(degree, 0, len(NAME_SHARES[0]) - 1)]
    return np.where(inside, often, 0) + 1e-6


def _chain(fifths: int) -> tuple[np.ndarray, np.ndarray]:
    """Transition probabilities between local keys, and their initial probabilities."""
    change = (
        np.clip(_SIGNATURE - _SIGNATURE[:, None], -WIDEST_DISTANCE, WIDEST_DISTANCE)
        + WIDEST_DISTANCE
    )
    arrival = np.array(SIGNATURE_WEIGHTS)[_MODE, _SIGNATURE + 10] + LEAST_WEIGHT
    away = np.clip(_SIGNATURE - fifths, -WIDEST_DISTANCE, WIDEST_DISTANCE) + WIDEST_DISTANCE
    arrival = arrival * (np.array(DISTANCE_WEIGHTS)[_MODE, away] + LEAST_WEIGHT)
    moves = (np.array(MOVE_WEIGHTS)[2 * _MODE[:, None] + _MODE, change] + LEAST_WEIGHT) * arrival
    np.fill_diagonal(moves, 0)
    staying = np.array(STAY_PROBABILITY)[_MODE]
    moves *= ((1 - staying) / moves.sum(axis=1))[:, None]
    start = np.where(fifths == _SIGNATURE, np.array(START_PROBABILITY)[_MODE], 0.003)
    return moves + np.diag(staying), start / start.sum()


def _forward_backward(
    evidence: np.ndarray, moves: np.ndarray, start: np.ndarray
) -> tuple[np.ndarray, float]:
    """Forward-backward algorithm: posterior of each state at each time, and the log likelihood."""
    forward, backward = np.empty_like(evidence), np.ones_like(evidence)
    scale = np.empty(len(evidence))
    arriving = start
    for i, seen in enumerate(evidence):
        joint = arriving * seen
        scale[i] = joint.sum()
        forward[i] = joint / scale[i]
        arriving = forward[i] @ moves
    for i in range(len(evidence) - 2, -1, -1):
        backward[i] = moves @ (evidence[i + 1] * backward[i + 1]) / scale[i + 1]
    chances = forward * backward
    return chances / chances.sum(axis=1, keepdims=True), float(np.log(scale).sum())
