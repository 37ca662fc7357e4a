"""Input features of the beat-aware networks: position of each note in the bar, time held.

Once beats and bars are known, a note can be described by more than before: the time its key is
held, relative to the next notes of the hand and to the beat, and the part of the bar in which it
falls. Durations are logarithms of felt beats, pitches are in octaves.
"""

from dataclasses import dataclass

import numpy as np

from engrave.listening.heads import PHASES
from engrave.music.arrays import Floats

CHORDS_AROUND = (1, 2, 3, 4, 6)  # lags, in chords of the hand, of the context
HELD_OVER = (1, 2, 3, 4, 6)  # chords ahead in the hand to whose onset the hold is compared
SHORTEST_WAIT, LONGEST_WAIT = 1 / 32, 16.0  # beats; other intervals are clipped to these
MOST_BEATS = 8  # beats per bar that are distinguished
MIDDLE_PITCH = 64  # MIDI number at which the pitch feature is 0
SAME_ONSET = 1e-6  # quarters between onsets that count as one
PLACED_FEATURES = 85  # numbers per note
SLOTS = 24  # positions per beat to which the distance of a note is given
TIMED_FEATURES = PLACED_FEATURES + SLOTS + 16


@dataclass(frozen=True, slots=True)
class NotesOnGrid:
    """Notes on a grid as arrays, sorted by onset, then pitch; without grace notes.

    `onset` and `end` (release of the key) are quarters from the start, `pitch` and `velocity` MIDI
    numbers. `upper`: played by the right hand; `beat` is the felt beat in quarters, `position` that
    of the onset in a full bar, `bar` the length of a full bar in quarters, `triple`: beats divide
    in three; `beat_seconds` are seconds per beat.
    """

    onset: np.ndarray
    end: np.ndarray
    pitch: np.ndarray
    velocity: np.ndarray
    upper: np.ndarray
    beat: np.ndarray
    position: np.ndarray
    bar: np.ndarray
    triple: np.ndarray
    beat_seconds: np.ndarray


def placed_note_features(notes: NotesOnGrid) -> np.ndarray:
    """Features of notes with exact positions: float32 array (notes, PLACED_FEATURES).

    There is at least one note.
    """
    by_hand = np.zeros((len(notes.onset), _BY_HAND))
    for upper in (False, True):
        members = np.flatnonzero(notes.upper == upper)
        others = np.flatnonzero(notes.upper != upper)
        if len(members):
            by_hand[members] = np.stack(_in_hand(notes, members, others), axis=1)
    table = np.concatenate([by_hand, np.stack(_in_bar(notes), axis=1)], axis=1)
    assert table.shape[1] == PLACED_FEATURES
    return table.astype(np.float32)


def timed_note_features(notes: NotesOnGrid) -> np.ndarray:
    """Features of notes that are not quantized yet: float32 array (notes, TIMED_FEATURES).

    They are those of `placed_note_features`, the proximity of each note to each 24th of the beat,
    and the intervals in beats to the chords around it.
    """
    phase = (notes.position % notes.beat) / notes.beat
    away = np.abs(phase[:, None] - np.arange(SLOTS) / SLOTS)
    near = (1 - SLOTS * np.minimum(away, 1 - away)).clip(0)
    starts = np.flatnonzero(np.diff(notes.onset, prepend=-np.inf) > SAME_ONSET)
    chord = np.searchsorted(starts, np.arange(len(notes.onset)), side="right") - 1
    time = notes.onset[starts]
    steps = [
        ((_moved(time, k)[chord] - notes.onset) / notes.beat).clip(-2, 2)
        for k in (-4, -3, -2, -1, 1, 2, 3, 4)
    ]
    angle = 2 * np.pi * phase[:, None] * np.array([1, 2, 3, 4])
    extra = [near, np.stack(steps, axis=1), np.sin(angle), np.cos(angle)]
    table = np.concatenate([placed_note_features(notes), *extra], axis=1)
    assert table.shape[1] == TIMED_FEATURES
    return table.astype(np.float32)


_BESIDE = 11
_BY_HAND = 8 + 6 * len(CHORDS_AROUND) + len(HELD_OVER) + _BESIDE


