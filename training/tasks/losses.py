"""What wrong answers cost: to the questions about notes, and to those about the pedal."""

from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from engrave.listening import heads
from training.tasks.note_labels import UNKNOWN

PACE_WIDTH = 0.1  # log seconds by which an answer for the pace may be off at little loss
LEAST_SHARE = 0.02  # every class keeps so much probability (label smoothing)


def loss_of_notes(
    said: Tensor,
    answers: np.ndarray,
    weights: Mapping[str, float],
    widths: Mapping[str, int] = heads.NOTE_HEADS,
) -> Tensor:
    """The weighted sum of the losses of all questions, each the mean over the notes it asks."""
    parts = dict(zip(widths, said.split(list(widths.values()), dim=-1), strict=True))
    total = said.new_zeros(())
    for name, weight in weights.items():
        total = total + weight * _loss(name, parts[name], answers)
    return total


def loss_of_frames(said: Tensor, answers: np.ndarray, weights: Mapping[str, float]) -> Tensor:
    """The same for what the foot does; moments where that is unknown are nan."""
    total = said.new_zeros(())
    for k, name in enumerate(answers.dtype.names or ()):
        wanted = torch.from_numpy(answers[name].copy()).to(said.device)
        known = ~wanted.isnan()
        loss = functional.binary_cross_entropy_with_logits(said[..., k][known], wanted[known])
        total = total + weights[name] * loss
    return total


def _loss(name: str, said: Tensor, answers: np.ndarray) -> Tensor:
    if name == "pace":
        return _pace_loss(said, torch.from_numpy(answers["pace"].copy()).to(said.device))
    if name == "flags":
        wanted = torch.from_numpy(np.stack([answers[flag] for flag in heads.FLAGS], -1))
    else:
        wanted = torch.from_numpy(answers[name].copy())
    wanted = wanted.to(said.device)
    if name == "flags" or said.shape[-1] == 1:
        known = wanted != UNKNOWN
        said = said.squeeze(-1) if name != "flags" else said
        if not known.any():
            return said.sum() * 0
        return functional.binary_cross_entropy_with_logits(said[known], wanted[known].float())
    if not (wanted != UNKNOWN).any():
        return said.sum() * 0
    return functional.cross_entropy(
        said.flatten(0, 1),
        wanted.flatten().long(),
        ignore_index=UNKNOWN,
        label_smoothing=LEAST_SHARE,
    )


def _pace_loss(said: Tensor, wanted: Tensor) -> Tensor:
    known = ~wanted.isnan()
    if not known.any():
        return said.sum() * 0
    paces = torch.tensor(heads.LOG_BEAT_SECONDS, dtype=torch.float32, device=said.device)
    near = torch.softmax(-(((wanted[known][:, None] - paces) / PACE_WIDTH) ** 2) / 2, -1)
    return -(near * functional.log_softmax(said[known], -1)).sum(-1).mean()
