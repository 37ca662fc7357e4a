"""Windows for the reader of rhythm: notes in the time of beats that are known, and their places.

The beats are those of the score, at the times at which they were played, smoothed and a little
beside them, for so they are found; in some windows they are twice or half as fast, or between the
true ones.
"""

from dataclasses import dataclass, replace

import numpy as np

from engrave.listening.beat_features import PlacedKeys, describe_timing
from engrave.music.grid import along
from engrave.music.performance import CHORD_WINDOW
from training.data.corpora import QUARTER
from training.player.tempo_curve import beat_grid
from training.tasks.note_labels import UNKNOWN, phase_classes, place_in_full_bar
from training.tasks.placed_notes import Change, Laid, PlacedBatches, beats_of, misheard

PHASE = np.dtype([("phase", "i1")])
SMOOTHED = 0.5  # share of the mean of the beats around in the time of a beat, at most
BESIDE = 0.04  # of a beat: deviation of the beats that are found, at most
HALVED, DOUBLED, BETWEEN = 0.12, 0.12, 0.04  # shares of the windows with other beats


@dataclass(frozen=True, slots=True)
class Found:
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


def timed(laid: Laid, rng: np.random.Generator | None = None) -> tuple[PlacedKeys, np.ndarray]:
    """What the reader is told of these notes and what is right (dtype PHASE), sorted by onset.

    Places are counted in beats: the true ones or, with `rng`, those that somebody might have found.
    """
    start = beat_grid(laid.rows).start / QUARTER
    found = Found(_beat_times(laid, start))
    if rng is not None:
        found = _misfound(found.times, rng)
    index = np.arange(len(start), dtype=float)
    true = along(laid.rows["score_onset"] / QUARTER, start, index)
    order = np.lexsort((laid.rows["pitch"], laid.onset))
    laid, true = laid.take(order), true[order]
    heads = laid.onset[_chord_heads(laid.onset)]
    onset, end = (found.count(along(t, found.times, index)) for t in (heads, laid.release))
    beat, triple, bar = beats_of(laid.rows)
    if found.factor == 1:
        size = bar / beat
        in_bar = np.floor(place_in_full_bar(laid.rows) / QUARTER / beat)
        place = (onset - np.floor(true) + in_bar) % size
    else:
        size, triple = np.full(len(true), 4.0), np.zeros(len(true), bool)
        place = onset % size
    places = PlacedKeys(
        onset=onset,
        end=np.maximum(end, onset + 1e-3),
        pitch=laid.rows["pitch"].astype(float),
        velocity=laid.velocity.astype(float),
        upper=laid.rows["staff"] == 1,
        beat=np.ones(len(true)),
        place=place,
        bar=size,
        triple=triple,
        pace=np.gradient(found.times)[np.floor(true).astype(int).clip(0)] * found.factor,
    )
    out = np.full(len(true), UNKNOWN, PHASE)
    out["phase"] = phase_classes(found.count(true) % 1)
    return places, out


def _beat_times(laid: Laid, start: np.ndarray) -> np.ndarray:
    """When the beats that start at these places (quarters) were played."""
    place, chord = np.unique(laid.rows["score_onset"] / QUARTER, return_inverse=True)
    time = np.bincount(chord, laid.onset) / np.bincount(chord)
    later = time > np.append(-np.inf, np.maximum.accumulate(time)[:-1] + 1e-3)
    return along(start, place[later], time[later])


def _misfound(times: np.ndarray, rng: np.random.Generator) -> Found:
    """The beats at these times as they are found: smoothed, beside them, or others."""
    times = times.copy()
    smooth = rng.uniform(0, SMOOTHED)
    times[1:-1] += smooth * ((times[:-2] + times[2:]) / 2 - times[1:-1])
    times += rng.normal(0, rng.uniform(0, BESIDE), len(times)) * np.gradient(times)
    times = np.maximum.accumulate(times + 1e-6 * np.arange(len(times)))
    kind = rng.random()
    if kind < HALVED:
        return Found(times, 0.5)
    if kind < HALVED + DOUBLED:
        return Found(times, 2.0, float(rng.integers(0, 2)))
    return Found(times, 1.0, 0.5) if kind > 1 - BETWEEN else Found(times)


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
        laid = self._laid(rng)
        if rng.random() < 0.5:
            laid = laid.take(rng.random(len(laid.rows)) >= rng.uniform(0, self.change.lost))
        places, answers = timed(laid, rng)
        places = _otherwise(places, self.change, rng)
        return self._padded(describe_timing(places), answers)


def _otherwise(places: PlacedKeys, change: Change, rng: np.random.Generator) -> PlacedKeys:
    """The same notes in other keys, held otherwise, by hands that are heard wrongly."""
    held = places.end - places.onset
    if rng.random() < change.releases:
        held = held * np.exp(rng.normal(rng.uniform(-0.5, 0.4), 0.12, len(held)))
    velocity = places.velocity
    if rng.random() < change.flat:
        velocity = np.full(len(velocity), 64.0)
    return replace(
        places,
        end=places.onset + held,
        pitch=places.pitch + rng.integers(-6, 7),
        velocity=velocity,
        upper=misheard(places, change, rng),
        pace=places.pace * np.exp(rng.normal(0, 0.25)),
    )
