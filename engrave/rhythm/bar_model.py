"""The hidden Markov model of bars over beats, and its likeliest path.

Its states are the places in a bar of each meter, its evidence what the notes of each beat say
(`evidence.Evidence`): of the first whether it is a downbeat, of the others which beat it is, and of
all of them the meter. Meters seldom change, and bars seldom break off. The best way is found by
Viterbi (after Temperley, *Music and Probability*, 2007, ch. 3).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from madmom_infer.ml.hmm import HiddenMarkovModel, ObservationModel, TransitionModel

from engrave.listening import heads
from engrave.listening.evidence import BarEvidence, Evidence
from engrave.music.arrays import Floats
from engrave.music.grid import Pulse
from engrave.music.performance import Performance

METER_CHANGE_PROBABILITY = 1e-10  # probability at a barline
DOWNBEAT_WEIGHT, INDEX_WEIGHT, METER_WEIGHT = 0.75, 0.15, 0.15  # of what the notes say
BAR_DOWNBEAT_WEIGHT, BAR_POSITION_WEIGHT = 1.0, 1.0  # of what the reader of bars says
HALF_BAR_SHARE = 0.5  # how much the middle of a bar of four resembles a downbeat
TWO_AS_FOUR_SHARE = 0.55  # share of what sounds like bars of two that is written in bars of four
FOUR_SIMPLE_BEATS = (4, False)
TRIPLE_IN_COMPOUND, TRIPLE_IN_SIMPLE = 0.7, 0.3  # share of beats heard as dividing in three
ON_BEAT_SECONDS = 0.06  # seconds from a beat within which a note stands on it
CHOSEN_GAIN = 4.0  # log likelihood that bars gain at each beat that were chosen with the beats
CERTAIN_LOG_ODDS = 30.0  # log odds of a downbeat that the user tapped

BarState = tuple[tuple[int, bool], int]  # a meter (beats, compound), and a beat of its bar


@dataclass(frozen=True, slots=True)
class BeatEvidence:
    """What the notes of each beat say: log odds of a downbeat, and log probabilities.

    `index` and `meter` have a row a beat; `unit` is of the whole piece, of its plain beats and of
    those that divide in three. Classes as in `heads`. `chosen` is a meter and the number of each
    beat in its bar.
    """

    downbeat: np.ndarray
    index: np.ndarray
    meter: np.ndarray
    unit: tuple[np.ndarray, np.ndarray]
    bars: BarEvidence
    chosen: tuple[tuple[int, bool], np.ndarray] | None = None


@dataclass(frozen=True, slots=True)
class BarPath:
    """The likeliest states of the beats, and their log likelihood."""

    states: Sequence[BarState]
    log_likelihood: float


def evidence_per_beat(
    performance: Performance, pulse: Pulse, evidence: Evidence, bars: BarEvidence
) -> BeatEvidence:
    """The mean evidence of the notes on each beat, and (for the meter) of all up to the next."""
    onset = np.array([note.onset for note in performance.notes])
    count = len(pulse.times)
    beat = (np.searchsorted(pulse.times, onset + ON_BEAT_SECONDS, side="right") - 1).clip(0)
    struck = np.abs(onset - pulse.times[beat]) <= ON_BEAT_SECONDS

    def mean(values: np.ndarray, which: np.ndarray) -> np.ndarray:
        rows = np.zeros((count, values.shape[1]))
        np.add.at(rows, beat[which], values[which])
        size = np.bincount(beat[which], minlength=count)[:, None]
        return rows / np.maximum(size, 1)

    everywhere = np.ones(len(onset), bool)
    return BeatEvidence(
        downbeat=mean(evidence.downbeat[:, None], struck)[:, 0],
        index=mean(evidence.index, everywhere),
        meter=mean(evidence.meter, everywhere),
        unit=(_mean_unit(evidence, False), _mean_unit(evidence, True)),
        bars=bars,
    )


def _mean_unit(evidence: Evidence, compound: bool) -> np.ndarray:
    """What the notes in beats of one kind say of the lower figure, on the whole."""
    kinds = [k for k, (_, triple) in enumerate(heads.METERS) if triple == compound]
    share = np.exp(evidence.meter[:, kinds]).sum(axis=1) + 1e-6
    return np.average(evidence.unit, axis=0, weights=share)


def find_bar_path(
    heard: BeatEvidence,
    triple: np.ndarray,
    known: np.ndarray,
    meters: dict[tuple[int, bool], float],
    slip: float,
) -> BarPath:
    """The likeliest bars of these meters (and how readily each is written) over the beats."""
    states = [(m, i) for m in meters for i in range(m[0])]
    model = HiddenMarkovModel(
        _bar_transitions(states, meters, slip),
        BarObservation(states, heard, triple, known),
        np.array([meters[m] / m[0] for m, _ in states]) / sum(meters.values()),
    )
    path, log_likelihood = model.viterbi(np.arange(len(known))[:, None])
    return BarPath([states[s] for s in path], float(log_likelihood))


def _bar_transitions(
    states: Sequence[BarState], meters: dict[tuple[int, bool], float], slip: float
) -> TransitionModel:
    """Beats follow each other; after the last of a bar comes a first, rarely of another meter."""
    to, come_from, probability = [], [], []
    for a, (meter, i) in enumerate(states):
        follows: dict[int, float] = {}
        if i + 1 < meter[0]:
            follows[a + 1] = 1 - slip
            if slip:
                follows[a - i] = slip
        else:
            others = {m: p for m, p in meters.items() if m != meter}
            for m, p in others.items():
                follows[states.index((m, 0))] = METER_CHANGE_PROBABILITY * p / sum(others.values())
            follows[a - i] = 1 - sum(follows.values())
        for b, p in follows.items():
            to.append(b)
            come_from.append(a)
            probability.append(p)
    return TransitionModel.from_dense(to, come_from, probability)


class BarObservation(ObservationModel):  # type: ignore[misc] # madmom_infer ships no types
    """What is heard and known of each beat; observations are rows of one number, the beat.

    What is known of a beat is whether it is a downbeat (1, -1) or not known (0). `table` holds the
    log likelihoods (beat, state).
    """

    def __init__(
        self,
        states: Sequence[BarState],
        heard: BeatEvidence,
        triple: np.ndarray,
        known: np.ndarray,
    ) -> None:
        super().__init__(np.arange(len(states), dtype=np.uint32))
        first = np.array([float(i == 0) for _, i in states])
        in_three = np.array([TRIPLE_IN_COMPOUND if m[1] else TRIPLE_IN_SIMPLE for m, _ in states])
        self.table = _downbeats(states, heard, known, first)
        self.table += _said_by_notes(states, heard)
        self.table += _said_by_bars(states, heard.bars, first)
        self.table += np.log(np.where(triple[:, None], in_three, 1 - in_three))
        if heard.chosen:
            kind, place = heard.chosen
            same = np.array([m == kind for m, _ in states])
            self.table += CHOSEN_GAIN * (same & (place[:, None] == [i for _, i in states]))

    def log_densities(self, observations: np.ndarray) -> np.ndarray:
        """Log likelihoods (observation, state), as madmom asks for them."""
        rows: Floats = self.table[observations[:, 0]]
        return rows


def _downbeats(
    states: Sequence[BarState], heard: BeatEvidence, known: np.ndarray, first: np.ndarray
) -> np.ndarray:
    """What the notes say of downbeats; the user's taps count for certain."""
    half = [HALF_BAR_SHARE if (m, i) == (FOUR_SIMPLE_BEATS, 2) else 0.0 for m, i in states]
    odds = np.where(known, CERTAIN_LOG_ODDS * known, DOWNBEAT_WEIGHT * heard.downbeat)[:, None]
    down = np.where(known[:, None], first, np.maximum(first, half))
    with np.errstate(divide="ignore"):
        said: np.ndarray = np.logaddexp(
            np.log(down) - np.logaddexp(0, -odds), np.log(1 - down) - np.logaddexp(0, odds)
        )
    return said


