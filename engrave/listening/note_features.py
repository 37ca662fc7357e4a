"""Input features of the note network: numbers that mean the same in every recording.

A note is described among its neighbours: time since the last chord and until the next, pitch
relative to the notes around it, time held, velocity. Inter-onset intervals and durations are
logarithms of seconds, so that a ratio becomes a difference; pitches are in octaves.
"""

from dataclasses import dataclass

import numpy as np

from engrave.music.arrays import Floats
from engrave.music.performance import CHORD_WINDOW, PEDAL_DOWN, Performance

CHORDS_AROUND = (1, 2, 3, 4, 6, 8, 12)  # lags, in chords, of the inter-onset intervals
NOTES_AROUND = (1, 2, 3, 4)
LONGEST_WAIT = 8.0  # seconds; longer intervals and notes are clipped to this
SHORTEST_WAIT = 0.01  # seconds; shorter ones are clipped to this
MODERATE_HOLD = 0.3  # seconds that the last chord is taken to last
MIDDLE_PITCH, MIDDLE_VELOCITY = 64, 64
DYNAMIC_WINDOW = 32  # notes over which the mean velocity is taken
NOTE_FEATURES = 67  # numbers per note


@dataclass(frozen=True, slots=True)
class KeyPresses:
    """A performance as arrays, sorted by onset, then pitch.

    `onset` and `release` are seconds, `pitch` and `velocity` MIDI numbers, for each note;
    `pedal_time` (seconds) and `pedal_depth` (0-127) are the moves of the sustain pedal.
    """

    onset: np.ndarray
    release: np.ndarray
    pitch: np.ndarray
    velocity: np.ndarray
    pedal_time: np.ndarray
    pedal_depth: np.ndarray

    @classmethod
    def of(cls, performance: Performance) -> "KeyPresses":
        """The arrays of a performance's key presses and sustain pedal."""
        notes = [(n.onset, n.release, n.pitch, n.velocity) for n in performance.notes]
        moves = [(move.time, move.depth) for move in performance.sustain]
        return cls(
            *np.array(notes, float).reshape(-1, 4).T, *np.array(moves, float).reshape(-1, 2).T
        )


def note_features(keys: KeyPresses) -> np.ndarray:
    """Features of all notes: float32 array (notes, NOTE_FEATURES); at least one note."""
    groups = [
        _waits(keys),
        _among_notes(keys),
        _among_chords(keys),
        _hold(keys),
        _loudness(keys),
        _pitch(keys),
        _pedal(keys),
    ]
    table = np.stack([column for group in groups for column in group], axis=1)
    assert table.shape[1] == NOTE_FEATURES
    return table.astype(np.float32)


def _log(seconds: Floats) -> Floats:
    logs: Floats = np.log(np.clip(seconds, SHORTEST_WAIT, LONGEST_WAIT))
    return logs + 1.5  # 0 for about 0.22 s


def _neighbours(values: np.ndarray, k: int) -> np.ndarray:
    """The value `k` indices later (earlier if negative), clamped to the ends of the array."""
    return values[np.clip(np.arange(len(values)) + k, 0, len(values) - 1)]


def chord_of_each(keys: KeyPresses) -> tuple[np.ndarray, np.ndarray]:
    """Index of the first note of each chord, and the chord of each note."""
    first, starts = -np.inf, []
    for i, onset in enumerate(keys.onset.tolist()):
        if onset - first > CHORD_WINDOW:
            first = onset
            starts.append(i)
    chord = np.zeros(len(keys.onset), int)
    chord[starts] = 1
    return np.array(starts), np.cumsum(chord) - 1


def _waits(keys: KeyPresses) -> list[np.ndarray]:
    starts, chord = chord_of_each(keys)
    time = keys.onset[starts]
    columns = []
    for k in CHORDS_AROUND:
        columns += [
            _log(time - _neighbours(time, -k))[chord],
            _log(_neighbours(time, k) - time)[chord],
        ]
    return columns


def _among_notes(keys: KeyPresses) -> list[np.ndarray]:
    columns = [
        ((_neighbours(keys.pitch, step) - keys.pitch) / 12).clip(-3, 3)
        for k in NOTES_AROUND
        for step in (-k, k)
    ]
    columns += [_log(np.abs(_neighbours(keys.onset, k) - keys.onset)) for k in (-1, 1)]
    return columns


