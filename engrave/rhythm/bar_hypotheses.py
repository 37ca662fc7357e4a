"""Complete hypotheses of a free performance: beats, bars and meter, and which of them is likeliest.

The pulse is followed at many tempi (`tempo_bank`), the reader of bars hears each of these pulses,
bars of one size are laid over it (`lasting_bars`), and each bar is divided into beats. Every
hypothesis is then weighed by what speaks for all of it at once, so that level, bar and meter are
chosen together and once for the piece.

Times are seconds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from engrave.listening import heads
from engrave.listening.bar_pass import listen_for_bars
from engrave.listening.evidence import BarEvidence, Evidence, probability
from engrave.music.grid import Pulse, interpolate
from engrave.music.performance import Performance, chord_starts
from engrave.rhythm.lasting_bars import LastingBars, lay_bars
from engrave.rhythm.levels import SPEEDS

# In how many beats a bar of so many pulses may be felt.
DIVISIONS = {2: (2,), 3: (3,), 4: (4, 2), 6: (2, 3), 8: (4, 2), 12: (4, 3), 16: (4,)}
SHORTEST_BAR, LONGEST_BAR = 0.5, 11.0  # seconds
SHORTEST_BEAT, LONGEST_BEAT = 0.15, 4.5
BROKEN = 0.6  # of its pulses, below which a bar that breaks off belongs to the one before it
FEWEST_BARS = 3
FEWEST_CHORDS_READ = 24  # of which a hypothesis can be chosen
NEAR = 0.06  # seconds within which a chord stands on a beat
UNHEARD = -3.0  # log odds of a downbeat where no chord is struck
USUAL_PULSE, USUAL_BEAT, USUAL_BAR = 0.4, 0.6, 2.0  # seconds from which logarithms are counted
USUAL_CHORDS = 3.0  # in a beat
ALIKE = 0.2  # of the logarithm of a beat, within which it is the same speed
RARE_DURATION = 1e-4  # probability that any duration of a beat has
# What speaks for a hypothesis, and how much: a conditional logit fitted to 156 performances of the
# training split of (n)ASAP with the free weights, which have not learned from them
# (`training/fit_bar_hypotheses.py`; docs/experiments.md says what it comes to on works left out).
WEIGHTS = {
    "bars agree": 3.5,
    "bars likely": 0.34,
    "downbeats agree": 4.14,
    "downbeats precise": 4.95,
    "beats agree": 1.08,
    "beats precise": 4.48,
    "pulse": -0.92,
    "beat": -0.28,
    "beat squared": 0.11,
    "bar": -0.12,
    "bar squared": 0.38,
    "duration": 0.02,
    "unsteady": -11.08,
    "level": 1.54,
    "in two": -0.55,
    "in three": -0.11,
    "compound": 1.22,
    "chords": -0.49,
    "chords squared": -0.79,
}


@dataclass(frozen=True, slots=True)
class BarsHypothesis:
    """Beats in seconds, which of them open a bar, and the bars: so many beats, simple or compound.

    `features` holds what speaks for it, in the order of `WEIGHTS`.
    """

    times: np.ndarray
    downbeat: np.ndarray
    beats: int
    compound: bool
    features: np.ndarray

    @property
    def beat(self) -> float:
        """How long a beat is (median)."""
        return float(np.median(np.diff(self.times)))

    @property
    def log_likelihood(self) -> float:
        """Log likelihood, up to a number that is the same for all hypotheses of a piece."""
        return float(self.features @ np.array(list(WEIGHTS.values())))


@dataclass(frozen=True, slots=True)
class _Heard:
    """The chords: seconds, log odds of a downbeat and of a beat, and how long the beat may be.

    `duration` holds the log probabilities of `heads.LOG_BEAT_SECONDS`, of the whole piece.
    """

    time: np.ndarray
    downbeat: np.ndarray
    onbeat: np.ndarray
    duration: np.ndarray

    @classmethod
    def of(cls, performance: Performance, evidence: Evidence) -> "_Heard":
        starts = np.array(chord_starts(performance.notes))
        size = np.diff(np.append(starts, len(performance.notes)))

        def mean(values: np.ndarray) -> np.ndarray:
            total: np.ndarray = np.add.reduceat(values, starts, axis=0)
            return (total.T / size).T

        return cls(
            np.array([performance.notes[i].onset for i in starts]),
            mean(evidence.downbeat),
            mean(evidence.onbeat),
            np.log(mean(np.exp(evidence.pace)).mean(axis=0) + RARE_DURATION),
        )

    def nearest(self, times: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The chord nearest to each of these times, and whether it stands there."""
        after = np.searchsorted(self.time, times).clip(1, max(len(self.time) - 1, 1))
        earlier = times - self.time[after - 1] < self.time[after] - times
        chord = np.where(earlier, after - 1, after)
        return chord, np.abs(self.time[chord] - times) < NEAR

    def agree(self, odds: np.ndarray, times: np.ndarray) -> tuple[float, float]:
        """How chords that are so likely to be meant agree with times: F-measure and precision."""
        share = probability(odds)
        chord, near = self.nearest(times)
        hits = float(share[np.unique(chord[near])].sum())
        return 2 * hits / (float(share.sum()) + len(times)), hits / len(times)