def _said_by_notes(states: Sequence[BarState], heard: BeatEvidence) -> np.ndarray:
    """What the notes say of the number of a beat in its bar, and of the meter."""
    last, kinds = heard.index.shape[1] - 1, {meter: k for k, meter in enumerate(heads.METERS)}
    index, meter = [], []
    for m, i in states:
        own, in_four = min(i, last), m == FOUR_SIMPLE_BEATS
        index.append(_bar_log_probabilities(heard.index, own, own - 2, in_four))
        meter.append(_bar_log_probabilities(heard.meter, kinds.get(m, len(kinds)), 0, in_four))
    said: np.ndarray = INDEX_WEIGHT * np.stack(index, axis=1)
    said += METER_WEIGHT * np.stack(meter, axis=1)
    return said


def _said_by_bars(states: Sequence[BarState], bars: BarEvidence, first: np.ndarray) -> np.ndarray:
    """What the bar network says of downbeats, and of the places of beats in their bars."""
    kinds = {meter: k for k, meter in enumerate(heads.METERS)}
    positions = {position: k for k, position in enumerate(heads.BAR_POSITIONS)}
    place = [
        _bar_log_probabilities(
            bars.place,
            positions.get((kinds.get(m, -1), i), len(positions)),
            positions.get((0, i % 2), -1),
            m == FOUR_SIMPLE_BEATS,
        )
        for m, i in states
    ]
    sign = np.where(first, 1.0, -1.0)
    said: np.ndarray = BAR_POSITION_WEIGHT * np.stack(place, axis=1)
    said -= BAR_DOWNBEAT_WEIGHT * np.logaddexp(0, -sign * bars.downbeat[:, None])
    return said


def _bar_log_probabilities(rows: Floats, own: int, alike: int, in_four: bool) -> Floats:
    """Log probabilities of a class; what sounds like a bar of two may be half a bar of four."""
    if not in_four or alike < 0:
        return rows[:, own]
    either: Floats = np.logaddexp(rows[:, own], np.log(TWO_AS_FOUR_SHARE) + rows[:, alike])
    return either
