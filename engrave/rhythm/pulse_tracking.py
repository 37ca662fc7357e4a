"""Following the pulse from chord to chord, at the speed at which the chords have a beat in mind.

The most likely way of the pulse through all chords is found by `beat_pointer`; here it becomes
times, is drawn to the chords nearby, and is continued to both ends.

Times are seconds, phases are shares of a beat, intervals are seconds per beat.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import numpy as np

from engrave.listening import heads
from engrave.listening.evidence import Evidence, probability
from engrave.music.arrays import Floats
from engrave.music.grid import Pulse, Tap
from engrave.music.performance import Performance, chord_starts
from engrave.music.values import TimeSignature
from engrave.rhythm.beat_pointer import (
    POSITIONS_PER_BEAT,
    TempoGrid,
    beat_likelihoods,
    follow_beat_pointer,
)

LONGEST_SILENCE = 4.0  # seconds; the middle of a longer one is not heard
WARPED_SILENCE = 0.01  # seconds as which that middle is heard
SHORTEST_BEAT, LONGEST_BEAT, TEMPO_COUNT = 0.2, 2.6, 48  # seconds, seconds, count
USUAL_BEAT = 0.62  # seconds, where nothing else is known
GIVEN_RANGE, GIVEN_TEMPO_COUNT = 1.5, 16  # around a tempo that the user gave: ratio, count,
GIVEN_SPREAD = 0.08  # and deviation of the logarithm of a beat
# The beat that a chord has in mind may be another one than that of the piece: so many times as
# long, and how likely.
METRICAL_LEVELS = {Fraction(1): 1.0, Fraction(2): 0.04, Fraction(3): 0.02}
METRICAL_LEVELS |= {Fraction(1, 2): 0.04, Fraction(1, 3): 0.02}
# The same where the user gave the tempo: what the chords had in mind may well be wrong then.
GIVEN_METRICAL_LEVELS = {
    Fraction(1): 1.0,
    Fraction(2): 0.08,
    Fraction(3): 0.05,
    Fraction(3, 2): 0.05,
}
GIVEN_METRICAL_LEVELS |= {Fraction(1, 2): 0.08, Fraction(1, 3): 0.05, Fraction(2, 3): 0.025}
GIVEN_METRICAL_LEVELS |= {Fraction(4): 0.05, Fraction(1, 4): 0.05}
# The pulse is followed through bars of so many beats; what sounds like two is mostly half of four.
BAR_SIZES = (2, 3, 4)
TWO_BEAT_PENALTY = 0.2  # log likelihood by which each chord must sound better in bars of two
# Places beside a barline at which a chord opens the bar, and at which nothing is gained by
# standing beside it.
WIDTH_OF_BARLINE, BESIDE_BARLINE = 1, 5
# log likelihood of a chord that leaves the way that is taken by more than that
OFF_PATH_LOG_LIKELIHOOD = -30.0
INDEX_WEIGHT, METER_WEIGHT = 0.15, 0.1  # of what the reader says, where its downbeat counts 1
SLOWEST_TRIPLET = 0.75  # seconds; a slower beat that divides in three is three beats of a given 3/4
SNAP_SECONDS, SNAP_SHARE = 0.06, 0.04  # a chord so near marks a beat: seconds; share of the beat
CLOSEST_BEATS = 0.05  # seconds between two beats
LATEST_LAST_CHORD = 0.35  # share of a beat by which the last chord may come late or early


def track_beats_as_heard(
    performance: Performance,
    evidence: Evidence,
    meter: TimeSignature | None = None,
    tempo: float | None = None,
    taps: Sequence[Tap] = (),
) -> Pulse:
    """The beats at the speed at which the chords have one in mind.

    `meter`, `tempo` (felt beats a minute) and `taps` are what is known.
    """
    chords = Chords.of(performance, evidence)
    if taps:
        silence_warp = SilenceWarp.of(chords.time, LONGEST_SILENCE)
        times = np.array(sorted({tap.time for tap in taps}))
        pulse = Pulse(times, divides_in_three(times, chords))
    else:
        tempi = _tempi_around(tempo) if tempo else _usual_tempi()
        silence_warp = SilenceWarp.of(chords.time, max(LONGEST_SILENCE, 2 * tempi.seconds.max()))
        pulse = _beats_through(chords, silence_warp, tempi)
        if meter and not meter.compound and meter.beats % 3 == 0 and not tempo:
            pulse = _split_slow_triple(pulse, silence_warp)
        pulse = _end_on_beat(pulse, chords)
    return extend_to_all_notes(snap(pulse, chords), performance, silence_warp)


@dataclass(frozen=True, slots=True)
class Chords:
    """The chords that are heard: time, log odds of being on a beat, and what they say of it.

    `phase` and `pace` hold the probabilities of the classes of `heads`, a row a chord, `downbeat`
    the log odds of opening a bar, `index` and `meter` log probabilities.
    """

    time: np.ndarray
    onbeat: np.ndarray
    phase: np.ndarray
    pace: np.ndarray
    downbeat: np.ndarray
    index: np.ndarray
    meter: np.ndarray

    def in_bar(self, beats: int) -> np.ndarray:
        """What each says of the places of a bar of so many beats: log likelihoods for the pulse."""
        position = np.arange(beats * POSITIONS_PER_BEAT)
        away = np.minimum(position, len(position) - position)
        sign = np.where(away <= WIDTH_OF_BARLINE, 1, -1) * self.downbeat[:, None]
        sign = np.where((away > WIDTH_OF_BARLINE) & (away <= BESIDE_BARLINE), -np.abs(sign), sign)
        kinds = [k for k, (count, _) in enumerate(heads.METERS) if count == beats]
        said: np.ndarray = -np.logaddexp(0, -sign)
        index = np.repeat(self.index[:, :beats], POSITIONS_PER_BEAT, axis=1)
        said += INDEX_WEIGHT * np.maximum(index, np.roll(index, -BESIDE_BARLINE, axis=1))
        said += METER_WEIGHT * np.logaddexp.reduce(self.meter[:, kinds], axis=1)[:, None]
        return said

    @classmethod
    def of(cls, performance: Performance, evidence: Evidence) -> "Chords":
        """The chords of a performance: of each what its notes say on average."""
        starts = np.array(chord_starts(performance.notes))
        size = np.diff(np.append(starts, len(performance.notes)))

        def mean(values: np.ndarray) -> np.ndarray:
            total: np.ndarray = np.add.reduceat(values, starts, axis=0)
            return (total.T / size).T

        return cls(
            time=np.array([performance.notes[i].onset for i in starts]),
            onbeat=mean(evidence.onbeat),
            phase=_normal(np.exp(mean(evidence.phase))),
            pace=_normal(np.exp(mean(evidence.pace))),
            downbeat=mean(evidence.downbeat),
            index=mean(evidence.index),
            meter=mean(evidence.meter),
        )


def _normal(shares: Floats) -> Floats:
    normal: Floats = shares / shares.sum(axis=1, keepdims=True)
    return normal


@dataclass(frozen=True, slots=True)
class SilenceWarp:
    """Time as it is heard, without the middle of long silences: knots in seconds, both increasing.

    Heard time starts at 0 with the first chord. Before it and after the last one it runs evenly.
    """

    seconds: np.ndarray
    warped: np.ndarray

    @classmethod
    def of(cls, chords: np.ndarray, longest_silence: float) -> "SilenceWarp":
        """The clock for chords at these times, and for silences of at most so many seconds."""
        half = longest_silence / 2
        seconds, heard = [chords[0]], [0.0]
        for before, after in pairwise(chords):
            if after - before > longest_silence + WARPED_SILENCE:
                seconds += [before + half, after - half]
                heard += [heard[-1] + half, heard[-1] + half + WARPED_SILENCE]
            heard.append(heard[-1] + (after - seconds[-1]))
            seconds.append(after)
        return cls(np.array(seconds), np.array(heard))

    def warp(self, seconds: np.ndarray) -> np.ndarray:
        """Heard times of times in seconds."""
        return _interpolate(seconds, self.seconds, self.warped)

    def unwarp(self, heard: np.ndarray) -> np.ndarray:
        """Times in seconds of heard times."""
        return _interpolate(heard, self.warped, self.seconds)


def _interpolate(x: Floats, xs: Floats, ys: Floats) -> Floats:
    """Piecewise linear through (xs, ys), and with slope 1 beyond both ends."""
    beyond: Floats = np.minimum(x - xs[0], 0) + np.maximum(x - xs[-1], 0)
    return np.interp(x, xs, ys) + beyond


def _usual_tempi() -> TempoGrid:
    """All usual tempi; which of them it is the chords say."""
    return TempoGrid.between(SHORTEST_BEAT, LONGEST_BEAT, TEMPO_COUNT, METRICAL_LEVELS)


def _tempi_around(tempo: float) -> TempoGrid:
    """The tempi around a given one (felt beats a minute)."""
    beat = 60 / tempo

    def likely(log_seconds: Floats) -> Floats:
        return -0.5 * ((log_seconds - float(np.log(beat))) / GIVEN_SPREAD) ** 2

    return TempoGrid.between(
        beat / GIVEN_RANGE, beat * GIVEN_RANGE, GIVEN_TEMPO_COUNT, GIVEN_METRICAL_LEVELS, likely
    )


def _beats_through(chords: Chords, silence_warp: SilenceWarp, tempi: TempoGrid) -> Pulse:
    """Beats from the first chord to the last or the next after it; even between two chords."""
    path = _path_through(chords, silence_warp.warp(chords.time), tempi)
    return beats_at(path, chords, silence_warp)


def beats_at(position: np.ndarray, chords: Chords, silence_warp: SilenceWarp) -> Pulse:
    """The same for chords at these positions, counted in beats."""
    heard = silence_warp.warp(chords.time)
    moves = np.diff(position, prepend=-1) > 0
    beats = np.arange(np.ceil(position[0]), np.ceil(position[-1]) + 1)
    if position[-1] - position[0] < 1:  # hardly more than one chord: that is the beat
        return Pulse(chords.time[:1], np.array([False]))
    last_beat = heard[-1] - np.interp(position[-1] - 1, position, heard)
    positions = np.append(position[moves], position[-1] + 1)
    known = np.append(heard[moves], heard[-1] + last_beat)
    times = silence_warp.unwarp(np.interp(beats, positions, known))
    return Pulse(times, divides_in_three(times, chords))


def _path_through(chords: Chords, heard: np.ndarray, tempi: TempoGrid) -> np.ndarray:
    """The likeliest places of the chords, counted in beats: those with two, three or four a bar."""
    pulse = beat_likelihoods(chords.phase, chords.pace, tempi)
    paths = {
        beats: follow_beat_pointer(heard, pulse, tempi, chords.in_bar(beats)) for beats in BAR_SIZES
    }
    log_likelihood = {
        beats: path.log_likelihood - TWO_BEAT_PENALTY * len(heard) * (beats == 2)
        for beats, path in paths.items()
    }
    best = paths[max(BAR_SIZES, key=lambda beats: log_likelihood[beats])].position
    # Bars decide which way is taken, and what each chord says of its beat where on it the chord is.
    away = (
        np.arange(POSITIONS_PER_BEAT) - POSITIONS_PER_BEAT * best[:, None] + POSITIONS_PER_BEAT / 2
    ) % POSITIONS_PER_BEAT - POSITIONS_PER_BEAT / 2
    return follow_beat_pointer(
        heard, pulse, tempi, np.where(np.abs(away) > BESIDE_BARLINE, OFF_PATH_LOG_LIKELIHOOD, 0.0)
    ).position


def _split_slow_triple(pulse: Pulse, silence_warp: SilenceWarp) -> Pulse:
    """Slow beats that divide in three come as three beats: a waltz is not in 6/8."""
    heard = silence_warp.warp(pulse.times)
    if len(heard) < 2 or np.median(np.diff(heard)) <= SLOWEST_TRIPLET or pulse.triple.mean() <= 0.5:
        return pulse
    return split_beats(pulse, silence_warp, 3)


def split_beats(pulse: Pulse, silence_warp: SilenceWarp, parts: int) -> Pulse:
    """Each beat of a pulse divided into so many."""
    heard = silence_warp.warp(pulse.times)
    positions = np.arange(parts * (len(heard) - 1) + 1) / parts
    finer = np.interp(positions, np.arange(len(heard)), heard)
    return Pulse(silence_warp.unwarp(finer), np.zeros(len(finer), bool))


def _end_on_beat(pulse: Pulse, chords: Chords) -> Pulse:
    """A piece ends on a beat, however late its last chord comes."""
    times, last = pulse.times, chords.time[-1]
    if len(times) < 3:
        return pulse
    k = int(np.argmin(np.abs(times - last)))
    step = times[k] - times[k - 1] if k else times[1] - times[0]
    struck = np.any(np.abs(chords.time[:-1] - times[k]) < SNAP_SECONDS)
    if struck or abs(times[k] - last) > LATEST_LAST_CHORD * step:
        return pulse
    return Pulse(np.append(times[:k], last), pulse.triple[: k + 1])


def divides_in_three(times: np.ndarray, chords: Chords) -> np.ndarray:
    """Whether the chords within each beat lie nearer to its thirds than to its quarters."""
    beat = np.searchsorted(times, chords.time, side="right") - 1
    inside = (beat >= 0) & (beat < len(times) - 1)
    beat = beat[inside]
    phase = (chords.time[inside] - times[beat]) / np.diff(times)[beat]
    thirds, quarters = (np.abs(phase * n - np.round(phase * n)) / n for n in (3, 4))
    return np.bincount(beat, quarters - thirds, minlength=len(times)) > 0


def snap(pulse: Pulse, chords: Chords) -> Pulse:
    """Each beat moves to the chord nearby that most sounds like one; beats stay apart."""
    kept: list[int] = []
    times = pulse.times.copy()
    near = (
        np.maximum(SNAP_SECONDS, SNAP_SHARE * np.gradient(times))
        if len(times) > 1
        else SNAP_SECONDS
    )
    starts = np.searchsorted(chords.time, times - near, side="right")
    stops = np.searchsorted(chords.time, times + near, side="left")
    for i, (start, stop) in enumerate(zip(starts, stops, strict=True)):
        if start < stop:
            around = chords.time[start:stop]
            fit = probability(chords.onbeat[start:stop]) - 5 * np.abs(around - times[i])
            times[i] = around[np.argmax(fit)]
        if not kept or times[i] - times[kept[-1]] > CLOSEST_BEATS:
            kept.append(i)
    return Pulse(times[kept], pulse.triple[kept])


def extend_to_all_notes(pulse: Pulse, performance: Performance, silence_warp: SilenceWarp) -> Pulse:
    """The pulse from the beat of the first note to that of the last, evenly continued."""
    ends = np.array([performance.notes[0].onset, performance.notes[-1].onset])
    first, last = silence_warp.warp(ends)
    beats = silence_warp.warp(pulse.times)
    steps = np.diff(beats) if len(beats) > 1 else np.array([USUAL_BEAT])
    opening, closing = np.median(steps[:4]), np.median(steps[-4:])
    earlier = _evenly(
        beats[0], opening, first - 2 * opening, min(last + 2 * opening, beats[0] - opening / 2)
    )
    later = _evenly(
        beats[-1], closing, max(first - 2 * closing, beats[-1] + closing / 2), last + 2 * closing
    )
    heard = np.concatenate([earlier, beats, later])
    times = np.concatenate([silence_warp.unwarp(earlier), pulse.times, silence_warp.unwarp(later)])
    triple = np.pad(pulse.triple, (len(earlier), len(later)), mode="edge")
    begin = int(np.searchsorted(heard, first + 0.1 * opening)) - 1
    begin = min(max(begin, 0), len(heard) - 2)
    end = max(int(np.searchsorted(heard, last + 0.1 * closing)), begin + 2)
    return Pulse(times[begin:end], triple[begin:end])


def _evenly(anchor: float, step: float, start: float, stop: float) -> np.ndarray:
    """Times from `start` to `stop` that lie whole steps away from `anchor`."""
    first = start + (anchor - start) % step
    return first + step * np.arange(max(0, int((stop - first) // step) + 1))
