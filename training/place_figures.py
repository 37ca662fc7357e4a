"""Figures of the second reading on the validation pieces, on their true grids."""

from functools import cache
from pathlib import Path

import numpy as np

from engrave import reading
from engrave.placed_features import describe_places, describe_timing
from training import corpora
from training.labels import UNKNOWN
from training.network import Network
from training.phases import timed
from training.places import Laid, laid_of, placed, read_rows

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
        said = reading.split(read_rows(network, describe_places(places)), reading.PLACED_HEADS)
        figures.append([_share(said[name], answers[name]) for name in reading.PLACED_HEADS])
    means = np.mean(figures, axis=0)
    return {n: round(float(m), 4) for n, m in zip(reading.PLACED_HEADS, means, strict=True)}


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
