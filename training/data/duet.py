"""Two pieces at once: one hand of this, the other hand of that.

Most of what a reader could learn by heart is how a tune goes with its own accompaniment. Where two
pieces have the same bars, the hands of one can play with those of the other: it is no good music,
but its rhythm is written as scores are, and nobody has heard it before. The guest's hand is moved
to the key of the piece. Places are in the units of `corpora.SCORE_FIELDS`.
"""

import numpy as np

from training.data.corpora import QUARTER

FEWEST = 60  # notes of a duet


def duet(piece: np.ndarray, guest: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """One staff of an excerpt with the other staff of a guest's, bar by bar.

    The excerpt as it is, where the guest has no such bars or little would remain.
    """
    own, other = (_in_full_bars(rows, *signature(piece)) for rows in (piece, guest))
    if not len(own) or not len(other):
        return piece
    staff = rng.integers(1, 3)
    bars = min(own["measure"].max(), other["measure"].max())
    own = own[(own["staff"] == staff) & (own["measure"] <= bars)]
    other = other[(other["staff"] == 3 - staff) & (other["measure"] <= bars)]
    if len(own) < FEWEST / 3 or len(other) < FEWEST / 3 or len(own) + len(other) < FEWEST:
        return piece
    both = np.concatenate([own, _in_key(other, int(own["fifths"][0]))])
    return np.sort(both, order=["score_onset", "pitch"])


def signature(rows: np.ndarray) -> tuple[int, int]:
    """The time signature in the middle of an excerpt; (0, 0) where it has none."""
    middle = rows[len(rows) // 2]
    return int(middle["beats"]), int(middle["beat_type"])


def _in_full_bars(rows: np.ndarray, beats: int, beat_type: int) -> np.ndarray:
    """The notes in full bars of this time signature; these follow each other, numbered from 1."""
    length = 4 * QUARTER * beats // max(beat_type, 1)
    full = (rows["beats"] == beats) & (rows["beat_type"] == beat_type)
    kept: np.ndarray = rows[full & (rows["measure_length"] == length)].copy()
    _, bar = np.unique(kept["measure"], return_inverse=True)
    kept["measure"] = bar + 1
    kept["score_onset"] = bar * length + kept["position"]
    return kept


def _in_key(rows: np.ndarray, fifths: int) -> np.ndarray:
    """The notes moved by at most a tritone to another key signature; their names are not known."""
    semitones = (7 * (fifths - int(rows["fifths"][0])) + 6) % 12 - 6
    moved = rows.copy()
    moved["pitch"] += semitones
    moved["fifths"] = fifths
    if semitones:
        moved["step"] = b""
    return moved
