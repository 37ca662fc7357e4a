"""Where the beat is, and which beats form a bar.

The pulse is followed by a bar-pointer model (Whiteley, Cemgil and Godsill, ISMIR 2006; state space
of Krebs, Böck and Widmer, ISMIR 2015): a hidden pointer moves through the beat at a tempo that may
change from beat to beat, and chords are expected where the beat starts and where it divides, in
two or in three. Each chord adds what it sounded like (`listen.Evidence`). A second, small model
runs over the beats that were found and groups them into bars. Both are decoded by Viterbi.

Times are seconds, phases are shares of a beat, intervals are seconds per beat.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import numpy as np
from madmom_infer.features.beats_hmm import BeatStateSpace
from madmom_infer.ml.hmm import HiddenMarkovModel, ObservationModel, TransitionModel

from engrave.grid import Bar, Grid
from engrave.listen import Evidence
from engrave.performance import Performance, chord_starts
from engrave.score import TimeSignature

FRAMES = 40  # per second
WINDOW, OVERLAP = 3000, 400  # frames decoded at a time, and of them those decoded again
LONGEST_SILENCE = 4.0  # seconds; longer ones are heard as this long

SHORTEST_BEAT, LONGEST_BEAT, TEMPI = 0.25, 1.8, 32  # seconds, seconds, count
USUAL_BEAT = 0.62  # seconds, where nothing else is known
STEPS_IN_BEAT, BEAT_SPREAD = 4.2, 0.4  # a beat in median steps between chords; log deviation
GIVEN_SPREAD = 0.08  # the same around a tempo that the user gave
TEMPO_STIFFNESS = 20.0  # the cost of changing tempo, per unit of its logarithm
TEMPO_PULL = 0.1  # how far each single beat is drawn to the usual tempo
EVIDENCE_WEIGHT = 1.8

# Chords expected in a beat: on it, and where it divides (relative amounts by phase).
ON_BEAT = 0.95
DUPLE = {1 / 2: 1.0, 1 / 4: 0.4, 3 / 4: 0.5, 1 / 8: 0.06, 3 / 8: 0.07, 5 / 8: 0.07, 7 / 8: 0.09}
TRIPLE = {1 / 3: 0.8, 2 / 3: 1.0, 1 / 6: 0.15, 1 / 2: 0.2, 5 / 6: 0.2}
ANYWHERE = 0.1  # share of chords that fall on no division
JITTER, RELATIVE_JITTER = 0.018, 0.02  # standard deviation: seconds, and share of the beat
DIVISION_CHANGE = 0.003  # probability that a beat divides otherwise than the one before
NEAR = 0.06  # seconds within which a chord is taken to mark a beat

# Bars: (beats, whether they divide in three) and how common each is.
METERS = {
    (2, False): 0.25,
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
CERTAIN = 14.0  # log odds of a downbeat that the user tapped
HALF_BAR = 0.5  # how much the middle of a bar of four resembles a downbeat
TRIPLE_IN_COMPOUND, TRIPLE_IN_SIMPLE = 0.85, 0.2  # share of beats heard as dividing in three


@dataclass(frozen=True, slots=True)
class Tap:
    """A beat that the user tapped, in seconds of the recording."""

    time: float
    downbeat: bool = False


@dataclass(frozen=True, slots=True)
class Pulse:
    """Beat times in seconds, and for each whether it divides in three."""

    times: np.ndarray
    triple: np.ndarray


@dataclass(frozen=True, slots=True)
class _Meter:
    """The bars as beats see them: index of each beat in its bar, size and division of that bar."""

    index: np.ndarray
    beats: np.ndarray
    compound: np.ndarray


def track_beats(
    performance: Performance,
    evidence: Evidence,
    tempo: float | None = None,
    taps: Sequence[Tap] = (),
) -> Pulse:
    """The beats of a performance; `tempo` (felt beats a minute) and `taps` are what is known.

    Tapped beats are taken as they are (drawn to chords nearby) and continued at both ends.
    """
    chords = _Chords.of(performance, evidence)
    if taps:
        times = np.array(sorted({tap.time for tap in taps}))
        pulse = Pulse(times, _divides_in_three(times, chords))
    else:
        pulse = _follow_pulse(chords, tempo)
    return _cover(_snap(pulse, chords), performance)


def group_beats(
    performance: Performance,
    pulse: Pulse,
    accents: np.ndarray,
    meter: TimeSignature | None = None,
    taps: Sequence[Tap] = (),
) -> Grid:
    """The grid: beats in bars. `accents` holds each beat's log odds of being a downbeat.

    `meter` and the downbeats among `taps` are what is known.
    """
    downbeats = [tap.time for tap in taps if tap.downbeat]
    bars = _find_bars(pulse, accents, meter, downbeats)
    onsets = np.array([performance.notes[i].onset for i in chord_starts(performance.notes)])
    return _lay_out(pulse, bars, onsets, meter)


@dataclass(frozen=True, slots=True)
class _Chords:
    """The chords that are heard: time, and the evidence as ratios of likelihoods."""

    time: np.ndarray
    beat: np.ndarray
    on: np.ndarray
    off: np.ndarray

    @classmethod
    def of(cls, performance: Performance, evidence: Evidence) -> "_Chords":
        starts = np.array(chord_starts(performance.notes))
        beat = evidence.beat[starts].clip(0.02, 0.98)
        return cls(
            time=np.array([performance.notes[i].onset for i in starts]),
            beat=beat,
            on=(beat / evidence.beat_share) ** EVIDENCE_WEIGHT,
            off=((1 - beat) / (1 - evidence.beat_share)) ** EVIDENCE_WEIGHT,

        )


class _BeatStates:
    """The states of the pulse: madmom's beat state space, once dividing in two, once in three."""

    def __init__(self, interval: float, spread: float):
        space = BeatStateSpace(SHORTEST_BEAT * FRAMES, LONGEST_BEAT * FRAMES, TEMPI)
        self.size = space.num_states
        seconds, phase = space.state_intervals / FRAMES, space.state_positions
        self.phase = np.tile(phase, 2)
        self.interval = np.tile(seconds, 2)
        first, last = space.first_states, space.last_states
        usual = -0.5 * (np.log(self.interval / interval) / spread) ** 2
        self.initial = np.exp(usual) / self.interval
        self.initial /= self.initial.sum()
        self.pull = np.zeros(2 * self.size)
        pull = TEMPO_PULL if spread == BEAT_SPREAD else 1.0
        for start in (first, first + self.size):
            self.pull[start] = pull * usual[start]
        self.on_beat = np.tile(ON_BEAT * (_bump(0, phase, seconds) + _bump(1, phase, seconds)), 2)
        self.divisions = np.concatenate(
            [_division_shape(shares, phase, seconds) for shares in (DUPLE, TRIPLE)]
        )
        self.transitions = self._transitions(space, first, last)

    def _transitions(self, space, first, last) -> TransitionModel:
        """Within the beat the pointer moves on; at its end tempo and division may change."""
        change = np.abs(
            np.log(space.state_intervals[first][None] / space.state_intervals[last][:, None])
        )
        tempo = np.exp(-TEMPO_STIFFNESS * change)
        tempo[tempo < 1e-5] = 0
        tempo /= tempo.sum(axis=1, keepdims=True)
        before, after = np.nonzero(tempo)
        inner = np.setdiff1d(np.arange(self.size), first)
        to, come_from, probability = [], [], []
        for a in (0, self.size):
            to.append(inner + a)
            come_from.append(inner - 1 + a)
            probability.append(np.ones(len(inner)))
            for b in (0, self.size):
                to.append(first[after] + b)
                come_from.append(last[before] + a)
                stays = 1 - DIVISION_CHANGE if a == b else DIVISION_CHANGE
                probability.append(stays * tempo[before, after])
        return TransitionModel.from_dense(
            np.concatenate(to), np.concatenate(come_from), np.concatenate(probability)
        )


