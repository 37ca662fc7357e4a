"""Figures of the reader of the pedal on the validation pieces, before any decoding."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import numpy as np

from engrave.listening.pedal_features import FRAME_SECONDS, Frames
from training.data import corpora
from training.network import Network
from training.tasks.augment import TrainingPiece
from training.tasks.notes import take_of
from training.tasks.pedal import PEDAL_ANSWERS, listen_for_pedal, pedal_at

FIRST_SECONDS = 240.0  # of each piece; the rest is not looked at
LIKELY = 0.4  # from here on something is said: an F-measure is best below one half


@cache
def _takes(data: Path) -> tuple[TrainingPiece, ...]:
    """The first performance of each validation piece."""
    takes: dict[str, TrainingPiece] = {}
    for row in corpora.performances(data / "nasap" / "validation"):
        if row["score"] not in takes:
            takes[row["score"]] = take_of(row)
    return tuple(takes.values())


def evaluate_pedal(network: Network, data: Path) -> dict[str, float]:
    """Means over the pieces: F-measures of moments with the pedal down, and near a press or a
    lift; share of the moments right in which it is down or up."""
    figures = [_figures(network, take) for take in _takes(data)]
    return {n: round(float(np.mean([row[n] for row in figures])), 4) for n in figures[0]}


def _figures(network: Network, take: TrainingPiece) -> Mapping[str, float]:
    times = Frames.of(take.keys).times[: int(FIRST_SECONDS / FRAME_SECONDS)]
    foot = pedal_at(take.keys, times)
    said = 1 / (1 + np.exp(-listen_for_pedal(network, take.keys)[: len(times)]))
    figures = {}
    for k, name in enumerate(PEDAL_ANSWERS.names or ()):
        found, true = said[:, k] > LIKELY, foot[name] > 0
        figures[f"{name}_f"] = 2 * (found & true).sum() / max(1, found.sum() + true.sum())
    figures["time"] = np.mean((said[:, 0] > 1 / 2) == (foot["down"] > 0))
    return figures
