"""Where the beat is.

The pulse is followed by a bar-pointer model (Whiteley, Cemgil and Godsill, ISMIR 2006; state space
of Krebs, Böck and Widmer, ISMIR 2015): a hidden pointer moves through the beat at a tempo that may
change from beat to beat, and chords are expected where the beat starts and where it divides, in
two or in three. Each chord adds what it sounded like (`listen.Evidence`). The best way is found by
Viterbi.

Times are seconds, phases are shares of a beat, intervals are seconds per beat.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from madmom_infer.features.beats_hmm import BeatStateSpace
from madmom_infer.ml.hmm import HiddenMarkovModel, ObservationModel, TransitionModel

from engrave.grid import Pulse, Tap
from engrave.listen import Evidence
from engrave.performance import Performance, chord_starts
from engrave.score import TimeSignature

FRAMES = 40  # per second
FRAMES_OF_BEAT = (16, 100)  # a beat of a given tempo has at least and at most so many
WINDOW, OVERLAP = 3000, 400  # frames decoded at a time, and of them those decoded again
BLOCK = 50  # frames whose densities are computed at a time, few enough for the processor's cache
LONGEST_SILENCE = 4.0  # seconds; the middle of a longer one is not heard
CUT = 0.01  # seconds as which that middle is heard

SHORTEST_BEAT, LONGEST_BEAT, TEMPI = 0.25, 1.8, 32  # seconds, seconds, count
USUAL_BEAT = 0.62  # seconds, where nothing else is known
STEPS_IN_BEAT, BEAT_SPREAD = 4.2, 0.4  # a beat in median steps between chords; log deviation
SLOWEST_TRIPLE = 1.35  # seconds; what divides in three and is slower is no beat, but three
SLOWEST_TRIPLET = 0.75  # seconds; the same where bars of three beats are given
TEMPO_PULL = 0.1  # how far each single beat is drawn to the usual tempo
GIVEN_RANGE, GIVEN_TEMPI = 1.5, 16  # the same for a tempo that the user gave: ratio, count,
GIVEN_SPREAD, GIVEN_PULL = 0.08, 0.3  # deviation, pull
TEMPO_STIFFNESS = 20.0  # the cost of changing tempo, per unit of its logarithm
LEAD_IN, FADE_OUT = 0.3, 1.0  # seconds of listening before the first chord, after the last
EVIDENCE_WEIGHT = 1.8

# Chords expected in a beat: on it, and where it divides (relative amounts by phase).
ON_BEAT = 0.95
DUPLE = {1 / 2: 1.0, 1 / 4: 0.4, 3 / 4: 0.5, 1 / 8: 0.06, 3 / 8: 0.07, 5 / 8: 0.07, 7 / 8: 0.09}
TRIPLE = {1 / 3: 0.8, 2 / 3: 1.0, 1 / 6: 0.15, 1 / 2: 0.2, 5 / 6: 0.2}
ANYWHERE = 0.1  # share of chords that fall on no division
JITTER, RELATIVE_JITTER = 0.018, 0.02  # standard deviation: seconds, and share of the beat
TRIPLE_SHARE = 0.25  # of the pieces whose beats divide in three
DIVISION_CHANGE = 0.003  # probability that a beat divides otherwise than the one before
NEAR, RELATIVE_NEAR = 0.06, 0.04  # a chord so near marks a beat: seconds; share of the beat
CLOSEST = 0.05  # seconds between two beats
LATE = 0.35  # share of a beat by which the last chord may come late or early


def track_beats(
    performance: Performance,
    evidence: Evidence,
    meter: TimeSignature | None = None,
    tempo: float | None = None,
    taps: Sequence[Tap] = (),
) -> Pulse:
    """The beats of a performance; `meter`, `tempo` (felt beats a minute), `taps` are what is known.

    Tapped beats are taken as they are (drawn to chords nearby) and continued at both ends.
    """
    chords = _Chords.of(performance, evidence)
    if taps:
        clock = _Clock.of(chords.time, LONGEST_SILENCE)
        times = np.array(sorted({tap.time for tap in taps}))
        pulse = Pulse(times, _divides_in_three(times, chords))
    else:
        states = _BeatStates.around(tempo) if tempo else _BeatStates.usual(chords.time)
        clock = _Clock.of(chords.time, max(LONGEST_SILENCE, 2 * states.interval.max()))
        pulse = _follow_pulse(chords, clock, states)
        if not tempo:
            pulse = _split_slow(pulse, clock, _slowest_triple(meter))
        pulse = _end_on_beat(pulse, chords)
    return _cover(_snap(pulse, chords), performance, clock)


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


@dataclass(frozen=True, slots=True)
class _Clock:
    """Time as it is heard, without the middle of long silences: knots in seconds, both increasing.

    Heard time starts at 0 with the first chord. Before it and after the last one it runs evenly.
    """

    seconds: np.ndarray
    heard: np.ndarray

    @classmethod
    def of(cls, chords: np.ndarray, longest_silence: float) -> "_Clock":
        """The clock for chords at these times, and for silences of at most so many seconds."""
        half = longest_silence / 2
        seconds, heard = [chords[0]], [0.0]
        for before, after in pairwise(chords):
            if after - before > longest_silence + CUT:
                seconds += [before + half, after - half]
                heard += [heard[-1] + half, heard[-1] + half + CUT]
            heard.append(heard[-1] + (after - seconds[-1]))
            seconds.append(after)
        return cls(np.array(seconds), np.array(heard))

    def heard_at(self, seconds: np.ndarray) -> np.ndarray:
        return _through(seconds, self.seconds, self.heard)

    def seconds_at(self, heard: np.ndarray) -> np.ndarray:
        return _through(heard, self.heard, self.seconds)


def _through(x: np.ndarray, xs: np.ndarray, ys: np.ndarray) -> np.ndarray:
    """Piecewise linear through (xs, ys), and with slope 1 beyond both ends."""
    beyond = np.minimum(x - xs[0], 0) + np.maximum(x - xs[-1], 0)
    return np.interp(x, xs, ys) + beyond


class _BeatStates:
    """The states of the pulse: madmom's beat state space, once dividing in two, once in three."""

    def __init__(
        self,
        usual: float,
        spread: float,
        pull: float,
        limits: tuple[float, float],
        tempi: int,
        frames: int,
    ) -> None:
        """Beats of `usual` seconds, give or take (`spread`: deviation of the logarithm).

        `limits` are the shortest and the longest beat in seconds, `frames` those of one second.
        """
        shortest, longest = limits
        space = BeatStateSpace(shortest * frames, longest * frames, tempi)
        self.frames = frames
        self.size: int = space.num_states
        seconds, phase = space.state_intervals / frames, space.state_positions
        self.phase = np.tile(phase, 2)
        self.interval = np.tile(seconds, 2)
        first, last = space.first_states, space.last_states
        likely = -0.5 * (np.log(self.interval / usual) / spread) ** 2
        self.initial = np.exp(likely) / self.interval
        self.initial[self.size :] *= TRIPLE_SHARE / (1 - TRIPLE_SHARE)
        self.initial /= self.initial.sum()
        self.pull = np.zeros(2 * self.size)
        for start in (first, first + self.size):
            self.pull[start] = pull * likely[start]
        self.on_beat = np.tile(ON_BEAT * (_bump(0, phase, seconds) + _bump(1, phase, seconds)), 2)
        self.divisions = np.concatenate(
            [_division_shape(shares, phase, seconds) for shares in (DUPLE, TRIPLE)]
        )
        self.transitions = self._transitions(space, first, last)

    @classmethod
    def usual(cls, chords: np.ndarray) -> "_BeatStates":
        """All usual tempi, the likelier the better they suit the pace of chords at these times."""
        limits = (SHORTEST_BEAT, LONGEST_BEAT)
        beat = USUAL_BEAT
        if len(chords) > 1:
            beat = float(np.clip(STEPS_IN_BEAT * np.median(np.diff(chords)), *limits))
        return cls(beat, BEAT_SPREAD, TEMPO_PULL, limits, TEMPI, FRAMES)

    @classmethod
    def around(cls, tempo: float) -> "_BeatStates":
        """The tempi around a given one (felt beats a minute)."""
        beat = 60 / tempo
        limits = (beat / GIVEN_RANGE, beat * GIVEN_RANGE)
        fewest, most = FRAMES_OF_BEAT
        frames = round(min(max(FRAMES, fewest / beat), most / beat))
        return cls(beat, GIVEN_SPREAD, GIVEN_PULL, limits, GIVEN_TEMPI, frames)

    def _transitions(
        self, space: BeatStateSpace, first: np.ndarray, last: np.ndarray
    ) -> TransitionModel:
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

    def __init__(self, states: _BeatStates) -> None:
        super().__init__(np.arange(2 * states.size, dtype=np.uint32))
        self.states = states

    def log_densities(self, observations: np.ndarray) -> np.ndarray:
        density = np.empty((len(observations), 2 * self.states.size))
        for start in range(0, len(observations), BLOCK):
            block = slice(start, start + BLOCK)
            self._fill(density[block], observations[block])
        return density

    def _fill(self, density: np.ndarray, observations: np.ndarray) -> None:
        """Write the log densities of a few frames into `density`."""
        states = self.states
        between = observations[:, 3:] * states.interval
        between -= ON_BEAT
        np.maximum(between, 0.1, out=between)
        between *= states.divisions
        np.add(states.on_beat, between, out=density)
        density /= states.frames
        np.subtract(states.pull, density, out=density)
        heard = np.flatnonzero(observations[:, 0])
        on, off = observations[heard, 1:2], observations[heard, 2:3]
        density[heard] += np.log((on * states.on_beat + off * between[heard]) / states.frames)


