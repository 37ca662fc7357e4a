"""Windows for the reader of rhythm: notes in the time of beats that are known, and their places.

The beats are those of the score, at the times at which they were played, smoothed and a little
beside them, for so they are found; in some windows they are twice or half as fast, or between the
true ones.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from engrave import reading
from engrave.listen import PLACED_MARGIN, PLACED_WINDOW, in_windows
from engrave.performance import CHORD_WINDOW
from engrave.placed_features import TIMED_COUNT, Places, describe_timing
from training.clock import beat_grid
from training.corpora import QUARTER
from training.labels import UNKNOWN, phase_classes, place_in_full_bar
from training.network import Network
from training.places import Change, Laid, PlacedBatches, beats_of, misheard

PHASE = np.dtype([("phase", "i1")])
SMOOTHED = 0.5  # share of the mean of the beats around in the time of a beat, at most
BESIDE = 0.04  # of a beat: deviation of the beats that are found, at most
HALVED, DOUBLED, BETWEEN = 0.12, 0.12, 0.04  # shares of the windows with other beats


def timed(laid: Laid, rng: np.random.Generator | None = None) -> tuple[Places, np.ndarray]:
    """What the reader is told of these notes and what is right (dtype PHASE), sorted by onset.

    With `rng` the beats are those that somebody might have found.
    """
    rows = laid.rows
    beat, triple, bar = beats_of(rows)
    start = beat_grid(rows).start / QUARTER
    place, first = np.unique(rows["score_onset"], return_index=True)
    chord = np.searchsorted(place, rows["score_onset"])
    time = np.bincount(chord, laid.onset) / np.bincount(chord)
    good = np.flatnonzero(time > np.append(-np.inf, np.maximum.accumulate(time)[:-1] + 1e-3))
    times = _going_on(start, place[good] / QUARTER, time[good])
    factor, away = 1.0, 0.0
    if rng is not None:
        smooth = rng.uniform(0, SMOOTHED)
        times[1:-1] += smooth * ((times[:-2] + times[2:]) / 2 - times[1:-1])
        times += rng.normal(0, rng.uniform(0, BESIDE), len(times)) * np.gradient(times)
        times = np.maximum.accumulate(times + 1e-6 * np.arange(len(times)))
        kind = rng.random()
        factor = 0.5 if kind < HALVED else 2.0 if kind < HALVED + DOUBLED else 1.0
        away = 0.5 if kind > 1 - BETWEEN else float(rng.integers(0, 2)) if factor == 2.0 else 0.0
    in_beats = _count(rows["score_onset"] / QUARTER, start)
    right = (in_beats - away) / factor % 1
    order = np.lexsort((rows["pitch"], laid.onset))
    onset, release = laid.onset[order], laid.release[order]
    heads = _chord_heads(onset)
    at, end = (_going_on(t, times, np.arange(len(times))) for t in (onset[heads], release))
    at, end = (at - away) / factor, (np.maximum(end, at + 1e-3) - away) / factor
    index = np.floor(place_in_full_bar(rows) / QUARTER / beat)[order]
    size = (bar / beat)[order] if factor == 1 else np.full(len(order), 4.0)
    here = (at - np.floor(in_beats[order]) + index) % size if factor == 1 else at % size
    ones = np.ones(len(order))
    places = Places(
        onset=at,
        end=end,
        pitch=rows["pitch"][order].astype(float),
        velocity=laid.velocity[order].astype(float),
        upper=(rows["staff"] == 1)[order],
        beat=ones,
        place=here,
        bar=size,
        triple=triple[order] if factor == 1 else ones < 0,
        pace=np.gradient(times)[np.searchsorted(start, rows["score_onset"][order] / QUARTER, "right") - 1] * factor,
    )
    out = np.full(len(order), UNKNOWN, PHASE)
    out["phase"] = phase_classes(right)[order]
    return places, out


def _going_on(x: np.ndarray, known: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Linear between the points, going on straight beyond both ends."""
    i = np.clip(np.searchsorted(known, x, side="right") - 1, 0, len(known) - 2)
    slope = (values[i + 1] - values[i]) / (known[i + 1] - known[i])
    return values[i] + (x - known[i]) * slope


def _count(place: np.ndarray, start: np.ndarray) -> np.ndarray:
    """Places (quarters) in beats that start there."""
    return _going_on(place, start, np.arange(len(start)).astype(float))


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
        rows, answers = describe_timing(places)[: self.window], answers[: self.window]
        missing = self.window - len(answers)
        blank = np.full(missing, UNKNOWN, PHASE)
        return np.pad(rows, ((0, missing), (0, 0))), np.concatenate([answers, blank])


def _otherwise(places: Places, change: Change, rng: np.random.Generator) -> Places:
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


def read_phases(network: Network, places: Places) -> np.ndarray:
    """The network's answers for the notes of a whole piece."""
    rows = describe_timing(places)

    def answer(shown: slice) -> np.ndarray:
        said = network(torch.from_numpy(rows[shown])[None].to(network.answer.weight.device))
        answers: np.ndarray = said[0].float().cpu().numpy()
        return answers

    network.eval()
    with torch.no_grad():
        said = in_windows(len(rows), answer, PLACED_WINDOW, PLACED_MARGIN)
    network.train()
    return said