def _in_hand(notes: NotesOnGrid, members: np.ndarray, others: np.ndarray) -> list[np.ndarray]:
    """Features of a note relative to the notes of the same hand."""
    onset, pitch, beat = notes.onset[members], notes.pitch[members], notes.beat[members]
    held = (notes.end[members] - onset).clip(0)
    starts = np.flatnonzero(np.diff(onset, prepend=-np.inf) > SAME_ONSET)
    chord = np.searchsorted(starts, np.arange(len(members)), side="right") - 1
    time = onset[starts]
    size = np.diff(np.append(starts, len(members)))
    lowest, highest = (f.reduceat(pitch, starts) for f in (np.minimum, np.maximum))
    usual = np.add.reduceat(np.log(held.clip(SHORTEST_WAIT)), starts) / size
    columns = [
        _octaves(highest[chord] - pitch),
        _octaves(pitch - lowest[chord]),
        (pitch == highest[chord]) * 1.0,
        (pitch == lowest[chord]) * 1.0,
        size[chord] / 3,
        _log(held / beat),
        np.log(held.clip(SHORTEST_WAIT)) - usual[chord],
        _log((_next_same(onset, pitch) - onset) / beat),
    ]
    for k in CHORDS_AROUND:
        for step in (-k, k):
            columns.append(_log(np.abs(_moved(time, step)[chord] - onset) / beat))
            columns.append(_octaves(_moved(highest, step)[chord] - pitch))
            columns.append(_octaves(_moved(lowest, step)[chord] - pitch))
    for k in HELD_OVER:
        wait = (_moved(time, k)[chord] - onset).clip(SHORTEST_WAIT)
        columns.append((held / wait).clip(0, 2))
    return columns + _beside(notes, others, members, held)


def _beside(
    notes: NotesOnGrid, others: np.ndarray, members: np.ndarray, held: np.ndarray
) -> list[np.ndarray]:
    """Features of a note relative to the notes of the other hand."""
    if not len(others):
        return [np.zeros(len(members))] * _BESIDE
    onset, pitch, beat = notes.onset[members], notes.pitch[members], notes.beat[members]
    starts = np.flatnonzero(np.diff(notes.onset[others], prepend=-np.inf) > SAME_ONSET)
    time = notes.onset[others][starts]
    lowest, highest = (f.reduceat(notes.pitch[others], starts) for f in (np.minimum, np.maximum))
    after = np.searchsorted(time, onset + SAME_ONSET)
    before = np.searchsorted(time, onset - SAME_ONSET) - 1
    following = np.append(time, onset.max() + LONGEST_WAIT)[after]
    last = np.append(time, onset.min() - LONGEST_WAIT)[before]
    during = np.searchsorted(time, onset + held - SAME_ONSET) - after
    columns = [
        (after - before > 1) * 1.0,
        _log((following - onset) / beat),
        _log((onset - last) / beat),
        np.log1p(during.clip(0)) / 2,
        (held / (following - onset).clip(SHORTEST_WAIT)).clip(0, 2),
    ]
    for at in (before, after - 1, after):
        near = at.clip(0, len(time) - 1)
        columns += [_octaves(outer[near] - pitch) for outer in (lowest, highest)]
    return columns


def _in_bar(notes: NotesOnGrid) -> list[np.ndarray]:
    """Position in the bar, pitch, velocity and tempo of each note."""
    phase = (notes.position % notes.beat) / notes.beat
    at = np.abs(phase[:, None] - np.array(PHASES)) < 1e-3
    index = (notes.position // notes.beat).clip(0, MOST_BEATS - 1)
    count = (notes.bar / notes.beat).clip(1, MOST_BEATS)
    left = (notes.bar - notes.position) / notes.beat
    loud = (notes.velocity - 64) / 20
    return [
        *at.T.astype(float),
        *(index == np.arange(MOST_BEATS)[:, None]).astype(float),
        *(count == np.arange(2, 6)[:, None]).astype(float),
        _log(left),
        notes.triple * 1.0,
        notes.upper * 1.0,
        (notes.pitch - MIDDLE_PITCH) / 18,
        loud - loud.mean(),
        np.log(notes.beat_seconds.clip(0.05, 8)) + 0.5,
        _log((notes.end - notes.onset) * notes.beat_seconds / notes.beat),
    ]


def _log(beats: Floats) -> Floats:
    logs: Floats = np.log(beats.clip(SHORTEST_WAIT, LONGEST_WAIT))
    return logs + 0.7  # 0 for about half a beat


def _octaves(semitones: np.ndarray) -> np.ndarray:
    return (semitones / 12).clip(-3, 3)


def _moved(values: np.ndarray, k: int) -> np.ndarray:
    """The value `k` indices later (earlier if negative), clamped to the ends of the array."""
    return values[np.clip(np.arange(len(values)) + k, 0, len(values) - 1)]


def _next_same(onset: np.ndarray, pitch: np.ndarray) -> np.ndarray:
    """For each note, the time until the same key is struck again."""
    order = np.lexsort((onset, pitch))
    again = np.full(len(onset), np.inf)
    same = np.diff(pitch[order]) == 0
    again[order[:-1]] = np.where(same, onset[order][1:], np.inf)
    return again