def _bump(place: float, phase: np.ndarray, interval: np.ndarray) -> np.ndarray:
    """Density in time of a chord that is meant to fall on `place` (a phase)."""
    deviation = np.hypot(JITTER, RELATIVE_JITTER * interval)
    distance = (phase - place) * interval / deviation
    return np.exp(-0.5 * distance**2) / (deviation * np.sqrt(2 * np.pi))


def _division_shape(
    shares: dict[float, float], phase: np.ndarray, interval: np.ndarray
) -> np.ndarray:
    total = sum(shares.values())
    bumps = [share / total * _bump(place, phase, interval) for place, share in shares.items()]
    return (1 - ANYWHERE) * np.sum(bumps, axis=0) + ANYWHERE / interval


def _follow_pulse(chords: _Chords, clock: _Clock, states: _BeatStates) -> Pulse:
    """Beats between the first and the last chord, by Viterbi over frames."""
    path = _decode(states, _frames(chords, clock.heard_at(chords.time), states.frames))
    turns = np.flatnonzero(np.diff(states.phase[path]) < 0) + 1
    if len(turns) == 0:  # hardly more than one chord: that is the beat
        return Pulse(chords.time[:1], np.array([False]))
    times = clock.seconds_at(turns / states.frames - LEAD_IN)
    return Pulse(times, path[turns] >= states.size)


