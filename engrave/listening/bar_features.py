"""Input features of the bar network: one row of numbers for each beat.

Where a bar begins can be heard from what happens on each beat and between beats: which keys are
struck and held, where the bass and the harmony change, and above all how similar each beat is to
earlier ones, since music is parallel from bar to bar (Temperley and Bartlette, "Parallelism as a
factor in metrical analysis", *Music Perception* 20, 2002).

Positions are counted in beats and in twelfths of a beat (cells); nothing is in seconds, as the
beats are known.
"""

from dataclasses import dataclass

import numpy as np

from engrave.music.arrays import Floats

CELLS_PER_BEAT = 12  # cells per beat
BEATS_AROUND = 8  # beats on either side whose mean pitch is the reference
BEATS_BEFORE = (1, 2, 3, 4, 6, 8, 12)  # lags, in beats, at which beats are compared
PITCH_SCALE = 12.0  # semitones per unit of a pitch feature
BAR_FEATURES = 3 * CELLS_PER_BEAT + 3 * 12 + 12 + 5 * len(BEATS_BEFORE)  # numbers per beat


@dataclass(frozen=True, slots=True)
class NotesInBeats:
    """Arrays of notes sorted by onset; `onset`, `end` (of the key) in beats, `pitch` in MIDI."""

    onset: np.ndarray
    end: np.ndarray
    pitch: np.ndarray


def bar_features(notes: NotesInBeats, beats: int) -> np.ndarray:
    """Features of the beats 0 to `beats` - 1: float32 array (beats, BAR_FEATURES)."""
    position = np.floor(notes.onset * CELLS_PER_BEAT + 0.5).astype(int)
    inside = (position >= 0) & (position < beats * CELLS_PER_BEAT)
    position, pitch = position[inside], notes.pitch[inside].astype(int)
    held = np.maximum(notes.end - notes.onset, 1 / CELLS_PER_BEAT)[inside]
    beat, on = position // CELLS_PER_BEAT, position % CELLS_PER_BEAT == 0

    struck = np.bincount(position, minlength=beats * CELLS_PER_BEAT).reshape(beats, CELLS_PER_BEAT)
    longest = np.zeros((beats, CELLS_PER_BEAT))
    np.maximum.at(longest.reshape(-1), position, np.log2(held * CELLS_PER_BEAT) + 1)
    gap = _until_next(position, beats).reshape(beats, CELLS_PER_BEAT)
    sounding = _sounding_chroma(notes, beats)
    on_chroma = _chroma(beat[on], pitch[on], beats)
    low, high = _extreme(beat, pitch, beats, np.minimum), _extreme(beat, pitch, beats, np.maximum)
    bass = np.zeros((beats, 12))
    known = np.flatnonzero(~np.isnan(low))
    bass[known, low[known].astype(int) % 12] = 1
    rows = [
        np.log1p(struck),
        longest / 4,
        gap,
        sounding,
        on_chroma,
        bass,
        _pitches(low, high, beat[on], pitch[on], beats),
        *_likeness((sounding, on_chroma, _rhythm(struck), bass), high),
    ]
    features: np.ndarray = np.concatenate(rows, axis=1).astype(np.float32)
    return features


def _until_next(position: np.ndarray, beats: int) -> np.ndarray:
    """For each cell in which a note begins, the logarithm of the time until the next onset."""
    gap = np.zeros(beats * CELLS_PER_BEAT)
    positions = np.unique(position)
    if len(positions):
        step = np.diff(np.append(positions, beats * CELLS_PER_BEAT))
        gap[positions] = np.log2(np.maximum(step, 1)) / 4
    return gap


def _chroma(beat: np.ndarray, pitch: np.ndarray, beats: int) -> np.ndarray:
    """Unit vector of the pitch classes struck in each beat: array (beats, 12)."""
    rows = np.zeros((beats, 12))
    np.add.at(rows, (beat, pitch % 12), 1.0)
    return _normal(rows)