def bars_over_pulses(
    performance: Performance, evidence: Evidence, pulses: Sequence[Pulse]
) -> list[BarsHypothesis]:
    """All hypotheses of bars that last, over each of these pulses."""
    heard = _Heard.of(performance, evidence)
    hypotheses: list[BarsHypothesis] = []
    for pulse in pulses:
        bars = listen_for_bars(performance, pulse)
        chord, near = heard.nearest(pulse.times)
        downbeat = np.where(near, heard.downbeat[chord], UNHEARD)
        of_pulse = _describe_pulse(pulse, bars)
        for lasting in lay_bars(bars, downbeat):
            if not _possible(pulse, lasting):
                continue
            of_bars = of_pulse | _describe_bars(pulse, bars, lasting, heard)
            for beats in DIVISIONS[lasting.size]:
                hypothesis = _divide(pulse, lasting, beats, of_bars, heard)
                if hypothesis:
                    hypotheses.append(hypothesis)
    return hypotheses


def speeds_beside(
    best: BarsHypothesis, hypotheses: Sequence[BarsHypothesis]
) -> Mapping[float, float]:
    """The log likelihoods of beats at other speeds, so many times as fast as the best ones."""
    log_likelihood = {1.0: best.log_likelihood}
    for hypothesis in hypotheses:
        ratio = best.beat / hypothesis.beat
        speed = min(SPEEDS, key=lambda known: abs(np.log(known / ratio)))
        if abs(np.log(speed / ratio)) < ALIKE:
            log_likelihood[speed] = max(
                log_likelihood.get(speed, -np.inf), hypothesis.log_likelihood
            )
    return log_likelihood


def _possible(pulse: Pulse, lasting: LastingBars) -> bool:
    bar = lasting.size * float(np.median(np.diff(pulse.times)))
    return SHORTEST_BAR < bar < LONGEST_BAR and int((lasting.index == 0).sum()) >= FEWEST_BARS


def _describe_pulse(pulse: Pulse, bars: BarEvidence) -> dict[str, float]:
    lengths = np.diff(pulse.times)
    return {
        "pulse": float(np.log(np.median(lengths) / USUAL_PULSE)),
        "unsteady": float(np.median(np.abs(np.diff(np.log(lengths))))),
        "level": float(np.exp(bars.level[:, 0]).mean()),
    }