def _slowest_triple(meter: TimeSignature | None) -> float:
    """Seconds that a beat which divides in three may last in this meter."""
    if meter is None:
        return SLOWEST_TRIPLE
    if meter.compound:
        return np.inf
    return SLOWEST_TRIPLET if meter.beats % 3 == 0 else SLOWEST_TRIPLE


def _split_slow(pulse: Pulse, clock: _Clock, slowest: float) -> Pulse:
    """Slow beats that divide in three come as three beats: a waltz is not in 6/8."""
    heard = clock.heard_at(pulse.times)
    if len(heard) < 2 or np.median(np.diff(heard)) <= slowest or pulse.triple.mean() <= 0.5:
        return pulse
    thirds = np.interp(np.arange(3 * len(heard) - 2) / 3, np.arange(len(heard)), heard)
    return Pulse(clock.seconds_at(thirds), np.zeros(len(thirds), bool))


def _frames(chords: _Chords, heard: np.ndarray, frames: int) -> np.ndarray:
    """Observations for `_ChordObservation`, of chords that are heard at these times."""
    frame = np.round((heard + LEAD_IN) * frames).astype(int)
    rows = np.zeros((frame[-1] + round(FADE_OUT * frames), 4))
    for k in np.argsort(chords.on, kind="stable"):  # the strongest chord of a frame stays
        rows[frame[k], :3] = 1, chords.on[k], chords.off[k]
    reach = np.hanning(6 * frames + 1)
    middle = slice(3 * frames, 3 * frames + len(rows))
    near = np.convolve(rows[:, 0], reach)[middle]
    rows[:, 3] = (near / np.convolve(np.ones(len(rows)), reach)[middle] * frames).clip(0.5)
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


