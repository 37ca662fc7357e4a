"""What each chord sounds like to a listener: does it ask to stand on a beat, on a downbeat?

Musicians mark the beat by what they do around it (Lerdahl and Jackendoff, *A Generative Theory of
Tonal Music*, 1983, metrical preference rules): fuller chords, lower basses, longer and louder
notes, changes of harmony, and a wait before and after. Each of these cues is measured for every
chord against its neighbourhood; a logistic function weighs them.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from engrave.performance import Performance, chord_starts

NEIGHBOURHOOD = 8  # chords on either side that a chord is compared with
HARMONY_WINDOW = 0.8  # seconds before and after a chord whose pitch classes are compared

# Weights of the cues for "on a beat" and "on a downbeat": for the chord itself, for the chord
# before it and for the one after it. Fitted by logistic regression to 270 piano performances
# aligned with their scores, each performance counting the same, and rounded.
BEAT_WEIGHTS: dict[str, tuple[float, float, float]] = {
    "wait after": (-0.16, 0.02, 0.11),
    "wait before": (-0.54, 0.08, 0.26),
    "fuller": (0.25, 0.05, 0.16),
    "lower": (0.43, 0.04, -0.56),
    "higher": (0.07, -0.05, -0.29),
    "louder": (0.13, 0.02, -0.17),
    "held": (0.66, -0.34, -0.32),
    "new bass": (0.22, -0.05, 0.18),
    "new harmony": (1.1, -0.04, -0.5),
}
BEAT_BIAS = -1.35

# The same for "this beat is a downbeat", each beat against its neighbourhood of beats.
DOWNBEAT_WEIGHTS: dict[str, tuple[float, float, float]] = {
    "lower": (0.11, -0.17, -0.28),
    "held": (0.41, -0.33, -0.24),
    "bass held": (0.11, -0.12, -0.13),
    "lower beat": (0.45, -0.24, -0.17),
    "new harmony": (0.89, -0.88, -1.3),
    "new harmony in two": (1.2, -0.63, -0.75),
}
DOWNBEAT_BIAS = -0.68
BEATS_AROUND = 3  # beats on either side that a beat is compared with


@dataclass(frozen=True, slots=True)
class Evidence:
    """For each played note, the probability (0-1) that it stands on a beat.

    The notes of one chord share their value. `beat_share` is the probability before anything was
    heard: the share of all chords that stand on a beat.
    """

    beat: np.ndarray
    beat_share: float = 0.32


def listen(performance: Performance) -> Evidence:
    """Evidence for each note of a performance (arrays of length `len(performance.notes)`)."""
    starts = np.array(chord_starts(performance.notes))
    sizes = np.diff(np.append(starts, len(performance.notes)))
    return Evidence(np.repeat(_probability(_cues(_Keys.of(performance), starts)), sizes))


def hear_accents(performance: Performance, beats: np.ndarray) -> np.ndarray:
    """For each beat (seconds, at least two) the log odds that it is a downbeat."""
    cues = _beat_cues(_Keys.of(performance), np.asarray(beats))
    return _odds(
        {name: cue - _around(cue, reach=BEATS_AROUND) for name, cue in cues.items()},
        DOWNBEAT_WEIGHTS,
        DOWNBEAT_BIAS,
    )


@dataclass(frozen=True, slots=True)
class _Keys:
    """The notes as arrays: onset and held length in seconds, pitch, velocity."""

    onset: np.ndarray
    held: np.ndarray
    pitch: np.ndarray
    velocity: np.ndarray

    @classmethod
    def of(cls, performance: Performance) -> "_Keys":
        rows = [(n.onset, n.release - n.onset, n.pitch, n.velocity) for n in performance.notes]
        return cls(*np.array(rows, float).T)


def _cues(keys: _Keys, starts: np.ndarray) -> dict[str, np.ndarray]:
    """The cues of each chord, by name; lengths and waits are logarithms of ratios."""
    time = keys.onset[starts]
    wait = np.diff(time, append=time[-1] + 1.0)
    size = np.diff(np.append(starts, len(keys.onset))).astype(float)
    lowest = np.minimum.reduceat(keys.pitch, starts)
    highest = np.maximum.reduceat(keys.pitch, starts)
    loudest = np.maximum.reduceat(keys.velocity, starts)
    longest = np.maximum.reduceat(keys.held, starts)
    pace = np.log(_around(wait, np.median).clip(0.02, 4))
    return {
        "wait after": np.log(wait.clip(0.02, 4)) - pace,
        "wait before": np.log(np.roll(wait, 1).clip(0.02, 4)) - pace,
        "fuller": size - _around(size),
        "lower": (_around(lowest) - lowest) / 12,
        "higher": (highest - _around(highest)) / 12,
        "louder": (loudest - _around(loudest)) / 10,
        "held": np.log(longest.clip(0.03, 6)) - pace,
        "new bass": np.log(_bass_wait(time, lowest).clip(0.05, 4)) - pace,
        "new harmony": _harmony_change(
            keys, time - HARMONY_WINDOW, time - 1e-9, time + HARMONY_WINDOW
        ),
    }


def _beat_cues(keys: _Keys, beats: np.ndarray) -> dict[str, np.ndarray]:
    """The cues of each beat, by name; a beat on which nothing is struck gets the average."""
    length = np.diff(beats, append=2 * beats[-1] - beats[-2])
    early = beats - 0.08 * length
    cues = np.full((4, len(beats)), np.nan)
    starts, late, ends = (
        np.searchsorted(keys.onset, time)
        for time in (early, beats + 0.12 * length, beats + 0.92 * length)
    )
    for i, (start, stop, end) in enumerate(zip(starts, late, ends, strict=True)):
        if stop > start:
            pitch, held = keys.pitch[start:stop], keys.held[start:stop]
            cues[0, i] = -pitch.min() / 12
            cues[1, i] = np.log((held.max() / length[i]).clip(0.1, 6))
            cues[2, i] = np.log((held[pitch.argmin()] / length[i]).clip(0.1, 6))
        if end > start:
            cues[3, i] = -keys.pitch[start:end].min() / 12
    known = ~np.isnan(cues)
    average = np.sum(cues, axis=1, where=known) / known.sum(axis=1).clip(1)
    cues = np.where(known, cues, average[:, None])
    one, two = (_shifted(early, k) for k in (1, 2))
    return {
        "lower": cues[0],
        "held": cues[1],
        "bass held": cues[2],
        "lower beat": cues[3],
        "new harmony": _harmony_change(keys, one[0], early, one[1]),
        "new harmony in two": _harmony_change(keys, two[0], early, two[1]),
    }


def _shifted(times: np.ndarray, beats: int) -> tuple[np.ndarray, np.ndarray]:
    """The times so many beats before and after each of `times`."""
    index = np.arange(len(times))
    step = np.diff(times, append=2 * times[-1] - times[-2])
    earlier = np.where(index >= beats, np.roll(times, beats), times - beats * step)
    later = np.where(index < len(times) - beats, np.roll(times, -beats), times + beats * step)
    return earlier, later


def _around(
    values: np.ndarray,
    average: Callable[..., np.ndarray] = np.mean,
    reach: int = NEIGHBOURHOOD,
) -> np.ndarray:
    """The average of each value and so many on either side of it."""
    padded = np.pad(values, reach, mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1)
    return average(windows, axis=1)


def _bass_wait(time: np.ndarray, lowest: np.ndarray) -> np.ndarray:
    """Seconds since something about as low sounded (at most 40 chords back)."""
    wait = np.full(len(time), 3.0)
    for i in range(len(time)):
        past = np.flatnonzero(lowest[max(0, i - 40) : i] <= lowest[i] + 2)
        if len(past):
            wait[i] = time[i] - time[max(0, i - 40) + past[-1]]
    return wait


def _harmony_change(
    keys: _Keys, start: np.ndarray, now: np.ndarray, stop: np.ndarray
) -> np.ndarray:
    """How much the pitch classes struck from `now` to `stop` differ from those before (0-1)."""
    classes = np.zeros((len(keys.onset) + 1, 12))
    weight = np.sqrt(keys.held.clip(0.05, 2))
    classes[np.arange(1, len(keys.onset) + 1), keys.pitch.astype(int) % 12] = weight
    heard = np.cumsum(classes, axis=0)
    first, middle, last = (np.searchsorted(keys.onset, time) for time in (start, now, stop))
    before, after = heard[middle] - heard[first], heard[last] - heard[middle]
    norms = np.linalg.norm(before, axis=1) * np.linalg.norm(after, axis=1)
    return 1 - np.sum(before * after, axis=1) / norms.clip(1e-9)


def _odds(
    cues: dict[str, np.ndarray], weights: dict[str, tuple[float, float, float]], bias: float
) -> np.ndarray:
    """The weighted sum of the cues of each chord or beat, of its neighbours too, as log odds."""
    total = np.full(len(next(iter(cues.values()))), bias)
    for name, (own, before, after) in weights.items():
        cue = cues[name]
        total += own * cue + before * np.roll(cue, 1) + after * np.roll(cue, -1)
    return total


def _probability(cues: dict[str, np.ndarray]) -> np.ndarray:
    return 1 / (1 + np.exp(-_odds(cues, BEAT_WEIGHTS, BEAT_BIAS)))