class _ChordObservation(ObservationModel):
    """Chords as a Poisson process whose rate depends on the pointer's place in the beat.

    Observations are rows of (chord here?, its ratio on the beat, off the beat, chords a second
    hereabouts).
    """

    def __init__(self, states: _BeatStates):
        super().__init__(np.arange(2 * states.size, dtype=np.uint32))
        self.states = states

    def log_densities(self, observations: np.ndarray) -> np.ndarray:
        states = self.states
        expected = np.maximum(observations[:, 3:] * states.interval - ON_BEAT, 0.1)
        between = expected * states.divisions
        density = states.pull - (states.on_beat + between) / FRAMES
        heard = np.flatnonzero(observations[:, 0])
        on, off = observations[heard, 1:2], observations[heard, 2:3]
        density[heard] += np.log((on * states.on_beat + off * between[heard]) / FRAMES)
        return density


def _bump(place: float, phase: np.ndarray, interval: np.ndarray) -> np.ndarray:
    """Density in time of a chord that is meant to fall on `place` (a phase)."""
    deviation = np.hypot(JITTER, RELATIVE_JITTER * interval)
    distance = (phase - place) * interval / deviation
    return np.exp(-0.5 * distance**2) / (deviation * np.sqrt(2 * np.pi))


def _division_shape(shares: dict[float, float], phase, interval) -> np.ndarray:
    total = sum(shares.values())
    shape = sum(share / total * _bump(place, phase, interval) for place, share in shares.items())
    return (1 - ANYWHERE) * shape + ANYWHERE / interval


