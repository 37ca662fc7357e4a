"""Figures of the reader of places on the validation pieces, on their true grids."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import numpy as np

from engrave import reading
from training import corpora
from training.labels import UNKNOWN
from training.network import Network
from training.phases import read_phases, timed
from training.places import Laid, laid_of, placed, read_places

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
    """Means over the pieces: share of the answers right, and F of the notes that last beyond the
    next onset of their staff."""
    figures = [_figures(network, laid) for laid in _pieces(data)]
    return {n: round(float(np.mean([row[n] for row in figures])), 4) for n in figures[0]}


def evaluate_phases(network: Network, data: Path) -> dict[str, float]:
    """The share of the notes whose place in the beat is known, mean over the pieces; the beats are
    a little beside the true ones."""
    shares = []
    for laid in _pieces(data):
        places, answers = timed(laid, np.random.default_rng(0))
        known = answers["phase"] != UNKNOWN
        right = read_phases(network, places).argmax(axis=1) == answers["phase"]
        shares.append(np.mean(right[known]))
    return {"phase": round(float(np.mean(shares)), 4)}


def _figures(network: Network, laid: Laid) -> Mapping[str, float]:
    places, answers = placed(laid)
    said = reading.split(read_places(network, places), reading.PLACED_HEADS)
    figures: dict[str, float] = {}
    figures["upper"] = float(np.mean((said.pop("upper")[:, 0] > 0) == answers["upper"]))
    for name, part in said.items():
        known = answers[name] != UNKNOWN
        figures[name] = float(np.mean(part[known].argmax(1) == answers[name][known]))
    beyond = reading.FILLS.index("beyond")
    said_beyond, true = said["fills"].argmax(1) == beyond, answers["fills"] == beyond
    figures["beyond_f"] = float(
        2 * np.sum(said_beyond & true) / max(1, said_beyond.sum() + true.sum())
    )
    return figures
