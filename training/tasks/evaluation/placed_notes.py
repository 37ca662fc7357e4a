"""Figures of the second reading on the validation pieces, on their true grids."""

from functools import cache
from pathlib import Path

import numpy as np

from engrave.listening import heads
from engrave.listening.beat_features import placed_note_features, timed_note_features
from training.data import corpora
from training.network import Network
from training.tasks.note_labels import UNKNOWN
from training.tasks.placed_notes import (
    AlignedNotes,
    aligned_notes_of,
    listen_to_rows,
    placed_example,
)
from training.tasks.timed_notes import timed_example

FIRST_NOTES = 3000  # of each piece; the rest is not looked at


@cache
def _pieces(data: Path) -> tuple[AlignedNotes, ...]:
    """The first performance of each validation piece."""
    pieces: dict[str, AlignedNotes] = {}
    for row in corpora.performances(data / "nasap" / "validation"):
        if row["score"] not in pieces:
            pieces[row["score"]] = aligned_notes_of(row).take(slice(FIRST_NOTES))
    return tuple(pieces.values())


def evaluate_placed(network: Network, data: Path) -> dict[str, float]:
    """Shares of the notes whose voice and value are known, means over the pieces."""
    figures = []
    for aligned in _pieces(data):
        places, answers = placed_example(aligned)
        said = heads.split_heads(
            listen_to_rows(network, placed_note_features(places)), heads.PLACED_HEADS
        )
        figures.append([_share(said[name], answers[name]) for name in heads.PLACED_HEADS])
    means = np.mean(figures, axis=0)
    return {n: round(float(m), 4) for n, m in zip(heads.PLACED_HEADS, means, strict=True)}


def evaluate_timed(network: Network, data: Path) -> dict[str, float]:
    """The same for their places in beats that are a little beside the true ones."""
    shares = []
    for aligned in _pieces(data):
        places, answers = timed_example(aligned, np.random.default_rng(0))
        shares.append(
            _share(listen_to_rows(network, timed_note_features(places)), answers["phase"])
        )
    return {"phase": round(float(np.mean(shares)), 4)}


def _share(said: np.ndarray, answers: np.ndarray) -> float:
    """The share of the known answers that are right."""
    known = answers != UNKNOWN
    return float(np.mean(said[known].argmax(axis=1) == answers[known]))