def _follow_pulse(chords: _Chords, tempo: float | None) -> Pulse:
    """Beats between the first and the last chord, by Viterbi over frames."""
    steps = np.minimum(np.diff(chords.time), LONGEST_SILENCE)
    usual = STEPS_IN_BEAT * float(np.median(steps)) if len(steps) else USUAL_BEAT
    interval, spread = (60 / tempo, GIVEN_SPREAD) if tempo else (usual, BEAT_SPREAD)
    states = _BeatStates(float(np.clip(interval, SHORTEST_BEAT, LONGEST_BEAT)), spread)
    heard = np.concatenate([[0], np.cumsum(steps)])
    path = _decode(states, _frames(chords, heard))
    turns = np.flatnonzero(np.diff(states.phase[path]) < 0) + 1
    ends = np.array([heard[0] - 1.0, heard[-1] + 1.0])  # time runs evenly before and after
    times = np.interp(
        turns / FRAMES - 0.3,
        np.concatenate([ends[:1], heard, ends[1:]]),
        np.concatenate([[chords.time[0] - 1.0], chords.time, [chords.time[-1] + 1.0]]),
    )
    if len(times) < 2:
        times = chords.time[0] + interval * np.arange(2)
        turns = np.zeros(2, int)
    return Pulse(times, path[turns] >= states.size)


def _frames(chords: _Chords, heard: np.ndarray) -> np.ndarray:
    """Observations for `_ChordObservation`, from 0.3 s before the first chord on."""
    frame = np.round((heard + 0.3) * FRAMES).astype(int)
    rows = np.zeros((frame[-1] + FRAMES, 4))
    for k in np.argsort(chords.on, kind="stable"):  # the strongest chord of a frame stays
        rows[frame[k], :3] = 1, chords.on[k], chords.off[k]
    reach = np.hanning(6 * FRAMES + 1)
    middle = slice(3 * FRAMES, 3 * FRAMES + len(rows))
    near = np.convolve(rows[:, 0], reach)[middle]
    rows[:, 3] = (near / np.convolve(np.ones(len(rows)), reach)[middle] * FRAMES).clip(0.5)
    return rows


def _decode(states: _BeatStates, rows: np.ndarray) -> np.ndarray:
    """The best path, window by window; each goes on from the state where the last was cut."""
    observation, initial = _ChordObservation(states), states.initial
    path, start = [], 0
    while start + WINDOW < len(rows):
        model = HiddenMarkovModel(states.transitions, observation, initial)
        part = model.viterbi(rows[start : start + WINDOW])[0]
        kept = WINDOW - OVERLAP
        path.append(part[:kept])
        # Viterbi takes a first step from `initial` before it looks at the first row.
        initial = np.full(2 * states.size, 1e-12)
        initial[part[kept - 1]] = 1
        initial /= initial.sum()
        start += kept
    model = HiddenMarkovModel(states.transitions, observation, initial)
    path.append(model.viterbi(rows[start:])[0])
    return np.concatenate(path).astype(int)


def _divides_in_three(times: np.ndarray, chords: _Chords) -> np.ndarray:
    """Whether the chords within each beat lie nearer to its thirds than to its quarters."""
    beat = np.searchsorted(times, chords.time, side="right") - 1
    inside = (beat >= 0) & (beat < len(times) - 1)
    beat = beat[inside]
    phase = (chords.time[inside] - times[beat]) / np.diff(times)[beat]
    thirds, quarters = (np.abs(phase * n - np.round(phase * n)) / n for n in (3, 4))
    return np.bincount(beat, quarters - thirds, minlength=len(times)) > 0


def _snap(pulse: Pulse, chords: _Chords) -> Pulse:
    """Each beat moves to the chord nearby that most sounds like one."""
    times = pulse.times.copy()
    for i, time in enumerate(times):
        near = np.flatnonzero(np.abs(chords.time - time) < NEAR)
        if len(near):
            fit = chords.beat[near] - 5 * np.abs(chords.time[near] - time)
            times[i] = chords.time[near[np.argmax(fit)]]
    keep = np.concatenate([[True], np.diff(times) > 0.05])
    return Pulse(times[keep], pulse.triple[keep])


def _cover(pulse: Pulse, performance: Performance) -> Pulse:
    """The pulse from the beat of the first note to that of the last, evenly continued."""
    first, last = performance.notes[0].onset, performance.notes[-1].onset
    times = pulse.times
    if len(times) == 1:
        times = np.array([times[0], times[0] + USUAL_BEAT])
    opening, closing = np.median(np.diff(times)[:4]), np.median(np.diff(times)[-4:])
    before = max(0, int(np.ceil((times[0] - first) / opening - 0.1)))
    after = max(0, int(np.floor((last - times[-1]) / closing + 0.1)))
    times = np.concatenate(
        [
            times[0] - opening * np.arange(before, 0, -1),
            times,
            times[-1] + closing * np.arange(1, after + 1),
        ]
    )
    triple = np.pad(pulse.triple, (before, len(times) - before - len(pulse.triple)), mode="edge")
    begin = int(np.searchsorted(times, first + 0.1 * opening)) - 1
    begin = min(max(begin, 0), len(times) - 2)
    end = max(int(np.searchsorted(times, last + 0.1 * closing)), begin + 2)
    return Pulse(times[begin:end], triple[begin:end])


