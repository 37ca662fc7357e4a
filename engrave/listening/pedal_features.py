"""Input features of the pedal network: the state of the keys, frame by frame.

The sustain pedal moves between chords as well as with them: it goes down before the fingers let go,
and comes up once a new bass is struck. So this network works on evenly spaced frames instead of
notes. Its input is a piano roll of keys struck, held and released, with the time since the last
chord and until the next, how much of that chord is still held, and where the bass is. Time
intervals are logarithms of seconds.
"""

from dataclasses import dataclass

import numpy as np

from engrave.listening.note_features import KeyPresses, chord_of_each

FRAME_SECONDS = 0.04  # seconds from frame to frame: 25 frames a second
LOWEST_KEY, HIGHEST_KEY = 21, 108  # MIDI numbers of the keys of a piano
KEY_COUNT = HIGHEST_KEY - LOWEST_KEY + 1
SHORTEST_WAIT, LONGEST_WAIT = 0.02, 6.0  # seconds; other intervals are clipped to these
BASS_LIMIT = 52  # keys below this MIDI number (E3) count as bass
MIDDLE_PITCH, MIDDLE_VELOCITY = 64, 64
FRAME_FEATURES = 3 * KEY_COUNT + 19  # numbers per frame


@dataclass(frozen=True, slots=True)
class Frames:
    """Evenly spaced frames from the first onset to the last release; their number is even.

    `times` are seconds. For each note `key` and `loudness`, and the frames in which it is `struck`
    and `let_go`; `waits` has a row of numbers for each frame.
    """

    times: np.ndarray
    key: np.ndarray
    loudness: np.ndarray
    struck: np.ndarray
    let_go: np.ndarray
    waits: np.ndarray

    @classmethod
    def of(cls, keys: KeyPresses) -> "Frames":
        """The frames of a performance; at least one note."""
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
        """Features of the frames `start` to `stop`: float32 array (frames, FRAME_FEATURES)."""
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
        """Velocity of keys struck, keys held, keys released: three arrays (frames, KEY_COUNT)."""
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
    """Index of the frame to which each time belongs."""
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
    """Whether any key is held, and the lowest and highest of them."""
    some = held.any(axis=1)
    low = held.argmax(axis=1) + LOWEST_KEY
    high = HIGHEST_KEY - held[:, ::-1].argmax(axis=1)
    return [some, *(some * (outer - MIDDLE_PITCH) / 18 for outer in (low, high))]


def _waits(keys: KeyPresses, times: np.ndarray) -> list[np.ndarray]:
    """Seconds since the last and until the next chord, release, and bass onset, per frame."""
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
    """Features of the last chord, per frame.

    Time until the next chord, time held, share still held, older keys held, and the lowest keys of
    it and of the next chord.
    """
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
