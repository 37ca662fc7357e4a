"""Downbeats and time signatures: which beats form a bar, and which note value a beat is.

A small hidden Markov model runs over the beats: its states are the places in a bar of each meter,
its evidence what the notes of each beat say (`evidence.Evidence`): of the first whether it is a
downbeat, of the others which beat it is, and of all of them the meter. Meters seldom change, and
bars seldom break off. The best way is found by Viterbi, and laid out in quarter notes (after
Temperley, *Music and Probability*, 2007, ch. 3).
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise

import numpy as np
from madmom_infer.ml.hmm import HiddenMarkovModel, ObservationModel, TransitionModel

from engrave.listening import heads
from engrave.listening.bar_pass import listen_for_bars
from engrave.listening.evidence import BarEvidence, Evidence
from engrave.music.arrays import Floats
from engrave.music.grid import STRAIGHT, Bar, Grid, Pulse, Tap
from engrave.music.hypotheses import ChosenBars, Hypotheses, shares
from engrave.music.performance import Performance
from engrave.music.values import TimeSignature
from engrave.rhythm.bar_choice.choose import SteadyBars
from engrave.rhythm.bar_hypotheses import BarsHypothesis

TAP_SECONDS = 0.11  # seconds within which a tap marks a beat
CLOSEST_BEATS = 0.05  # seconds between two beats
# Bars: (felt beats, whether they divide in three) and how readily each is written.
METERS = {
    (1, False): 0.0001,
    (2, False): 0.02,
    (3, False): 0.2,
    (4, False): 0.35,
    (5, False): 0.005,
    (1, True): 0.02,
    (2, True): 0.12,
    (3, True): 0.02,
    (4, True): 0.04,
}
# The lower figure of the time signature, and how common it is.
SIMPLE_BEAT_TYPES = {2: 0.1, 4: 0.8, 8: 0.1}
COMPOUND_BEAT_TYPES = {4: 0.02, 8: 0.9, 16: 0.08}
METER_CHANGE_PROBABILITY = 1e-10  # probability at a barline
SLIP_PROBABILITY = 1e-8  # probability that a bar breaks off at a beat (the pulse lost or won one)
GIVEN_SLIP_PROBABILITY = 1e-12  # the same where the meter is given and only taps may break it
DOWNBEAT_WEIGHT, INDEX_WEIGHT, METER_WEIGHT = 0.75, 0.15, 0.15  # of what the notes say
BAR_DOWNBEAT_WEIGHT, BAR_POSITION_WEIGHT = 1.0, 1.0  # of what the reader of bars says
HALF_BAR_SHARE = 0.5  # how much the middle of a bar of four resembles a downbeat
TWO_AS_FOUR_SHARE = 0.55  # share of what sounds like bars of two that is written in bars of four
FOUR_SIMPLE_BEATS = (4, False)
TRIPLE_IN_COMPOUND, TRIPLE_IN_SIMPLE = 0.7, 0.3  # share of beats heard as dividing in three
ON_BEAT_SECONDS = 0.06  # seconds from a beat within which a note stands on it
CHOSEN_GAIN = 4.0  # log likelihood that bars gain at each beat that were chosen with the beats
CERTAIN_LOG_ODDS = 30.0  # log odds of a downbeat that the user tapped
TAPPED_METER_PRIOR = 0.1  # how common a bar is held to be that the user tapped and the table lacks
LONGEST_TAPPED_BAR = 32  # beats
# How far the mean log likelihood of a beat is believed, and over how many beats it must have been
# heard for that. So meters that get 80 % of the belief were right in all of 18, barlines in 97 % of
# 29 pieces of (n)ASAP's training split (free weights, whose beat was right in 62).
TRUST, ENOUGH = 0.6, 32

_BarState = tuple[tuple[int, bool], int]  # a meter (see METERS), and a beat of its bar


@dataclass(frozen=True, slots=True)
class _Meter:
    """The bars as beats see them: index of each beat in its bar, size and division of that bar.

    `log_likelihood` is the log likelihood of all of it.
    """

    index: np.ndarray
    beats: np.ndarray
    compound: np.ndarray
    log_likelihood: float = 0.0

    @property
    def main(self) -> tuple[int, bool]:
        """The kind of most bars."""
        kinds = zip(self.beats.tolist(), self.compound.tolist(), strict=True)
        return Counter(kinds).most_common(1)[0][0]


@dataclass(frozen=True, slots=True)
class _Path:
    """The likeliest states of the beats, and their log likelihood."""

    states: Sequence[_BarState]
    log_likelihood: float


@dataclass(frozen=True, slots=True)
class _BeatEvidence:
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
class KnownBars:
    """What is known of the bars: the meter and the downbeats that the user gave.

    All bars are of the meter, unless the taps say otherwise. `chosen` are bars that were chosen
    with the beats, from which only what is heard of many beats leads away.
    """

    meter: TimeSignature | None = None
    taps: Sequence[Tap] = ()
    chosen: SteadyBars | None = None


NOTHING_KNOWN = KnownBars()


def track_bars(
    performance: Performance,
    pulse: Pulse,
    evidence: Evidence,
    bars: BarEvidence,
    given: KnownBars = NOTHING_KNOWN,
) -> ChosenBars:
    """The grid: the beats of the pulse in bars, by the evidence of the note and bar networks."""
    meter, chosen = given.meter, given.chosen
    known = _tapped_downbeats(pulse.times, given.taps)
    if performance.notes[-1].onset < pulse.times[1] - CLOSEST_BEATS:
        known[0] = 1  # all that is heard lies within one beat
    heard = _evidence_per_beat(performance, pulse, evidence, bars)
    if chosen:
        heard = replace(heard, chosen=(chosen.kind, chosen.index))
    found = _find_bars(heard, pulse.triple, meter, known)
    grid = _lay_out(pulse, found, heard.unit, meter)
    if chosen and found.main == chosen.kind:
        return ChosenBars(grid, _hypotheses(chosen, heard.unit, meter))
    return ChosenBars(grid, _weigh(heard, pulse.triple, known, found))


def _hypotheses(
    chosen: SteadyBars, heard: tuple[np.ndarray, np.ndarray], given: TimeSignature | None
) -> Hypotheses:
    """How likely chosen bars are beside others; meters under their names on the page.

    Of those of another division of the beat that is the usual name.
    """
    meters: dict[str, float] = {}
    for (count, compound), share in chosen.meters.items():
        unit = Fraction(3, 2) if compound else Fraction(1)
        if compound == chosen.kind[1]:
            unit = _unit(compound, heard[compound], given)
        beats, kind = _signature(count, unit, given)
        meters[f"{beats}/{kind}"] = share
    return Hypotheses({}, meters, chosen.shifts)


def lay_out_bars(
    performance: Performance,
    evidence: Evidence,
    pulse: Pulse,
    bars: BarsHypothesis,
    meter: TimeSignature | None = None,
) -> ChosenBars:
    """The grid of bars that were found together with their beats, those of `pulse`."""
    heard = _evidence_per_beat(performance, pulse, evidence, listen_for_bars(performance, pulse))
    known, kind = np.zeros(len(pulse.times), int), (bars.beats, bars.compound)
    opens, count = np.flatnonzero(bars.downbeat), np.arange(len(pulse.times))
    last = opens[(np.searchsorted(opens, count, side="right") - 1).clip(0)]
    common = METERS.get(kind, TAPPED_METER_PRIOR)
    path = _best_path(heard, pulse.triple, known, {kind: common}, SLIP_PROBABILITY)
    found = _Meter(
        index=(count - last) % bars.beats,
        beats=np.full(len(count), bars.beats),
        compound=np.full(len(count), bars.compound),
        log_likelihood=path.log_likelihood + float(np.log(common / sum(METERS.values()))),
    )
    grid = _lay_out(pulse, found, heard.unit, meter)
    return ChosenBars(grid, _weigh(heard, pulse.triple, known, found))


def _evidence_per_beat(
    performance: Performance, pulse: Pulse, evidence: Evidence, bars: BarEvidence
) -> _BeatEvidence:
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
    return _BeatEvidence(
        downbeat=mean(evidence.downbeat[:, None], struck)[:, 0],
        index=mean(evidence.index, everywhere),
        meter=mean(evidence.meter, everywhere),
        unit=(_mean_unit(evidence, False), _mean_unit(evidence, True)),
        bars=bars,
    )


def _tapped_downbeats(times: np.ndarray, taps: Sequence[Tap]) -> np.ndarray:
    """For each beat 1 if it was tapped as a downbeat, -1 if as another beat, 0 if not known.

    Where only some downbeats are marked, the taps before the first and after the last of them
    say nothing.
    """
    known = np.zeros(len(times), int)
    for tap in taps:
        nearest = np.argmin(np.abs(times - tap.time))
        if tap.downbeat and abs(times[nearest] - tap.time) < TAP_SECONDS:
            known[nearest] = 1
    marked = np.flatnonzero(known)
    if len(marked):
        between = known[marked[0] : marked[-1]]
        between[between == 0] = -1
    return known


def _mean_unit(evidence: Evidence, compound: bool) -> np.ndarray:
    """What the notes in beats of one kind say of the lower figure, on the whole."""
    kinds = [k for k, (_, triple) in enumerate(heads.METERS) if triple == compound]
    share = np.exp(evidence.meter[:, kinds]).sum(axis=1) + 1e-6
    return np.average(evidence.unit, axis=0, weights=share)


def _find_bars(
    heard: _BeatEvidence, triple: np.ndarray, meter: TimeSignature | None, known: np.ndarray
) -> _Meter:
    """Bars over the beats, by Viterbi over all meters (or the given one)."""
    tapped = {int(n) for n in np.diff(np.flatnonzero(known == 1)) if n <= LONGEST_TAPPED_BAR}
    meters = METERS | {(n, False): TAPPED_METER_PRIOR for n in tapped if (n, False) not in METERS}
    slip = SLIP_PROBABILITY
    if meter:
        meters = {_felt(meter): 1.0}
        slip = GIVEN_SLIP_PROBABILITY if known.any() else 0.0
    path = _best_path(heard, triple, known, meters, slip)
    return _Meter(
        index=np.array([i for _, i in path.states]),
        beats=np.array([m[0] for m, _ in path.states]),
        compound=np.array([m[1] for m, _ in path.states]),
        log_likelihood=path.log_likelihood,
    )


def _best_path(
    heard: _BeatEvidence,
    triple: np.ndarray,
    known: np.ndarray,
    meters: dict[tuple[int, bool], float],
    slip: float,
) -> _Path:
    states = [(m, i) for m in meters for i in range(m[0])]
    model = HiddenMarkovModel(
        _bar_transitions(states, meters, slip),
        _BarObservation(states, heard, triple, known),
        np.array([meters[m] / m[0] for m, _ in states]) / sum(meters.values()),
    )
    path, log_likelihood = model.viterbi(np.arange(len(known))[:, None])
    return _Path([states[s] for s in path], float(log_likelihood))


def _weigh(
    heard: _BeatEvidence, triple: np.ndarray, known: np.ndarray, found: _Meter
) -> Hypotheses:
    """How likely it is that all bars are of another meter, and that all barlines stand later."""
    kinds = list(zip(found.beats.tolist(), found.compound.tolist(), strict=True))
    main = found.main
    scale = TRUST / max(len(kinds), ENOUGH)
    log_likelihood: dict[str, float] = {}
    for kind, common in {main: TAPPED_METER_PRIOR, **METERS}.items():
        path = _best_path(heard, triple, known, {kind: common}, SLIP_PROBABILITY)
        best = path.log_likelihood + np.log(common / sum(METERS.values()))
        figures = _beat_type_log_likelihoods(kind[1], heard.unit[kind[1]])
        for figure, odds in figures.items():
            name = f"{kind[0] * (3 if kind[1] else 1)}/{figure}"
            written = found.log_likelihood if kind == main else min(best, found.log_likelihood)
            likely = scale * (written - found.log_likelihood) + odds - max(figures.values())
            # 3/4 may be felt in one
            log_likelihood[name] = max(log_likelihood.get(name, -np.inf), likely)
    states = [(main, i) for i in range(main[0])]
    table = _BarObservation(states, heard, triple, known).table
    own = np.flatnonzero([kind == main for kind in kinds])
    moved = {
        later: float(table[own, (found.index[own] - later) % main[0]].sum())
        for later in range(main[0])
    }
    shifts = {later: scale * min(total - moved[0], 0.0) for later, total in moved.items()}
    return Hypotheses({}, shares(log_likelihood), shares(shifts))


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
                follows[states.index((m, 0))] = METER_CHANGE_PROBABILITY * p / sum(others.values())
            follows[a - i] = 1 - sum(follows.values())
        for b, p in follows.items():
            to.append(b)
            come_from.append(a)
            probability.append(p)
    return TransitionModel.from_dense(to, come_from, probability)


class _BarObservation(ObservationModel):  # type: ignore[misc] # madmom_infer ships no types
    """What is heard and known of each beat; observations are rows of one number, the beat.

    What is known of a beat is whether it is a downbeat (1, -1) or not known (0).
    """

    def __init__(
        self,
        states: Sequence[_BarState],
        heard: _BeatEvidence,
        triple: np.ndarray,
        known: np.ndarray,
    ) -> None:
        super().__init__(np.arange(len(states), dtype=np.uint32))
        first = np.array([float(i == 0) for _, i in states])
        half = [HALF_BAR_SHARE if (m, i) == (FOUR_SIMPLE_BEATS, 2) else 0.0 for m, i in states]
        odds = np.where(known, CERTAIN_LOG_ODDS * known, DOWNBEAT_WEIGHT * heard.downbeat)[:, None]
        down = np.where(known[:, None], first, np.maximum(first, half))
        kinds = {meter: k for k, meter in enumerate(heads.METERS)}
        kind = [kinds.get(meter, len(kinds)) for meter, _ in states]
        index = [min(i, heard.index.shape[1] - 1) for _, i in states]
        with np.errstate(divide="ignore"):
            self.table = np.logaddexp(
                np.log(down) - np.logaddexp(0, -odds), np.log(1 - down) - np.logaddexp(0, odds)
            )
        self.table += INDEX_WEIGHT * np.stack(
            [
                _bar_log_probabilities(heard.index, i, i - 2, m == FOUR_SIMPLE_BEATS)
                for i, (m, _) in zip(index, states, strict=True)
            ],
            axis=1,
        )
        self.table += METER_WEIGHT * np.stack(
            [
                _bar_log_probabilities(heard.meter, k, 0, m == FOUR_SIMPLE_BEATS)
                for k, (m, _) in zip(kind, states, strict=True)
            ],
            axis=1,
        )
        bars = heard.bars
        sign = np.where(first, 1.0, -1.0)
        self.table -= BAR_DOWNBEAT_WEIGHT * np.logaddexp(0, -sign * bars.downbeat[:, None])
        positions = {position: k for k, position in enumerate(heads.BAR_POSITIONS)}
        self.table += BAR_POSITION_WEIGHT * np.stack(
            [
                _bar_log_probabilities(
                    bars.place, k, positions.get((0, i % 2), -1), m == FOUR_SIMPLE_BEATS
                )
                for k, (m, i) in (
                    (positions.get((kinds.get(m, -1), i), len(positions)), (m, i))
                    for m, i in states
                )
            ],
            axis=1,
        )
        in_three = np.array([TRIPLE_IN_COMPOUND if m[1] else TRIPLE_IN_SIMPLE for m, _ in states])
        self.table += np.log(np.where(triple[:, None], in_three, 1 - in_three))
        if heard.chosen:
            kind_chosen, place = heard.chosen
            same = np.array([m == kind_chosen for m, _ in states])
            self.table += CHOSEN_GAIN * (same & (place[:, None] == [i for _, i in states]))

    def log_densities(self, observations: np.ndarray) -> np.ndarray:
        rows: Floats = self.table[observations[:, 0]]
        return rows


def _bar_log_probabilities(rows: Floats, own: int, alike: int, in_four: bool) -> Floats:
    """Log probabilities of a class; what sounds like a bar of two may be half a bar of four."""
    if not in_four or alike < 0:
        return rows[:, own]
    either: Floats = np.logaddexp(rows[:, own], np.log(TWO_AS_FOUR_SHARE) + rows[:, alike])
    return either


def _lay_out(
    pulse: Pulse,
    meter: _Meter,
    heard: tuple[np.ndarray, np.ndarray],
    given: TimeSignature | None,
) -> Grid:
    """The grid in quarter notes; `heard`: which note value the beat is (`_BeatEvidence.unit`)."""
    quarters, bars = [Fraction(0)], []
    for start, stop in pairwise([0, *_barlines(meter), len(pulse.times)]):
        compound = bool(meter.compound[start])
        unit = _unit(compound, heard[compound], given)
        count, size = stop - start, int(meter.beats[start])
        if stop == len(pulse.times):
            count = max(count, size)  # the last bar is filled, and so is the only one
        if start > 0 or count > size:
            size = count  # where the pulse lost or won a beat: a bar of its own meter
        bars.append(Bar(quarters[-1], count * unit, *_signature(size, unit, given)))
        quarters += [quarters[-1] + unit * (k + 1) for k in range(stop - start)]
    times = [*pulse.times, 2 * pulse.times[-1] - pulse.times[-2]]
    swing = STRAIGHT if any(bar.compound for bar in bars) else pulse.swing
    return Grid(tuple(float(t) for t in times), tuple(quarters), tuple(bars), swing)


def _unit(compound: bool, heard: np.ndarray, given: TimeSignature | None) -> Fraction:
    """The length of a felt beat in quarter notes."""
    if given:
        return Fraction(4 * (3 if _felt(given)[1] else 1), given.beat_type)
    odds = _beat_type_log_likelihoods(compound, heard)
    return Fraction(4 * (3 if compound else 1), max(odds, key=lambda figure: odds[figure]))


def _beat_type_log_likelihoods(compound: bool, heard: np.ndarray) -> dict[int, float]:
    """Log likelihoods of the lower figures of the time signature."""
    lower = COMPOUND_BEAT_TYPES if compound else SIMPLE_BEAT_TYPES
    return {
        figure: float(heard[figure.bit_length() - 2] + np.log(share))
        for figure, share in lower.items()
    }


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