def _end_on_beat(pulse: Pulse, chords: _Chords) -> Pulse:
    """A piece ends on a beat, however late its last chord comes."""
    times, last = pulse.times, chords.time[-1]
    if len(times) < 3:
        return pulse
    k = int(np.argmin(np.abs(times - last)))
    step = times[k] - times[k - 1] if k else times[1] - times[0]
    struck = np.any(np.abs(chords.time[:-1] - times[k]) < NEAR)
    if struck or abs(times[k] - last) > LATE * step:
        return pulse
    return Pulse(np.append(times[:k], last), pulse.triple[: k + 1])


def _divides_in_three(times: np.ndarray, chords: _Chords) -> np.ndarray:
    """Whether the chords within each beat lie nearer to its thirds than to its quarters."""
    beat = np.searchsorted(times, chords.time, side="right") - 1
    inside = (beat >= 0) & (beat < len(times) - 1)
    beat = beat[inside]
    phase = (chords.time[inside] - times[beat]) / np.diff(times)[beat]
    thirds, quarters = (np.abs(phase * n - np.round(phase * n)) / n for n in (3, 4))
    return np.bincount(beat, quarters - thirds, minlength=len(times)) > 0


def _snap(pulse: Pulse, chords: _Chords) -> Pulse:
    """Each beat moves to the chord nearby that most sounds like one; beats stay apart."""
    kept: list[int] = []
    times = pulse.times.copy()
    near = np.maximum(NEAR, RELATIVE_NEAR * np.gradient(times)) if len(times) > 1 else NEAR
    starts = np.searchsorted(chords.time, times - near, side="right")
    stops = np.searchsorted(chords.time, times + near, side="left")
    for i, (start, stop) in enumerate(zip(starts, stops, strict=True)):
        if start < stop:
            around = chords.time[start:stop]
            fit = chords.beat[start:stop] - 5 * np.abs(around - times[i])
            times[i] = around[np.argmax(fit)]
        if not kept or times[i] - times[kept[-1]] > CLOSEST:
            kept.append(i)
    return Pulse(times[kept], pulse.triple[kept])


def _cover(pulse: Pulse, performance: Performance, clock: _Clock) -> Pulse:
    """The pulse from the beat of the first note to that of the last, evenly continued."""
    ends = np.array([performance.notes[0].onset, performance.notes[-1].onset])
    first, last = clock.heard_at(ends)
    beats = clock.heard_at(pulse.times)
    steps = np.diff(beats) if len(beats) > 1 else np.array([USUAL_BEAT])
    opening, closing = np.median(steps[:4]), np.median(steps[-4:])
    earlier = _evenly(
        beats[0], opening, first - 2 * opening, min(last + 2 * opening, beats[0] - opening / 2)
    )
    later = _evenly(
        beats[-1], closing, max(first - 2 * closing, beats[-1] + closing / 2), last + 2 * closing
    )
    heard = np.concatenate([earlier, beats, later])
    times = np.concatenate([clock.seconds_at(earlier), pulse.times, clock.seconds_at(later)])
    triple = np.pad(pulse.triple, (len(earlier), len(later)), mode="edge")
    begin = int(np.searchsorted(heard, first + 0.1 * opening)) - 1
    begin = min(max(begin, 0), len(heard) - 2)
    end = max(int(np.searchsorted(heard, last + 0.1 * closing)), begin + 2)
    return Pulse(times[begin:end], triple[begin:end])


def _evenly(anchor: float, step: float, start: float, stop: float) -> np.ndarray:
    """Times from `start` to `stop` that lie whole steps away from `anchor`."""
    first = start + (anchor - start) % step
    return first + step * np.arange(max(0, int((stop - first) // step) + 1))
