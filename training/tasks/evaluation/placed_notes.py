"""Figures of the second reading on the validation pieces, on their true grids."""

from functools import cache
from pathlib import Path

import numpy as np

from engrave.listening import heads
from engrave.listening.beat_features import describe_places, describe_timing
from training.data import corpora
from training.network import Network
from training.tasks.note_labels import UNKNOWN
from training.tasks.placed_notes import Laid, laid_of, placed, read_rows
from training.tasks.timed_notes import timed

FIRST_NOTES = 3000  # of each piece; the rest is not looked at


@cache
def _pieces(data: Path) -> tuple[Laid, ...]:
    """The first performance of each validation piece."""
    pieces: dict[str, Laid] = {}
    for row in corpora.performances(data / "nasap" / "validation"):
        if row["score"] not in pieces:
            pieces[row["score"]] = laid_of(row).take(slice(FIRST_NOTES))
    return tuple(pieces.values())


def evaluate_places(network: Network, data: Path) -> dict[str, float]:
    """Shares of the notes whose voice and value are known, means over the pieces."""
    figures = []
    for laid in _pieces(data):
        places, answers = placed(laid)
        said = heads.split(read_rows(network, describe_places(places)), heads.PLACED_HEADS)
        figures.append([_share(said[name], answers[name]) for name in heads.PLACED_HEADS])
    means = np.mean(figures, axis=0)
    return {n: round(float(m), 4) for n, m in zip(heads.PLACED_HEADS, means, strict=True)}


def evaluate_phases(network: Network, data: Path) -> dict[str, float]:
    """The same for their places in beats that are a little beside the true ones."""
    shares = []
    for laid in _pieces(data):
        places, answers = timed(laid, np.random.default_rng(0))
        shares.append(_share(read_rows(network, describe_timing(places)), answers["phase"]))
    return {"phase": round(float(np.mean(shares)), 4)}


def _share(said: np.ndarray, answers: np.ndarray) -> float:
    """The share of the known answers that are right."""
    known = answers != UNKNOWN
    return float(np.mean(said[known].argmax(axis=1) == answers[known]))
