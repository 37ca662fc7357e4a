"""Music on a grid of even beats, as one looks at it who asks where its bars begin.

Onsets and ends are places on the grid. Chords are heard as one; a note is of the melody if nothing
higher sounds when it is struck, of the bass if nothing lower does.
"""

from dataclasses import dataclass

import numpy as np

from engrave.music.performance import Performance, chord_starts

CELLS = 12  # of a unit of the grid, in which onsets are counted
ABOUT = 4.0  # units on either side with whose lowest and highest notes a chord is compared
SHORTENED = 0.25  # share by which a key may be let go before its note ends


@dataclass(frozen=True, slots=True)
class PlacedMusic:
    """Its notes, and its chords: a row each, in order.

    `size` counts the notes of a chord, `gap` is the time until the next chord (of the last one:
    how long it is held), `rest` since the last one; `held` and `bass_held` are the lengths of its
    longest and its lowest note, `melody_gap` the time until the next note of the melody (0 where it
    has none, as `bass_held`). `low` and `high` say how much lower its lowest and higher its highest
    note is than those around, in octaves.
    """

    note_onset: np.ndarray
    note_end: np.ndarray
    note_pitch: np.ndarray
    onset: np.ndarray
    size: np.ndarray
    gap: np.ndarray
    rest: np.ndarray
    held: np.ndarray
    bass_held: np.ndarray
    melody_gap: np.ndarray
    low: np.ndarray
    high: np.ndarray
    top: np.ndarray
    bottom: np.ndarray

    @classmethod
    def of(cls, performance: Performance, onset: np.ndarray, end: np.ndarray) -> "PlacedMusic":
        """The music whose notes begin and end at these places; those of a chord with its first."""
        starts = np.array(chord_starts(performance.notes))
        count = np.diff(np.append(starts, len(onset)))
        pitch = np.array([note.pitch for note in performance.notes], float)
        place = onset[starts]
        note_onset = np.repeat(place, count)
        length = np.maximum(end - note_onset, 1 / CELLS)
        top, bottom = np.maximum.reduceat(pitch, starts), np.minimum.reduceat(pitch, starts)
        longest = np.maximum.reduceat(length, starts)
        steps = np.diff(place)
        chord = np.repeat(np.arange(len(starts)), count)
        highest, lowest = _outer(note_onset, note_onset + length, pitch)
        lowest_held = np.zeros(len(starts))
        low = lowest & (pitch == bottom[chord])
        np.maximum.at(lowest_held, chord[low], length[low])
        sung = np.unique(chord[highest & (pitch == top[chord])])
        melody_gap = np.zeros(len(starts))
        melody_gap[sung] = np.append(np.diff(place[sung]), longest[sung[-1:]])
        return cls(
            note_onset,
            note_onset + length,
            pitch,
            place,
            count.astype(float),
            np.append(steps, longest[-1]),
            np.append(0.0, steps),
            longest,
            lowest_held,
            melody_gap,
            (_around(place, bottom) - bottom) / 12,
            (top - _around(place, top)) / 12,
            top,
            bottom,
        )

    @property
    def end(self) -> float:
        """Where the last chord is let go."""
        return float(self.onset[-1] + self.held[-1])


def _outer(onset: np.ndarray, end: np.ndarray, pitch: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of each note whether nothing higher sounds when it begins, and whether nothing lower does."""
    highest, lowest = np.ones(len(onset), bool), np.ones(len(onset), bool)
    sounding: list[int] = []
    for i in range(len(onset)):
        at = onset[i] + SHORTENED * min(end[i] - onset[i], 1.0)
        sounding = [j for j in sounding if end[j] > at]
        if sounding:
            pitches = pitch[sounding]
            highest[i] = pitch[i] >= pitches.max()
            lowest[i] = pitch[i] <= pitches.min()
        sounding.append(i)
    return highest, lowest


def _around(place: np.ndarray, values: np.ndarray) -> np.ndarray:
    """The mean of the values of the chords around each."""
    total = np.append(0.0, np.cumsum(values))
    first = np.searchsorted(place, place - ABOUT)
    after = np.searchsorted(place, place + ABOUT, side="right")
    means: np.ndarray = (total[after] - total[first]) / (after - first)
    return means
