"""Which beats form a bar.

A small hidden Markov model runs over the beats: its states are the places in a bar of each meter,
its evidence how much each beat sounds like a downbeat and whether it divides in three. Meters
seldom change, and bars seldom break off. The best way is found by Viterbi, and laid out in quarter
notes (after Temperley, *Music and Probability*, 2007, ch. 3).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import numpy as np
from madmom_infer.ml.hmm import HiddenMarkovModel, ObservationModel, TransitionModel

from engrave.grid import Bar, Grid, Pulse, Tap
from engrave.performance import Performance, chord_starts
from engrave.score import TimeSignature

NEAR = 0.11  # seconds within which a tap marks a beat
CLOSEST = 0.05  # seconds between two beats
# Bars: (beats, whether they divide in three) and how readily each is written.
METERS = {
    (2, False): 0.01,  # two bars of two are mostly written as one of four
    (3, False): 0.2,
    (4, False): 0.35,
    (1, True): 0.02,
    (2, True): 0.12,
    (3, True): 0.02,
    (4, True): 0.04,
}
METER_CHANGE = 1e-8  # probability at a barline
SLIP = 1e-5  # probability that a bar breaks off at a beat (the pulse lost or won one)
DOWNBEAT_SHARE = 0.37  # of all beats
CERTAIN = 30.0  # log odds of a downbeat that the user tapped
TAPPED_METER = 0.1  # how common a bar is held to be that the user tapped and the table lacks
LONGEST_TAPPED_BAR = 32  # beats
HALF_BAR = 0.7  # how much the middle of a bar of four resembles a downbeat
TRIPLE_IN_COMPOUND, TRIPLE_IN_SIMPLE = 0.85, 0.2  # share of beats heard as dividing in three

_BarState = tuple[tuple[int, bool], int]  # a meter (see METERS), and a beat of its bar


@dataclass(frozen=True, slots=True)
class _Meter:
    """The bars as beats see them: index of each beat in its bar, size and division of that bar."""

    index: np.ndarray
    beats: np.ndarray
    compound: np.ndarray


def group_beats(
    performance: Performance,
    pulse: Pulse,
    accents: np.ndarray,
    meter: TimeSignature | None = None,
    taps: Sequence[Tap] = (),
) -> Grid:
    """The grid: beats in bars. `accents` holds each beat's log odds of being a downbeat.

    `meter` and the downbeats among `taps` are what is known: all bars are of the meter, unless
    the taps say otherwise.
    """
    known = _tapped_downbeats(pulse.times, taps)
    if performance.notes[-1].onset < pulse.times[1] - CLOSEST:
        known[0] = 1  # all that is heard lies within one beat
    bars = _find_bars(pulse, accents, meter, known)
    onsets = np.array([performance.notes[i].onset for i in chord_starts(performance.notes)])
    return _lay_out(pulse, bars, onsets, meter)


def _tapped_downbeats(times: np.ndarray, taps: Sequence[Tap]) -> np.ndarray:
    """For each beat 1 if it was tapped as a downbeat, -1 if as another beat, 0 if not known.

    Where only some downbeats are marked, the taps before the first and after the last of them
    say nothing.
    """
    known = np.zeros(len(times), int)
    for tap in taps:
        nearest = np.argmin(np.abs(times - tap.time))
        if tap.downbeat and abs(times[nearest] - tap.time) < NEAR:
            known[nearest] = 1
    marked = np.flatnonzero(known)
    if len(marked):
        between = known[marked[0] : marked[-1]]
        between[between == 0] = -1
    return known


def _find_bars(
    pulse: Pulse, accents: np.ndarray, meter: TimeSignature | None, known: np.ndarray
) -> _Meter:
    """Bars over the beats, by Viterbi over all meters (or the given one)."""
    tapped = {int(n) for n in np.diff(np.flatnonzero(known == 1)) if n <= LONGEST_TAPPED_BAR}
    meters = METERS | {(n, False): TAPPED_METER for n in tapped if (n, False) not in METERS}
    if meter:
        meters = {_felt(meter): 1.0}
    states = [(m, i) for m in meters for i in range(m[0])]
    model = HiddenMarkovModel(
        _bar_transitions(states, meters, slip=0.0 if meter and not known.any() else SLIP),
        _BarObservation(states),
        np.array([meters[m] / m[0] for m, _ in states]) / sum(meters.values()),
    )
    odds = np.where(known, CERTAIN * known, accents)
    path = [states[s] for s in model.viterbi(np.stack([odds, pulse.triple, known], axis=1))[0]]
    return _Meter(
        index=np.array([i for _, i in path]),
        beats=np.array([m[0] for m, _ in path]),
        compound=np.array([m[1] for m, _ in path]),
    )


def _felt(meter: TimeSignature) -> tuple[int, bool]:
    """How many beats a bar of this meter is felt in, and whether they divide in three."""
    return (meter.beats // 3, True) if meter.compound else (meter.beats, False)


def _bar_transitions(
    states: Sequence[_BarState], meters: dict[tuple[int, bool], float], slip: float
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
                follows[states.index((m, 0))] = METER_CHANGE * p / sum(others.values())
            follows[a - i] = 1 - sum(follows.values())
        for b, p in follows.items():
            to.append(b)
            come_from.append(a)
            probability.append(p)
    return TransitionModel.from_dense(to, come_from, probability)


class _BarObservation(ObservationModel):
    """Rows of (log odds of a downbeat, whether the beat divides in three, whether it is known).

    What is known of a beat is whether it is a downbeat (not 0) or not known (0).
    """

    def __init__(self, states: Sequence[_BarState]) -> None:
        super().__init__(np.arange(len(states), dtype=np.uint32))
        self.first = np.array([float(i == 0) for _, i in states])
        self.down = np.array(
            [1.0 if i == 0 else HALF_BAR if (m[0], i) == (4, 2) else 0.0 for m, i in states]
        )
        self.triple = np.array(
            [TRIPLE_IN_COMPOUND if m[1] else TRIPLE_IN_SIMPLE for m, _ in states]
        )

    def log_densities(self, observations: np.ndarray) -> np.ndarray:
        odds, triple, known = observations.T[:, :, None]
        down = 1 / (1 + np.exp(-odds.clip(-CERTAIN, CERTAIN)))
        resembles = np.where(known, self.first, self.down)
        share = DOWNBEAT_SHARE
        accent = resembles * down / share + (1 - resembles) * (1 - down) / (1 - share)
        division = np.where(triple, self.triple, 1 - self.triple)
        return np.log(accent) + np.log(division)


def _lay_out(pulse: Pulse, meter: _Meter, onsets: np.ndarray, given: TimeSignature | None) -> Grid:
    """The grid in quarter notes: a beat is a quarter, or a dotted quarter, or what was given."""
    half = not given and _felt_in_halves(pulse, onsets)
    quarters, bars = [Fraction(0)], []
    for start, stop in pairwise([0, *_barlines(meter), len(pulse.times)]):
        unit = _unit(bool(meter.compound[start]), half, given)
        count, size = stop - start, int(meter.beats[start])
        if stop == len(pulse.times):
            count = max(count, size)  # the last bar is filled, and so is the only one
        if start > 0 or count > size:
            size = count  # where the pulse lost or won a beat: a bar of its own meter
        bars.append(Bar(quarters[-1], count * unit, *_signature(size, unit, given)))
        quarters += [quarters[-1] + unit * (k + 1) for k in range(stop - start)]
    times = [*pulse.times, 2 * pulse.times[-1] - pulse.times[-2]]
    return Grid(tuple(float(t) for t in times), tuple(quarters), tuple(bars))


def _unit(compound: bool, half: bool, given: TimeSignature | None) -> Fraction:
    """The length of a felt beat in quarter notes."""
    if given:
        return Fraction(4 * (3 if _felt(given)[1] else 1), given.beat_type)
    return Fraction(3, 2) if compound else Fraction(2 if half else 1)


def _barlines(meter: _Meter) -> list[int]:
    """The beats that open a bar, after the first; one beat too many is added to its bar."""
    opens = [k for k in range(1, len(meter.index)) if meter.index[k] == 0]
    following = [*opens, len(meter.index) + 1][1:]
    return [a for a, b in zip(opens, following, strict=True) if b != a + 1 or meter.beats[a] == 1]


def _signature(beats: int, unit: Fraction, given: TimeSignature | None) -> tuple[int, int]:
    if given and beats == _felt(given)[0]:
        return given.beats, given.beat_type
    if unit.numerator == 3:
        return 3 * beats, 4 * unit.denominator
    return beats, int(4 / unit)


def _felt_in_halves(pulse: Pulse, onsets: np.ndarray) -> bool:
    """Whether the beat is a half note: many beats hold more chords than a quarter's four."""
    counts, _ = np.histogram(onsets, pulse.times)
    return bool(np.mean(counts > 5) > 0.3 and np.mean(pulse.triple) < 0.3)
