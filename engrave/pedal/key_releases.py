"""Restore key releases in files that hold every note as long as it sounds.

Transcriptions from audio, and some keyboards, end a note when its string falls silent: with the
pedal down, that is when the pedal comes up, and notes with different onsets end together. Fingers
release a chord together, but seldom notes struck at different times: fewer than two in a hundred
notes end so in recordings of keys, more than twenty in those from audio. In such a file a note is
taken to be held until the hand went on: until the next note that the same fingers could have
played.

Times are seconds.
"""

from dataclasses import replace

import numpy as np

from engrave.music.performance import Performance, PlayedNote

TOGETHER_SECONDS = 0.015  # seconds between two releases that count as one
APART_SECONDS = 0.08  # seconds between onsets of notes that are no chord
STRETCHED_SHARE = (
    0.06  # of notes that end with two others or more; with more, the file holds notes as they sound
)
HAND_SPAN = 9  # semitones: a note this near can be played by the same fingers
SHORTEST_HOLD = 0.05  # seconds that a key is held, at least


def restore_key_releases(performance: Performance) -> Performance:
    """The performance with restored key releases; unchanged if its releases are those of keys.

    The fingers of each player are considered separately.
    """
    notes = list(performance.notes)
    for player in range(len(performance.players)):
        own = performance.played_by(player)
        for i, note in zip(own, _restored([notes[i] for i in own]), strict=True):
            notes[i] = note
    unchanged = tuple(notes) == performance.notes
    return performance if unchanged else replace(performance, notes=tuple(notes))


def _restored(notes: list[PlayedNote]) -> list[PlayedNote]:
    """The notes of one player with restored key releases."""
    if not notes:
        return notes
    onset, release, pitch = np.array([(note.onset, note.release, note.pitch) for note in notes]).T
    company = _common_releases(onset, release)
    if np.mean(company >= 2) < STRETCHED_SHARE:
        return notes
    return [
        replace(note, release=_next_in_reach(i, onset, release, pitch)) if company[i] else note
        for i, note in enumerate(notes)
    ]


def _common_releases(onset: np.ndarray, release: np.ndarray) -> np.ndarray:
    """For each note, how many notes with other onsets end together with it."""
    order = np.argsort(release, kind="stable")
    ended = release[order]
    low = np.searchsorted(ended, release - TOGETHER_SECONDS, side="left")
    high = np.searchsorted(ended, release + TOGETHER_SECONDS, side="right")
    return np.array(
        [
            np.count_nonzero(np.abs(onset[order[a:b]] - start) > APART_SECONDS)
            for a, b, start in zip(low, high, onset, strict=True)
        ]
    )


def _next_in_reach(i: int, onset: np.ndarray, release: np.ndarray, pitch: np.ndarray) -> float:
    """Onset in seconds of the next note that the same fingers could have played."""
    after = int(np.searchsorted(onset, onset[i] + APART_SECONDS))
    until = int(np.searchsorted(onset, release[i]))
    near = np.flatnonzero(np.abs(pitch[after:until] - pitch[i]) <= HAND_SPAN)
    end = onset[after + near[0]] if len(near) else release[i]
    return float(max(end, onset[i] + SHORTEST_HOLD))
