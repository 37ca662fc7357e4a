"""Windows for the reader of rhythm: notes in the time of beats that are known, and their places.

The beats are those of the score, at the times at which they were played, smoothed and a little
beside them, for so they are found; in some windows they are twice or half as fast, or between the
true ones.
"""

from dataclasses import dataclass, replace

import numpy as np

from engrave.listening.beat_features import NotesOnGrid, timed_note_features
from engrave.music.grid import interpolate
from engrave.music.performance import CHORD_WINDOW
from training.data.corpora import QUARTER
from training.player.tempo_curve import beat_grid
from training.tasks.note_labels import UNKNOWN, phase_classes, position_in_full_bar
from training.tasks.placed_notes import (
    AlignedNotes,
    GridAugmentation,
    PlacedBatches,
    beats_of,
    misheard,
)

PHASE = np.dtype([("phase", "i1")])
SMOOTHED_SHARE = 0.5  # share of the mean of the beats around in the time of a beat, at most
BESIDE_DEVIATION = 0.04  # of a beat: deviation of the beats that are found, at most
# shares of the windows with other beats
HALVED_SHARE, DOUBLED_SHARE, BETWEEN_SHARE = 0.12, 0.12, 0.04


@dataclass(frozen=True, slots=True)
class FoundBeats:
    """The beats that somebody might have found: when each true one was heard, in seconds, and what
    they are to the true ones.

    One of them lasts `factor` true beats; the first begins `away` true beats after the first.
    """

    times: np.ndarray
    factor: float = 1.0
    away: float = 0.0

    def count(self, true_beats: np.ndarray) -> np.ndarray:
        """Places counted in true beats, in these."""
        return (true_beats - self.away) / self.factor


def timed_example(
    aligned: AlignedNotes, rng: np.random.Generator | None = None
) -> tuple[NotesOnGrid, np.ndarray]:
    """What the reader is told of these notes and what is right (dtype PHASE), sorted by onset.

    Places are counted in beats: the true ones or, with `rng`, those that somebody might have found.
    """
    start = beat_grid(aligned.rows).start / QUARTER
    found = FoundBeats(_beat_times(aligned, start))
    if rng is not None:
        found = _misfound(found.times, rng)
    index = np.arange(len(start), dtype=float)
    true = interpolate(aligned.rows["score_onset"] / QUARTER, start, index)
    order = np.lexsort((aligned.rows["pitch"], aligned.onset))
    aligned, true = aligned.take(order), true[order]
    heads = aligned.onset[_chord_heads(aligned.onset)]
    onset, end = (found.count(interpolate(t, found.times, index)) for t in (heads, aligned.release))
    beat, triple, bar = beats_of(aligned.rows)
    if found.factor == 1:
        size = bar / beat
        in_bar = np.floor(position_in_full_bar(aligned.rows) / QUARTER / beat)
        place = (onset - np.floor(true) + in_bar) % size
    else:
        size, triple = np.full(len(true), 4.0), np.zeros(len(true), bool)
        place = onset % size
    on_grid = NotesOnGrid(
        onset=onset,
        end=np.maximum(end, onset + 1e-3),
        pitch=aligned.rows["pitch"].astype(float),
        velocity=aligned.velocity.astype(float),
        upper=aligned.rows["staff"] == 1,
        beat=np.ones(len(true)),
        position=place,
        bar=size,
        triple=triple,
        beat_seconds=np.gradient(found.times)[np.floor(true).astype(int).clip(0)] * found.factor,
    )
    out = np.full(len(true), UNKNOWN, PHASE)
    out["phase"] = phase_classes(found.count(true) % 1)
    return on_grid, out


def _beat_times(aligned: AlignedNotes, start: np.ndarray) -> np.ndarray:
    """When the beats that start at these places (quarters) were played."""
    place, chord = np.unique(aligned.rows["score_onset"] / QUARTER, return_inverse=True)
    time = np.bincount(chord, aligned.onset) / np.bincount(chord)
    later = time > np.append(-np.inf, np.maximum.accumulate(time)[:-1] + 1e-3)
    return interpolate(start, place[later], time[later])


def _misfound(times: np.ndarray, rng: np.random.Generator) -> FoundBeats:
    """The beats at these times as they are found: smoothed, beside them, or others."""
    times = times.copy()
    smooth = rng.uniform(0, SMOOTHED_SHARE)
    times[1:-1] += smooth * ((times[:-2] + times[2:]) / 2 - times[1:-1])
    times += rng.normal(0, rng.uniform(0, BESIDE_DEVIATION), len(times)) * np.gradient(times)
    times = np.maximum.accumulate(times + 1e-6 * np.arange(len(times)))
    kind = rng.random()
    if kind < HALVED_SHARE:
        return FoundBeats(times, 0.5)
    if kind < HALVED_SHARE + DOUBLED_SHARE:
        return FoundBeats(times, 2.0, float(rng.integers(0, 2)))
    return FoundBeats(times, 1.0, 0.5) if kind > 1 - BETWEEN_SHARE else FoundBeats(times)


def _chord_heads(onset: np.ndarray) -> np.ndarray:
    """For each note the first note of its chord."""
    heads = np.zeros(len(onset), int)
    first = 0
    for i, time in enumerate(onset.tolist()):
        if time - onset[first] > CHORD_WINDOW:
            first = i
        heads[i] = first
    return heads


class TimedBatches(PlacedBatches):
    """Random access to batches: (what is told, in which place of its beat each note stands)."""

    def _window(self, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        aligned = self._aligned(rng)
        if rng.random() < 0.5:
            aligned = aligned.take(
                rng.random(len(aligned.rows)) >= rng.uniform(0, self.change.lost)
            )
        on_grid, answers = timed_example(aligned, rng)
        on_grid = _augment(on_grid, self.change, rng)
        return self._padded(timed_note_features(on_grid), answers)


def _augment(
    on_grid: NotesOnGrid, augmentation: GridAugmentation, rng: np.random.Generator
) -> NotesOnGrid:
    """The same notes in other keys, held otherwise, by hands that are heard wrongly."""
    held = on_grid.end - on_grid.onset
    if rng.random() < augmentation.releases:
        held = held * np.exp(rng.normal(rng.uniform(-0.5, 0.4), 0.12, len(held)))
    velocity = on_grid.velocity
    if rng.random() < augmentation.flat:
        velocity = np.full(len(velocity), 64.0)
    return replace(
        on_grid,
        end=on_grid.onset + held,
        pitch=on_grid.pitch + rng.integers(-6, 7),
        velocity=velocity,
        upper=misheard(on_grid, augmentation, rng),
        beat_seconds=on_grid.beat_seconds * np.exp(rng.normal(0, 0.25)),
    )