def _describe_bars(
    pulse: Pulse, bars: BarEvidence, lasting: LastingBars, heard: _Heard
) -> dict[str, float]:
    opens = lasting.index == 0
    share = probability(bars.downbeat)
    agree, precise = heard.agree(heard.downbeat, pulse.times[opens])
    bar = float(np.log(lasting.size * np.median(np.diff(pulse.times)) / USUAL_BAR))
    return {
        "bars agree": float(2 * share[opens].sum() / (share.sum() + opens.sum())),
        "bars likely": lasting.likely,
        "downbeats agree": agree,
        "downbeats precise": precise,
        "bar": bar,
        "bar squared": bar**2,
    }


def _divide(
    pulse: Pulse,
    lasting: LastingBars,
    beats: int,
    of_bars: dict[str, float],
    heard: _Heard,
) -> BarsHypothesis | None:
    """The bars with so many beats each; None where these are too fast or slow to be felt."""
    times, downbeat = _beats_in_bars(pulse.times, lasting, beats)
    length = float(np.median(np.diff(times)))
    if not SHORTEST_BEAT < length < LONGEST_BEAT:
        return None
    parts = lasting.size // beats
    compound = parts % 3 == 0 if parts > 1 else bool(pulse.triple.mean() > 0.5)
    agree, precise = heard.agree(heard.onbeat, times)
    beat = float(np.log(length / USUAL_BEAT))
    chords = float(np.log(len(heard.time) / len(times) / USUAL_CHORDS))
    features = of_bars | {
        "beats agree": agree,
        "beats precise": precise,
        "beat": beat,
        "beat squared": beat**2,
        "duration": float(np.interp(np.log(length), heads.LOG_BEAT_SECONDS, heard.duration)),
        "in two": float(beats == 2),
        "in three": float(beats == 3),
        "compound": float(compound),
        "chords": chords,
        "chords squared": chords**2,
    }
    return BarsHypothesis(
        times, downbeat, beats, compound, np.array([features[name] for name in WEIGHTS])
    )


def _beats_in_bars(
    times: np.ndarray, lasting: LastingBars, beats: int
) -> tuple[np.ndarray, np.ndarray]:
    """So many beats from barline to barline, and which of them are downbeats.

    Before the first barline and after the last one beats go on to both ends of the pulse.
    """
    size, opens = lasting.size, _barlines(lasting)
    full = _full_bars(times, opens, size)
    step, lines = size // beats, size * np.arange(len(full) // size + 1)
    full = np.append(full, times[opens[-1] :])
    first, last = opens[0], len(full) - 1
    earlier = int(np.ceil(first / step - 1e-9))
    later = int(np.ceil((len(full) - lines[-1]) / step - 1e-9))
    whole = np.append(times[:first], full)
    number = np.arange(-earlier, lines[-1] // step + later)
    index = np.arange(first + last + 1, dtype=float)
    return interpolate(first + step * number, index, whole), number % beats == 0


def _full_bars(times: np.ndarray, opens: np.ndarray, size: int) -> np.ndarray:
    """The pulses from the first barline to the last, of which every bar has its number.

    Where the pulse won something the two shortest steps in a row become one, and where it lost
    something the longest one is halved: so the other pulses stay on their notes.
    """
    bars: list[np.ndarray] = [np.zeros(0)]
    for start, stop in pairwise(opens.tolist()):
        bar = times[start : stop + 1]
        wanted = size * max(1, round((stop - start) / size))
        while len(bar) > wanted + 1:
            bar = np.delete(bar, int(np.argmin(bar[2:] - bar[:-2])) + 1)
        while len(bar) < wanted + 1:
            k = int(np.argmax(np.diff(bar)))
            bar = np.insert(bar, k + 1, (bar[k] + bar[k + 1]) / 2)
        bars.append(bar[:-1])
    return np.concatenate(bars)


def _barlines(lasting: LastingBars) -> np.ndarray:
    """The pulses that open a bar, but for bars that break off at once."""
    kept: list[int] = []
    for pulse in np.flatnonzero(lasting.index == 0).tolist():
        if len(kept) < 2 or pulse - kept[-1] >= BROKEN * lasting.size:
            kept.append(pulse)
    return np.array(kept)