def _find_bars(
    pulse: Pulse, accents: np.ndarray, meter: TimeSignature | None, downbeats: Sequence[float]
) -> _Meter:
    """Bars over the beats, by Viterbi over all meters (or the given one)."""
    meters = {_felt(meter): 1.0} if meter else METERS
    states = [(m, i) for m in meters for i in range(m[0])]
    model = HiddenMarkovModel(
        _bar_transitions(states, meters),
        _BarObservation(states),
        np.array([meters[m] / m[0] for m, _ in states]) / sum(meters.values()),
    )
    odds = accents.copy()
    for time in downbeats:
        odds[np.argmin(np.abs(pulse.times - time))] = CERTAIN
    path = [states[s] for s in model.viterbi(np.stack([odds, pulse.triple], axis=1))[0]]
    return _Meter(
        index=np.array([i for _, i in path]),
        beats=np.array([m[0] for m, _ in path]),
        compound=np.array([m[1] for m, _ in path]),
    )


def _felt(meter: TimeSignature) -> tuple[int, bool]:
    """How many beats a bar of this meter is felt in, and whether they divide in three."""
    if meter.beat_type >= 8 and meter.beats % 3 == 0:
        return meter.beats // 3, True
    return meter.beats, False


def _bar_transitions(states, meters) -> TransitionModel:
    """Beats follow each other; after the last of a bar comes a first, rarely of another meter."""
    to, come_from, probability = [], [], []
    for a, (meter, i) in enumerate(states):
        follows: dict[int, float] = {}
        if i + 1 < meter[0]:
            follows[a + 1] = 1 - SLIP
            follows[a - i] = SLIP
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
    """Rows of (log odds of a downbeat, whether the beat divides in three)."""

    def __init__(self, states):
        super().__init__(np.arange(len(states), dtype=np.uint32))
        self.down = np.array(
            [1.0 if i == 0 else HALF_BAR if (m[0], i) == (4, 2) else 0.0 for m, i in states]
        )
        self.triple = np.array(
            [TRIPLE_IN_COMPOUND if m[1] else TRIPLE_IN_SIMPLE for m, _ in states]
        )

    def log_densities(self, observations: np.ndarray) -> np.ndarray:
        odds, triple = observations.T[:, :, None]
        down = 1 / (1 + np.exp(-odds.clip(-30, 30)))
        share = DOWNBEAT_SHARE
        accent = self.down * down / share + (1 - self.down) * (1 - down) / (1 - share)
        division = np.where(triple, self.triple, 1 - self.triple)
        return np.log(accent) + np.log(division)


def _lay_out(
    pulse: Pulse, meter: _Meter, onsets: np.ndarray, given: TimeSignature | None
) -> Grid:
    """The grid in quarter notes: a beat is a quarter, or a dotted quarter, or what was given."""
    if given:
        unit = Fraction(4 * (3 if _felt(given)[1] else 1), given.beat_type)
        lengths = [unit] * len(pulse.times)
    else:
        half = _felt_in_halves(pulse, onsets)
        lengths = [
            Fraction(3, 2) if compound else Fraction(2 if half else 1)
            for compound in meter.compound
        ]
    quarters = [Fraction(0)]
    for length in lengths:
        quarters.append(quarters[-1] + length)
    bars = []
    for start, stop in pairwise([0, *_barlines(meter), len(lengths)]):
        size = int(meter.beats[start])
        complete = stop - start == size
        if not complete and 0 < start and stop < len(lengths):
            size = stop - start  # the pulse lost or won a beat here: a bar of its own meter
        elif stop == len(lengths) and not (start == 0 and meter.index[0]):
            stop = start + size
        length = lengths[start] * (stop - start)
        bars.append(Bar(quarters[start], length, *_signature(size, lengths[start], given)))
    times = list(pulse.times) + [2 * pulse.times[-1] - pulse.times[-2]]
    return Grid(tuple(float(t) for t in times), tuple(quarters), tuple(bars))


def _barlines(meter: _Meter) -> list[int]:
    """The beats that open a bar, after the first; one beat too many is added to its bar."""
    opens = [k for k in range(1, len(meter.index)) if meter.index[k] == 0]
    return [a for a, b in pairwise([*opens, None]) if b != a + 1 or meter.beats[a] == 1]


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
