"""Swing detection: eighths played long and short, and written even.

In swung music the second half of each beat comes late, about as late as the last third of it, beat
after beat by the same share; it is written as if it came in the middle, with the word *Swing* above
the first bar (Friberg and Sundström, "Swing ratios and ensemble timing in jazz performance", *Music
Perception*, 2002). Music is taken to swing if the positions of all its chords in the beat are much
likelier under swing than under even halves and quarters, thirds, or dotted rhythms.

Times are seconds; a position is a share of the beat.
"""

from collections.abc import Mapping

import numpy as np

from engrave.music.grid import STRAIGHT

# candidate positions of a swung second half of the beat
SWING_RATIOS = np.arange(0.56, 0.705, 0.01)
# Share of the chords at each position, where beats divide evenly, in three, and in dotted rhythm;
# the rest is uniformly distributed.
STRAIGHT_SHARES = (
    {0.0: 0.45, 0.25: 0.1, 0.5: 0.27, 0.75: 0.13},
    {0.0: 0.45, 1 / 3: 0.25, 2 / 3: 0.25},
    {0.0: 0.45, 0.25: 0.05, 0.5: 0.1, 0.75: 0.35},
)
POSITION_DEVIATION = 0.05  # standard deviation of played positions, in beats
LEAST_GAIN = 0.1  # mean log likelihood per chord that swing must gain
FEWEST_CHORDS = 32  # chords, at least
LARGEST_COMPOUND_PROBABILITY = 0.4  # of a compound meter, at most


def find_swing(beats: np.ndarray, chords: np.ndarray, compound: float) -> float:
    """The position in the beat of its second half: `STRAIGHT` where the music does not swing.

    `beats` and `chords` are increasing times; `compound` is the probability of a compound meter.
    """
    beat = np.searchsorted(beats, chords, side="right") - 1
    inside = (beat >= 0) & (beat < len(beats) - 1)
    beat = beat[inside]
    if len(beat) < FEWEST_CHORDS or compound > LARGEST_COMPOUND_PROBABILITY:
        return STRAIGHT
    position = (chords[inside] - beats[beat]) / np.diff(beats)[beat]
    likely = [_log_likelihood(position, _swung_shares(ratio)) for ratio in SWING_RATIOS]
    plainly = max(_log_likelihood(position, shares) for shares in STRAIGHT_SHARES)
    return (
        float(SWING_RATIOS[np.argmax(likely)]) if max(likely) > plainly + LEAST_GAIN else STRAIGHT
    )


def _swung_shares(ratio: float) -> dict[float, float]:
    """The share of the chords at each position of a beat that swings."""
    return {0.0: 0.45, ratio / 2: 0.06, ratio: 0.32, (1 + ratio) / 2: 0.09}


def _log_likelihood(position: np.ndarray, shares: Mapping[float, float]) -> float:
    """Mean log density of positions: normal around those of `shares`, the rest uniform."""
    density = np.full(len(position), 1 - sum(shares.values()))
    for meant, share in shares.items():
        away = np.abs(position - meant)
        away = np.minimum(away, 1 - away) / POSITION_DEVIATION
        density += share * np.exp(-0.5 * away**2) / (POSITION_DEVIATION * np.sqrt(2 * np.pi))
    return float(np.log(density).mean())