def _among_chords(keys: KeyPresses) -> list[np.ndarray]:
    """The note within its chord, and the outer notes of the chords around it."""
    starts, chord = chord_of_each(keys)
    lowest = np.minimum.reduceat(keys.pitch, starts)
    highest = np.maximum.reduceat(keys.pitch, starts)
    size = np.diff(np.append(starts, len(keys.onset)))
    columns = [
        size[chord] / 3.0,
        (keys.pitch == lowest[chord]).astype(float),
        (keys.pitch == highest[chord]).astype(float),
        (keys.onset - keys.onset[starts][chord]) / CHORD_WINDOW,
        (keys.pitch - lowest[chord]) / 12,
        (highest[chord] - keys.pitch) / 12,
    ]
    for k in (-2, -1, 1, 2):
        columns.append(((_neighbours(lowest, k) - lowest)[chord] / 12).clip(-3, 3))
        columns.append(((_neighbours(highest, k) - highest)[chord] / 12).clip(-3, 3))
    columns += [(_neighbours(size, k) / 3.0)[chord] for k in (-1, 1)]
    return columns


def _hold(keys: KeyPresses) -> list[np.ndarray]:
    """Time held, also relative to the next onset; time since and until the same key is struck."""
    starts, chord = chord_of_each(keys)
    time = keys.onset[starts]
    held = keys.release - keys.onset
    wait = np.append(time[1:], time[-1] + MODERATE_HOLD)[chord] - keys.onset
    order = np.lexsort((keys.onset, keys.pitch))
    same = np.diff(keys.pitch[order]) == 0
    gap = np.where(same, np.diff(keys.onset[order]), LONGEST_WAIT)
    since, until = np.full(len(held), LONGEST_WAIT), np.full(len(held), LONGEST_WAIT)
    since[order[1:]], until[order[:-1]] = gap, gap
    return [_log(held), _log(held) - _log(wait), _log(since), _log(until)]


def _loudness(keys: KeyPresses) -> list[np.ndarray]:
    velocity = (keys.velocity - MIDDLE_VELOCITY) / 20
    total = np.cumsum(np.concatenate([[0.0], velocity]))
    index = np.arange(len(velocity))
    low = np.maximum(index - DYNAMIC_WINDOW // 2, 0)
    high = np.minimum(index + DYNAMIC_WINDOW // 2, len(velocity))
    level = (total[high] - total[low]) / (high - low)
    return [
        velocity,
        velocity - level,
        _neighbours(velocity, -1) - velocity,
        _neighbours(velocity, 1) - velocity,
    ]


def _pitch(keys: KeyPresses) -> list[np.ndarray]:
    classes = keys.pitch.astype(int) % 12
    return [(keys.pitch - MIDDLE_PITCH) / 18, *(classes == np.arange(12)[:, None]).astype(float)]


def _pedal(keys: KeyPresses) -> list[np.ndarray]:
    """Pedal depth at the onset, time since and until presses and lifts; 0 without a pedal."""
    if not len(keys.pedal_time):
        return [np.zeros(len(keys.onset))] * 6
    down = keys.pedal_depth >= PEDAL_DOWN
    change = np.flatnonzero(np.diff(down, prepend=False))
    presses = keys.pedal_time[change[down[change]]]
    lifts = keys.pedal_time[change[~down[change]]]
    now = np.searchsorted(keys.pedal_time, keys.onset, side="right") - 1
    depth = np.where(now >= 0, keys.pedal_depth[now.clip(0)], 0) / 127
    return [
        np.ones(len(keys.onset)),
        depth,
        *(_log(wait) for wait in _seconds_around(keys.onset, presses)),
        *(_log(wait) for wait in _seconds_around(keys.onset, lifts)),
    ]


def _seconds_around(onset: np.ndarray, events: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Seconds since the last and until the next of the events."""
    bounded = np.concatenate([[-np.inf], events, [np.inf]])
    after = np.searchsorted(bounded, onset, side="right")
    return onset - bounded[after - 1], bounded[after] - onset
