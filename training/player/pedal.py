"""The sustain pedal as people use it: pressed just after a chord, changed with the harmony.

As many presses as the player's habit wants fall on the onsets, downbeats most likely, off-beats
least. Each lasts until shortly before the next (legato pedalling) or is lifted some time before.
Units: seconds; depth 0 (up) to 127.
"""

import numpy as np

from training.player.chords import is_low
from training.player.habits import Array, Performer, correlated_deviates, value_at, value_between
from training.player.tempo_curve import BeatGrid, Clock

PEDAL_STROKE = 0.03  # seconds that the pedal is down at least


def pedal_moves(notes: Array, grid: BeatGrid, clock: Clock, performer: Performer) -> Array:
    """Rows (seconds, depth): changed with the harmony, shortly after the chord that changes it."""
    player, rng = performer.player, performer.rng
    law = performer.habits["pedal"]
    if player.pedal_down <= 0:
        return np.zeros((0, 2))
    place = np.unique(notes["score_onset"])
    time = clock.at(place)
    # The places with the smallest waiting times: as many as wanted, the likelier ones sooner.
    wait = rng.exponential(size=len(place)) / law["place"][onset_kinds(notes, grid)]
    count = min(round(player.pedal_changes * len(grid.start)), len(place))
    pressed = np.sort(np.argsort(wait)[:count])
    z = correlated_deviates(player.pedal_taste, law["press_player"], count, rng)
    after = np.append(time[1:], clock.time[-1])[pressed] - time[pressed]
    down_at = time[pressed] + np.minimum(
        value_between(law["log_seconds"], law["press"], np.log(after), z), 0.95 * after
    )
    gap = np.exp(value_at(law["log_gap"], rng.standard_normal(count)))
    room = np.diff(np.append(down_at, clock.time[-1] + gap[-1:]))
    held = np.minimum(room * held_shares(player.pedal_down, count, rng), room - gap)
    up_at = down_at + np.maximum(held, PEDAL_STROKE)
    moves = np.column_stack([down_at, up_at]).ravel()
    depth = np.tile([round(player.pedal_depth), 0], count)
    return np.column_stack([np.maximum.accumulate(moves), depth])


def onset_kinds(notes: Array, grid: BeatGrid) -> Array:
    """Each onset: 0 on a downbeat, 1 on a beat, 2 off the beat with a low note, 3 without."""
    place, index = np.unique(notes["score_onset"], return_inverse=True)
    beat = grid.index_at(place)
    onbeat = place == grid.start[beat]
    bass = np.bincount(index, is_low(notes)) > 0
    return np.where(onbeat, np.where(grid.downbeat[beat], 0, 1), np.where(bass, 2, 3))


def held_shares(mean: float, count: int, rng: np.random.Generator) -> Array:
    """The share of the time to the next press during which the pedal is held, `mean` on average.

    Beyond one half some presses last until the next (legato pedalling), the others any time.
    """
    legato = rng.random(count) < 2 * mean - 1
    return np.where(legato, 1.0, rng.uniform(0, min(2 * mean, 1.0), count))