def _sounding_chroma(notes: NotesInBeats, beats: int) -> np.ndarray:
    """Unit vector of the pitch classes sounding in each beat, weighted by time: (beats, 12)."""
    rows = np.zeros((beats, 12))
    first = np.floor(notes.onset + 0.5 / CELLS_PER_BEAT).astype(int)
    last = np.minimum(np.floor(notes.end).astype(int), first + 4)
    pitch = notes.pitch.astype(int)
    for away in range(5):
        beat = first + away
        some = (beat <= np.maximum(last, first)) & (beat >= 0) & (beat < beats)
        share = np.minimum(notes.end, beat + 1) - np.maximum(notes.onset, beat)
        np.add.at(rows, (beat[some], pitch[some] % 12), share[some].clip(1 / CELLS_PER_BEAT, 1))
    return _normal(rows)


def _normal(rows: Floats) -> Floats:
    length: Floats = np.sqrt((rows**2).sum(axis=1, keepdims=True))
    return rows / np.maximum(length, 1e-9)


def _extreme(beat: np.ndarray, pitch: np.ndarray, beats: int, which: np.ufunc) -> np.ndarray:
    """The lowest or highest pitch struck in each beat; nan where none is."""
    rows = np.full(beats, np.nan)
    start = np.inf if which is np.minimum else -np.inf
    found = np.full(beats, start)
    which.at(found, beat, pitch.astype(float))
    some = np.isfinite(found)
    rows[some] = found[some]
    return rows


def _pitches(
    low: np.ndarray, high: np.ndarray, beat_on: np.ndarray, pitch_on: np.ndarray, beats: int
) -> np.ndarray:
    """Pitch features: range of each beat against its surroundings, and pitches on the beat."""
    low_on = _extreme(beat_on, pitch_on, beats, np.minimum)
    high_on = _extreme(beat_on, pitch_on, beats, np.maximum)
    count_on = np.bincount(beat_on, minlength=beats)
    lowest, highest = _mean_around(low), _mean_around(high)
    columns = []
    for rows, level in ((low, lowest), (high, highest), (low_on, lowest), (high_on, highest)):
        columns += [np.nan_to_num((rows - level) / PITCH_SCALE), np.isnan(rows).astype(float)]
    columns += [
        # lowest pitch on the beat above the lowest in it
        np.nan_to_num((low_on - low) / PITCH_SCALE),
        np.nan_to_num((high_on - low_on) / 24),
        np.log1p(count_on),
        np.zeros(beats),
    ]
    columns[-1][0] = 1.0  # first beat of the piece
    return np.stack(columns, axis=1)


def _mean_around(rows: np.ndarray) -> np.ndarray:
    """Mean of the values of the beats around each beat, ignoring nan."""
    kernel = np.ones(2 * BEATS_AROUND + 1)
    known = ~np.isnan(rows)
    total = np.convolve(np.where(known, rows, 0.0), kernel, mode="full")[BEATS_AROUND:-BEATS_AROUND]
    count = np.convolve(known.astype(float), kernel, mode="full")[BEATS_AROUND:-BEATS_AROUND]
    means: np.ndarray = total / np.maximum(count, 1)
    return means


def _rhythm(struck: np.ndarray) -> np.ndarray:
    return _normal((struck > 0).astype(float))


def _likeness(parts: tuple[np.ndarray, ...], high: np.ndarray) -> list[np.ndarray]:
    """Similarity of each beat to those `BEATS_BEFORE` it, by feature and by top pitch."""
    columns = []
    for away in BEATS_BEFORE:
        for part in parts:
            alike = np.zeros(len(part))
            alike[away:] = (part[away:] * part[:-away]).sum(axis=1)
            columns.append(alike)
        same = np.zeros(len(high))
        same[away:] = high[away:] == high[:-away]
        columns.append(same)
    return [np.stack(columns, axis=1)]
