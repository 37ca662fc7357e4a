"""What the reader of bars gets right, beat by beat, on the true beats of performances of `train`.

It learns from scores alone, so none of these pieces is known to it as it is played.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch

from engrave.listening import heads
from engrave.listening.bar_features import bar_features
from training.data import corpora
from training.network import Network
from training.tasks.bars import FoundBeats, beats_of_score, labels
from training.tasks.note_labels import UNKNOWN


def evaluate_bars(network: Network, data: Path) -> Mapping[str, float]:
    """Share of the beats whose answer is right, F-measure of the downbeats; mean over pieces."""
    found: dict[str, list[float]] = {name: [] for name in ("downbeat", "place", "level")}
    seen: set[str] = set()
    network.eval()
    for row in corpora.performances(data / "nasap" / "train"):
        if row["score"] in seen or not corpora.trusted(row):
            continue
        seen.add(row["score"])
        score = beats_of_score(corpora.score_of(row))
        rows = bar_features(score.notes, len(score))
        with torch.no_grad():
            said = network(torch.from_numpy(rows)[None])[0].float().numpy()
        parts = heads.split_heads(said, heads.BAR_HEADS)
        right = labels(score, 0, FoundBeats(np.arange(len(score), dtype=float), 0))
        hit = (parts["downbeat"][:, 0] > 0) & (right["downbeat"] > 0)
        total = (parts["downbeat"][:, 0] > 0).sum() + (right["downbeat"] > 0).sum()
        found["downbeat"].append(2 * hit.sum() / max(total, 1))
        for name in ("place", "level"):
            known = right[name] != UNKNOWN
            found[name].append(float((parts[name].argmax(1) == right[name])[known].mean()))
    network.train()
    return {name: round(100 * float(np.mean(values)), 1) for name, values in found.items()}
