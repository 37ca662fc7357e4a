"""What the fingers held, where a file holds every note as long as it sounds.

Transcriptions from sound, and some keyboards, end a note when its string falls silent: with the
pedal down, that is when the pedal comes up, and notes struck one after the other end at one
moment. Fingers let go of a chord together, but seldom of notes struck at different times: less than
two in a hundred notes end so in recordings of keys, more than twenty in those of sounds. There such
a note was held, as far as anybody can say, until the hand went on: until the next note that the
same fingers could have played.

Times are seconds.
"""

from dataclasses import replace

import numpy as np

from engrave.music.performance import Performance, PlayedNote

TOGETHER_SECONDS = 0.015  # seconds between two releases at one moment
APART_SECONDS = 0.08  # seconds between onsets of notes that are no chord
STRETCHED_SHARE = (
    0.06  # share of notes that end with two others or more, from which on a file is stretched
)
HAND_SPAN = 9  # semitones: a note so near could be played by the same fingers
SHORTEST_HOLD = 0.05  # seconds that a key is held


def restore_key_releases(performance: Performance) -> Performance:
    """The performance with the releases of the keys; unchanged if its releases are theirs.

    Each player has fingers of his own.
    """
    notes = list(performance.notes)
    for player in range(len(performance.players)):
        own = performance.played_by(player)
        for i, note in zip(own, _restored([notes[i] for i in own]), strict=True):
            notes[i] = note
    unchanged = tuple(notes) == performance.notes
    return performance if unchanged else replace(performance, notes=tuple(notes))


def _restored(notes: list[PlayedNote]) -> list[PlayedNote]:
    """The notes of one player with the releases of the keys."""
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
    """How many notes that were struck at other times end together with each note."""
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
    """When the next note that the same fingers could have played is struck."""
    after = int(np.searchsorted(onset, onset[i] + APART_SECONDS))
    until = int(np.searchsorted(onset, release[i]))
    near = np.flatnonzero(np.abs(pitch[after:until] - pitch[i]) <= HAND_SPAN)
    end = onset[after + near[0]] if len(near) else release[i]
    return float(max(end, onset[i] + SHORTEST_HOLD))
