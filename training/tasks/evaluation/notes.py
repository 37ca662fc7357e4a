"""Figures note by note on the validation pieces, before any decoding: mean over pieces."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import numpy as np
import torch

from engrave.listening import heads, note_features
from training.data import corpora
from training.network import Network
from training.tasks.augment import TrainingPiece, without_pedal
from training.tasks.note_labels import PEDAL_HEADS, UNKNOWN
from training.tasks.notes import take_of

WINDOW, HOP = 1024, 512
FIRST_NOTES = 3000  # of each piece; the rest is not looked at


@cache
def _takes(data: Path) -> tuple[TrainingPiece, ...]:
    """The first performance of each validation piece."""
    takes: dict[str, TrainingPiece] = {}
    for row in corpora.performances(data / "nasap" / "validation"):
        if row["score"] not in takes:
            takes[row["score"]] = take_of(row)
    return tuple(takes.values())


def evaluate(network: Network, data: Path) -> dict[str, float]:
    """F-measures of on-beat and downbeat, and for the other questions the share answered right."""
    figures = [_figures(network, take) for take in _takes(data)]
    names = {name: None for row in figures for name in row}
    return {n: round(float(np.mean([row[n] for row in figures if n in row])), 4) for n in names}


def listen(network: Network, rows: np.ndarray) -> np.ndarray:
    """The network's answers for the features of a whole piece, window by window."""
    out = np.zeros((len(rows), heads.NOTE_OUTPUTS), np.float32)
    device = next(network.parameters()).device
    network.eval()
    with torch.no_grad():
        for start in range(0, max(1, len(rows) - WINDOW + HOP), HOP):
            part = torch.from_numpy(rows[start : start + WINDOW])[None].to(device)
            edge = 0 if start == 0 else (WINDOW - HOP) // 2
            out[start + edge : start + WINDOW] = network(part)[0].float().cpu().numpy()[edge:]
    network.train()
    return out


def _figures(network: Network, take: TrainingPiece) -> Mapping[str, float]:
    answers = take.answers[:FIRST_NOTES]
    said = heads.split_heads(listen(network, note_features.note_features(take.keys)[:FIRST_NOTES]))
    deaf = note_features.note_features(without_pedal(take).keys)[:FIRST_NOTES]
    said |= {
        name: part
        for name, part in heads.split_heads(listen(network, deaf)).items()
        if name in PEDAL_HEADS
    }
    figures: dict[str, float] = {}
    for name, part in said.items():
        if name in ("onbeat", "downbeat", *PEDAL_HEADS):
            known = answers[name] != UNKNOWN
            figures[name] = _f(part[known, 0] > 0, answers[name][known] == 1)
        elif name == "upper":
            known = answers[name] != UNKNOWN
            figures[name] = float(np.mean((part[known, 0] > 0) == (answers[name][known] == 1)))
        elif name == "pace":
            known = ~np.isnan(answers[name])
            away = heads.LOG_BEAT_SECONDS[part[known].argmax(1)] - answers[name][known]
            figures[name] = float(np.mean(np.abs(away) < 0.2))
        elif name == "flags":
            for i, flag in enumerate(heads.FLAGS):
                if (answers[flag] == 1).sum() > 5:
                    known = answers[flag] != UNKNOWN
                    figures[flag] = _f(part[known, i] > 0, answers[flag][known] == 1)
        else:
            known = answers[name] != UNKNOWN
            figures[name] = float(np.mean(part[known].argmax(1) == answers[name][known]))
    return figures


def _f(said: np.ndarray, true: np.ndarray) -> float:
    return float(2 * np.sum(said & true) / max(1, said.sum() + true.sum()))
