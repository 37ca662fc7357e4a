"""What the keys do moment by moment: what the reader of the pedal is told.

A foot moves between the chords as well as with them: it goes down before the fingers let go, and
comes up once a new bass is there. So the pedal is not read note by note but at even moments: a
piano roll of which keys are struck, held and let go, and beside it what a listener would follow:
how long since the last chord and until the next, how much of it is still held, where the bass is.
Intervals of time are given as logarithms. Times are seconds.
"""

from dataclasses import dataclass

import numpy as np

from engrave.listening.note_features import KeyPresses, chord_of_each

FRAME_SECONDS = 0.04  # seconds between two moments
LOWEST_KEY, HIGHEST_KEY = 21, 108  # keys of a piano
KEY_COUNT = HIGHEST_KEY - LOWEST_KEY + 1
SHORTEST_WAIT, LONGEST_WAIT = 0.02, 6.0  # seconds; other waits are as long as these
BASS_LIMIT = 52  # keys below this one (E3) are of the bass
MIDDLE_PITCH, MIDDLE_VELOCITY = 64, 64
FRAME_FEATURES = 3 * KEY_COUNT + 19  # numbers for each moment


@dataclass(frozen=True, slots=True)
class Frames:
    """Even moments from the first onset to the last release, an even number of them.

    `key`, `loudness` of each note, the moment at which it is `struck` and at which it is `let_go`;
    `waits` has a row of numbers for each moment.
    """

    times: np.ndarray
    key: np.ndarray
    loudness: np.ndarray
    struck: np.ndarray
    let_go: np.ndarray
    waits: np.ndarray

    @classmethod
    def of(cls, keys: KeyPresses) -> "Frames":
        """The moments of what was played; at least one note."""
        first, last = keys.onset.min(), keys.release.max()
        pairs = max(1, int(np.ceil((last - first) / (2 * FRAME_SECONDS))))
        times = first + FRAME_SECONDS * (np.arange(2 * pairs) + 0.5)
        return cls(
            times,
            (keys.pitch.astype(int) - LOWEST_KEY).clip(0, KEY_COUNT - 1),
            keys.velocity / MIDDLE_VELOCITY,
            _frame(times, keys.onset),
            _frame(times, keys.release),
            np.stack([*_waits(keys, times), *_last_chord(keys, times)], axis=1),
        )

    def features(self, start: int, stop: int) -> np.ndarray:
        """What the keys do from one moment to another: float32 array (moments, FRAME_FEATURES)."""
        stop = min(stop, len(self.times))
        struck, held, let_go = self._roll(start, stop)
        table = np.concatenate(
            [
                *(struck, held, let_go),
                np.stack([*_amounts(struck, held, let_go), *_outer(held)], axis=1),
                self.waits[start:stop],
            ],
            axis=1,
        )
        assert table.shape[1] == FRAME_FEATURES
        return table.astype(np.float32)

    def _roll(self, start: int, stop: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Loudness of the keys struck at each moment, keys held, and keys let go."""
        near = (self.struck < stop) & (self.let_go >= start)
        key, begun, ended = self.key[near], self.struck[near] - start, self.let_go[near] - start
        struck, let_go = np.zeros((2, stop - start, KEY_COUNT), np.float32)
        here = begun >= 0
        np.maximum.at(struck, (begun[here], key[here]), self.loudness[near][here])
        here = ended < stop - start
        let_go[ended[here], key[here]] = 1
        change = np.zeros((stop - start + 1, KEY_COUNT), np.int8)
        np.add.at(change, (begun.clip(0), key), 1)
        np.add.at(change, (np.maximum(ended, begun + 1).clip(0, stop - start), key), -1)
        return struck, np.cumsum(change, axis=0, dtype=np.int8)[:-1] > 0, let_go


def _frame(times: np.ndarray, seconds: np.ndarray) -> np.ndarray:
    """The moment that each time belongs to."""
    index: np.ndarray = (
        ((seconds - times[0]) / FRAME_SECONDS + 0.5).astype(int).clip(0, len(times) - 1)
    )
    return index


def _amounts(struck: np.ndarray, held: np.ndarray, let_go: np.ndarray) -> list[np.ndarray]:
    return [
        (struck > 0).sum(axis=1) / 3,
        struck.max(axis=1),
        held.sum(axis=1) / 5,
        let_go.sum(axis=1) / 3,
    ]


def _outer(held: np.ndarray) -> list[np.ndarray]:
    """Whether a key is held, and the lowest and highest of them."""
    some = held.any(axis=1)
    low = held.argmax(axis=1) + LOWEST_KEY
    high = HIGHEST_KEY - held[:, ::-1].argmax(axis=1)
    return [some, *(some * (outer - MIDDLE_PITCH) / 18 for outer in (low, high))]


def _waits(keys: KeyPresses, times: np.ndarray) -> list[np.ndarray]:
    """Since the last and until the next chord, key let go, and key of the bass struck."""
    bass = keys.onset[keys.pitch < BASS_LIMIT]
    return [
        _log(wait)
        for events in (keys.onset, np.sort(keys.release), bass)
        for wait in _seconds_around(times, events)
    ]


def _seconds_around(times: np.ndarray, events: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Seconds since the last and until the next of the events."""
    bounded = np.concatenate([[-np.inf], events, [np.inf]])
    after = np.searchsorted(bounded, times, side="right")
    return times - bounded[after - 1], bounded[after] - times


def _log(seconds: np.ndarray) -> np.ndarray:
    logarithm: np.ndarray = np.log(seconds.clip(SHORTEST_WAIT, LONGEST_WAIT)) + 1.5
    return logarithm


def _last_chord(keys: KeyPresses, times: np.ndarray) -> list[np.ndarray]:
    """Of the last chord: until the next one, how long it is held, how much of it still is, what
    is held from before it, and the lowest keys of it and of the next one."""
    starts, chord = chord_of_each(keys)
    onset = keys.onset[starts]
    size = np.bincount(chord)
    log_held = np.bincount(chord, _log(keys.release - keys.onset)) / size
    lowest = (np.minimum.reduceat(keys.pitch, starts) - MIDDLE_PITCH) / 18
    begun = np.searchsorted(times, onset)
    following = np.append(begun[1:], len(times))[chord]
    released = np.maximum(_frame(times, keys.release), _frame(times, keys.onset) + 1)
    still, older = np.zeros((2, len(times) + 1))
    np.add.at(still, begun[chord], 1 / size[chord])
    np.add.at(still, np.minimum(released, following).clip(begun[chord]), -1 / size[chord])
    np.add.at(older, following, 1)
    np.add.at(older, released.clip(following, len(times)), -1)
    last = (np.searchsorted(onset, times, side="right") - 1).clip(0)
    return [
        _log(np.diff(onset, append=onset[-1] + LONGEST_WAIT))[last],
        log_held[last],
        np.cumsum(still)[:-1],
        np.cumsum(older)[:-1] / 3,
        lowest[last],
        lowest[np.minimum(last + 1, len(starts) - 1)],
    ]
