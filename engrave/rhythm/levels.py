"""Metrical level of the beat: log likelihoods of half, double and other speeds of a pulse.

A pulse that is tracked from chord to chord may be half or twice the beat that the composer wrote:
to both the notes fit. `beats` chooses by these numbers. The pulse is tried at other speeds, and
each is weighed by what speaks for it: how fast people tap (van Noorden and Moelants, "Resonance
in the perception of musical pulse", *J. of New Music Research* 28, 1999), whether the notes stand
where the note network found them in their beats, whether the beats are struck, and what the bar
network says of beats so long.

Times are seconds.
"""

from collections.abc import Mapping

import numpy as np

from engrave.listening import heads
from engrave.listening.bar_pass import listen_for_bars
from engrave.listening.evidence import Evidence
from engrave.music.grid import Pulse
from engrave.music.performance import Performance, chord_starts

SPEEDS = (1 / 4, 1 / 3, 1 / 2, 1.0, 2.0, 3.0, 4.0)  # that are tried, beats for each one found
TACTUS_SECONDS = 0.6  # seconds of a beat from which its logarithm is counted
ON_BEAT_SECONDS = 0.06  # seconds from a beat within which a note stands on it
EARLIEST_ONSET = 0.03  # seconds by which a note may come before the beat that it opens
# shares of a beat within which a note stands at a place that the reader knows
POSITION_WINDOW = 0.08
QUICK_INTERVAL = 0.3  # seconds between chords from which the logarithm of their pace is counted
# Weights of what `level_features` says, and how much more they are for each e-fold slower chords:
# a conditional logit over the speeds, from the trial that `training/fit_levels.py` was made of. Of
# pieces left out (five folds) the level was right in 48 % of 155 performances ((n)ASAP, training
# split; of the pulse as it is followed: 41), of 95 piano scores played steadily in 81 % (67), as a
# melody with its bass in 78 (59), as a melody alone in 71 (46), and of 420 plain tunes in 75 (19).
LEVEL_WEIGHTS = np.array(
    [[-0.68, -2.32, 1.0, 4.3, 0.49, 0.04], [-0.14, -0.56, 0.0, 0.93, 0.17, 0.55]]
)
# of the log likelihoods: so a level with 80 % of it was right in 96 % of the pieces
LOG_LIKELIHOOD_SCALE = 0.8


def level_log_likelihoods(
    performance: Performance, evidence: Evidence, pulses: Mapping[float, Pulse]
) -> dict[float, float]:
    """Log likelihoods of pulses by their speed, up to a number that is the same for all."""
    onset = np.array([note.onset for note in performance.notes])
    weights = np.array([1.0, log_chord_interval(performance)]) @ LEVEL_WEIGHTS
    return {
        speed: float(weights @ level_features(performance, evidence, onset, pulse))
        for speed, pulse in pulses.items()
    }


def log_chord_interval(performance: Performance) -> float:
    """How slowly chord follows chord (log of the median interval)."""
    notes = performance.notes
    chords = np.array([notes[i].onset for i in chord_starts(notes)])
    return float(np.log(np.median(np.diff(chords)) / QUICK_INTERVAL)) if len(chords) > 1 else 0.0


def level_features(
    performance: Performance, evidence: Evidence, onset: np.ndarray, pulse: Pulse
) -> np.ndarray:
    """What speaks for the beats of a pulse: the numbers that `LEVEL_WEIGHTS` weigh."""
    slow = np.log(np.median(np.diff(pulse.times)) / TACTUS_SECONDS)
    bars = listen_for_bars(performance, pulse)
    before, after = (
        np.searchsorted(onset, pulse.times + d) for d in (-ON_BEAT_SECONDS, ON_BEAT_SECONDS)
    )
    return np.array(
        [
            slow,
            slow**2,
            _position_log_likelihood(evidence, onset, pulse),
            np.mean(after > before),
            bars.level[:, 0].mean(),
            bars.place[:, -1].mean(),
        ]
    )


def on_beat_log_likelihood(evidence: Evidence, onset: np.ndarray, pulse: Pulse) -> float:
    """How likely the reader holds that just the notes on these beats are on beats (log, mean)."""
    after = np.searchsorted(pulse.times, onset).clip(1, len(pulse.times) - 1)
    away = np.minimum(np.abs(onset - pulse.times[after - 1]), np.abs(onset - pulse.times[after]))
    sign = np.where(away < ON_BEAT_SECONDS, 1, -1)
    return float(-np.logaddexp(0, -sign * evidence.onbeat).mean())


def _position_log_likelihood(evidence: Evidence, onset: np.ndarray, pulse: Pulse) -> float:
    """How likely the reader finds the places of the notes in these beats (log, mean)."""
    beat = np.searchsorted(pulse.times, onset + EARLIEST_ONSET, side="right") - 1
    beat = beat.clip(0, len(pulse.times) - 2)
    phase = (onset - pulse.times[beat]) / np.diff(pulse.times)[beat]
    away = np.abs(phase[:, None] - np.append(heads.PHASES, 1.0))
    position = away.argmin(axis=1) % len(heads.PHASES)
    position[away.min(axis=1) >= POSITION_WINDOW] = len(heads.PHASES)
    return float(evidence.phase[np.arange(len(onset)), position].mean())
