"""What makes one beat heavier than another, beat by beat.

Long notes begin on heavy beats, basses and new harmonies stand there, nothing is held over them,
and what comes back begins there (Lerdahl and Jackendoff, *A Generative Theory of Tonal Music*,
1983, metrical preference rules 1 to 9).
"""

import numpy as np

from engrave.rhythm.bar_choice.placed_music import CELLS, PlacedMusic

NEAR = 0.1  # units of the grid from a beat within which a chord stands on it
LONGEST = 4.0  # beats as which a longer time counts
ACCENTS = (
    *("struck", "size", "gap", "rest", "held", "bass held", "melody gap", "low", "high"),
    *("tied over", "harmony", "wide harmony", "bass change"),
)


class Chroma:
    """The pitch classes that sound between two places, each as long as it does."""

    def __init__(self, music: PlacedMusic) -> None:
        self.start = float(music.onset[0])
        cells = int((music.note_end.max() - self.start) * CELLS) + 2
        change = np.zeros((cells + 1, 12))
        first = np.rint((music.note_onset - self.start) * CELLS).astype(int)
        after = np.rint((music.note_end - self.start) * CELLS).astype(int)
        after = np.clip(after, first + 1, first + 4 * CELLS).clip(max=cells)
        kind = music.note_pitch.astype(int) % 12
        np.add.at(change, (first, kind), 1.0)
        np.add.at(change, (after, kind), -1.0)
        self.total = np.concatenate([np.zeros((1, 12)), np.cumsum(np.cumsum(change, 0), 0)])

    def between(self, begin: np.ndarray, end: np.ndarray) -> np.ndarray:
        """Rows of length 1, or of zeros where nothing sounds."""
        a, b = (self._cell(place) for place in (begin, end))
        rows = self.total[b] - self.total[a]
        lengths = np.sqrt((rows**2).sum(axis=1, keepdims=True))
        unit: np.ndarray = rows / np.maximum(lengths, 1e-9)
        return unit

    def _cell(self, place: np.ndarray) -> np.ndarray:
        cell = np.rint((place - self.start) * CELLS).astype(int)
        return cell.clip(0, len(self.total) - 1)

    def change(self, place: np.ndarray, span: float) -> np.ndarray:
        """How much what sounds so long after each place differs from what sounded before (0-1)."""
        before, after = self.between(place - span, place), self.between(place, place + span)
        alike = (before * after).sum(axis=1)
        known = before.any(axis=1) & after.any(axis=1)
        return np.where(known, 1 - alike, 0.0)


def accents(music: PlacedMusic, chroma: Chroma, place: np.ndarray, beat: float) -> np.ndarray:
    """A row of `ACCENTS` for each of these places, beats that last so many units."""
    chord, struck = chords_at(music, place)

    def when(values: np.ndarray) -> np.ndarray:
        return np.where(struck, values[chord], 0.0)

    def span(values: np.ndarray) -> np.ndarray:
        levels: np.ndarray = np.log2(1 + (values / beat).clip(0, LONGEST))
        return levels

    through, sounding = _held_over(music, place)
    bass = _bass_before(music, place)
    new_bass = struck & (music.bass_held[chord] > 0) & (music.bottom[chord] % 12 != bass % 12)
    return np.stack(
        [
            struck.astype(float),
            np.log2(1 + when(music.size)),
            when(span(music.gap)),
            when(span(music.rest)),
            when(span(music.held)),
            when(span(music.bass_held)),
            when(span(music.melody_gap)),
            when(music.low.clip(-1, 1.5)),
            when(music.high.clip(-1, 1.5)),
            through / np.maximum(sounding, 1),
            chroma.change(place, beat),
            chroma.change(place, 2 * beat),
            new_bass.astype(float),
        ],
        axis=1,
    )


def chords_at(music: PlacedMusic, place: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The nearest chord to each place, and whether it stands there."""
    after = np.searchsorted(music.onset, place).clip(1, max(len(music.onset) - 1, 1))
    after = after.clip(max=len(music.onset) - 1)
    before = (after - 1).clip(0)
    nearer = np.abs(music.onset[before] - place) <= np.abs(music.onset[after] - place)
    chord = np.where(nearer, before, after)
    return chord, np.abs(music.onset[chord] - place) <= NEAR


def _held_over(music: PlacedMusic, place: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """How many notes are held over each place, and how many sound there with those struck."""
    begun = np.searchsorted(music.note_onset, place - NEAR)
    struck = np.searchsorted(music.note_onset, place + NEAR, side="right") - begun
    ended = np.searchsorted(np.sort(music.note_end), place + NEAR)
    through = (begun - ended).clip(0)
    return through.astype(float), (through + struck).astype(float)


def _bass_before(music: PlacedMusic, place: np.ndarray) -> np.ndarray:
    """The pitch of the last note of the bass before each place; -1 where there is none."""
    basses = np.flatnonzero(music.bass_held > 0)
    last = np.searchsorted(music.onset[basses], place - NEAR) - 1
    pitch: np.ndarray = np.where(last >= 0, music.bottom[basses][last.clip(0)], -1)
    return pitch
