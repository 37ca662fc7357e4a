"""Training: batches, loss, steps, checkpoints. A run broken off goes on where it was.

The weights that are kept are a running mean of those of all steps. Matrix products are done in
bfloat16; the weights themselves are kept in float32.
"""

import json
import math
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.data import DataLoader, Sampler

from engrave import reading
from training.evaluate import evaluate
from training.labels import ANSWERS, UNKNOWN
from training.network import Network, Shape
from training.windows import Batches, read_corpus

PACE_WIDTH = 0.1  # log seconds by which an answer for the pace may be off at little loss
COMMONLY = 0.02  # every class keeps so much probability (label smoothing)


def train(config: Mapping[str, Any], data: Path, run: Path) -> None:
    """Train as `config` says on the corpora in `data`; all that is written goes to `run`."""
    run.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(config["seed"])
    batches = Batches(read_corpus(data, config["shares"]), config)
    trainer = _Trainer(config, run)
    loader: DataLoader[tuple[Tensor, Tensor]] = DataLoader(
        batches,  # type: ignore[arg-type]
        batch_size=None,
        sampler=_From(trainer.step, config["steps"]),
        num_workers=1,
        prefetch_factor=8,
    )
    for rows, answers in loader:
        trainer.learn(rows, answers.numpy().view(ANSWERS))
        if trainer.step % config["save_every"] == 0:
            trainer.save()
        if trainer.step % config["validate_every"] == 0 or trainer.step == config["steps"]:
            trainer.report(evaluate(trainer.mean, data))


def shape_of(config: Mapping[str, Any]) -> Shape:
    network = config["network"]
    return Shape(**{**network, "dilations": tuple(network["dilations"])})


class _From(Sampler[int]):
    def __init__(self, start: int, stop: int) -> None:
        self.numbers = range(start, stop)

    def __iter__(self):  # type: ignore[no-untyped-def]
        return iter(self.numbers)

    def __len__(self) -> int:
        return len(self.numbers)


class _Trainer:
    """The network in training, the mean of its weights, the optimizer, and where it stands."""

    def __init__(self, config: Mapping[str, Any], run: Path) -> None:
        self.config, self.run, self.step, self.loss = config, run, 0, math.nan
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        self.network = Network(shape_of(config)).to(self.device)
        self.mean = Network(shape_of(config)).to(self.device)
        self.mean.load_state_dict(self.network.state_dict())
        self.optimizer = torch.optim.AdamW(
            self.network.parameters(),
            lr=config["learning_rate"],
            betas=(0.9, 0.98),
            weight_decay=config["weight_decay"],
        )
        self.start = time.monotonic()
        if (run / "checkpoint.pt").exists():
            kept = torch.load(run / "checkpoint.pt", map_location=self.device, weights_only=True)
            self.step = kept["step"]
            self.network.load_state_dict(kept["network"])
            self.mean.load_state_dict(kept["mean"])
            self.optimizer.load_state_dict(kept["optimizer"])

    def learn(self, rows: Tensor, answers: np.ndarray) -> None:
        for group in self.optimizer.param_groups:
            group["lr"] = self._rate()
        with torch.autocast(self.device, torch.bfloat16):
            said = self.network(rows.to(self.device))
        loss = loss_of(said.float(), answers, self.config["loss"])
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self.optimizer.step()
        self.step += 1
        self.loss = loss.item() if math.isnan(self.loss) else 0.99 * self.loss + 0.01 * loss.item()
        keep = min(self.config["averaging"], self.step / (self.step + 10))
        with torch.no_grad():
            for kept, new in zip(self.mean.parameters(), self.network.parameters(), strict=True):
                kept.lerp_(new, 1 - keep)

    def _rate(self) -> float:
        warm = min(1.0, (self.step + 1) / self.config["warm_up"])
        done = self.step / self.config["steps"]
        return (
            self.config["learning_rate"] * warm * (0.01 + 0.99 * (1 + math.cos(math.pi * done)) / 2)
        )

    def save(self) -> None:
        state = {
            "step": self.step,
            "network": self.network.state_dict(),
            "mean": self.mean.state_dict(),
            "optimizer": self.optimizer.state_dict(),
        }
        torch.save(state, self.run / "writing.pt")
        (self.run / "writing.pt").replace(self.run / "checkpoint.pt")
        with open(self.run / "losses.txt", "a") as file:
            file.write(f"{self.step} {self.loss:.4f} {time.monotonic() - self.start:.0f} s\n")

    def report(self, figures: Mapping[str, float]) -> None:
        line = {"step": self.step, "loss": round(self.loss, 4), **figures}
        with open(self.run / "log.jsonl", "a") as file:
            file.write(json.dumps(line) + "\n")


def loss_of(said: Tensor, answers: np.ndarray, weights: Mapping[str, float]) -> Tensor:
    """The weighted sum of the losses of all questions, each the mean over the notes it asks."""
    parts = dict(zip(reading.HEADS, said.split(list(reading.HEADS.values()), dim=-1), strict=True))
    total = said.new_zeros(())
    for name, weight in weights.items():
        total = total + weight * _loss(name, parts[name], answers)
    return total


def _loss(name: str, said: Tensor, answers: np.ndarray) -> Tensor:
    if name == "pace":
        return _pace_loss(said, torch.from_numpy(answers["pace"].copy()).to(said.device))
    if name == "flags":
        wanted = torch.from_numpy(np.stack([answers[flag] for flag in reading.FLAGS], -1))
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
        said.flatten(0, 1), wanted.flatten().long(), ignore_index=UNKNOWN, label_smoothing=COMMONLY
    )


def _pace_loss(said: Tensor, wanted: Tensor) -> Tensor:
    known = ~wanted.isnan()
    if not known.any():
        return said.sum() * 0
    paces = torch.tensor(reading.PACES, dtype=torch.float32, device=said.device)
    near = torch.softmax(-(((wanted[known][:, None] - paces) / PACE_WIDTH) ** 2) / 2, -1)
    return -(near * functional.log_softmax(said[known], -1)).sum(-1).mean()
