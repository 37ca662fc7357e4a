"""How much music repeats itself after a time, and where what comes back begins.

Bars, and phrases of two, four and eight of them, come back in their rhythm, their melody and their
bass (Temperley and Bartlette, "Parallelism as a factor in metrical analysis", *Music Perception*
20, 2002).
"""

from dataclasses import dataclass

import numpy as np

from engrave.rhythm.bar_choice.placed_music import PlacedMusic

CELLS = 4  # of a unit of the grid, in which onsets are counted
KINDS = ("rhythm", "melody", "steps", "bass", "pitches")
NO_STEP = 99.0  # semitones, after the last chord
FEW = 4.0  # chords that are added, unlike, so that little music says little


@dataclass(frozen=True, slots=True)
class Cells:
    """Cell by cell: whether a chord begins, its top and bottom pitch, its pitch classes (0/1).

    `step` is the interval to the next chord's top.
    """

    struck: np.ndarray
    top: np.ndarray
    step: np.ndarray
    bottom: np.ndarray
    classes: np.ndarray

    @classmethod
    def of(cls, music: PlacedMusic) -> "Cells":
        """The music cell by cell."""
        cell = np.rint((music.onset - music.onset[0]) * CELLS).astype(int)
        count = int(cell[-1]) + 1
        struck = np.zeros(count, bool)
        struck[cell] = True
        top, step, bottom = np.zeros((3, count))
        top[cell], bottom[cell] = music.top, music.bottom
        step[cell] = np.append(np.diff(music.top), NO_STEP)
        classes = np.zeros((count, 12))
        note = np.rint((music.note_onset - music.onset[0]) * CELLS).astype(int)
        classes[note, music.note_pitch.astype(int) % 12] = 1.0
        return cls(struck, top, step, bottom, classes)

    def alike(self, lag: int) -> np.ndarray:
        """Of the chords how many come back so many cells later (`KINDS`), as shares."""
        if lag <= 0 or lag >= len(self.struck):
            return np.zeros(len(KINDS))
        both = self.struck[lag:] & self.struck[:-lag]
        either = (self.struck[lag:] | self.struck[:-lag]).sum() + FEW
        shares: np.ndarray = np.array([float(p[both].sum()) for p in self._same(lag)]) / either
        return shares

    def _same(self, lag: int) -> tuple[np.ndarray, ...]:
        """How alike the chord in each cell is to that so many cells later, if both are there."""
        both = self.classes[lag:] * self.classes[:-lag]
        size = np.maximum(np.maximum(self.classes[lag:].sum(1), self.classes[:-lag].sum(1)), 1)
        return (
            np.ones(len(self.struck) - lag),
            (self.top[lag:] == self.top[:-lag]).astype(float),
            (self.step[lag:] == self.step[:-lag]).astype(float),
            (self.bottom[lag:] == self.bottom[:-lag]).astype(float),
            both.sum(axis=1) / size,
        )

    def by_beat(self, lag: int, edges: np.ndarray) -> np.ndarray:
        """How like what stands between two edges (cells) is to what comes so many cells later."""
        alike = np.zeros(len(edges) - 1)
        if lag <= 0 or lag >= len(self.struck):
            return alike
        both = self.struck[lag:] & self.struck[:-lag]
        either = self.struck[lag:] | self.struck[:-lag]
        same = both * (0.5 + 0.5 * (self.step[lag:] == self.step[:-lag]))
        totals = [np.append(0.0, np.cumsum(part)) for part in (same, either)]
        first, after = (edges[k : len(edges) - 1 + k].clip(0, len(both)) for k in (0, 1))
        found, all_of_it = (total[after] - total[first] for total in totals)
        some = all_of_it > 0
        alike[some] = found[some] / all_of_it[some]
        return alike


def returns(cells: Cells, edges: np.ndarray, bar: int) -> np.ndarray:
    """Of each beat how much something begins there that comes back after 1, 2, 4 or 8 bars: how
    much more of the bar from there on comes back than of that before.

    `edges` are the cells in which beats begin (and the last ends), `bar` is counted in beats.
    """
    count = len(edges) - 1
    begins = np.zeros(count)
    index = np.arange(count)
    before, after = (index - bar).clip(0), (index + bar).clip(max=count)
    for later in (bar * bars for bars in (1, 2, 4, 8)):
        if later >= count:
            break
        total = np.append(0.0, np.cumsum(cells.by_beat(int(edges[later] - edges[0]), edges)))
        fresh = ((total[after] - total[index]) - (total[index] - total[before])).clip(0) / bar
        begins = np.maximum(begins, fresh)
        begins[later:] = np.maximum(begins[later:], fresh[:-later])
    return begins
