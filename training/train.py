"""Training: batches, loss, steps, checkpoints. A run broken off goes on where it was.

The weights that are kept are a running mean of those of all steps. Matrix products are done in
bfloat16; the weights themselves are kept in float32.
"""

import json
import math
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, Sampler

from training.network import Network, Shape
from training.tasks.tasks import task_of


def train(config: Mapping[str, Any], data: Path, run: Path) -> None:
    """Train as `config` says on the corpora in `data`; all that is written goes to `run`."""
    run.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(config["seed"])
    task = task_of(config)
    trainer = _Trainer(config, run)
    loader: DataLoader[tuple[Tensor, Tensor]] = DataLoader(
        task.batches(data, config),
        batch_size=None,
        sampler=_From(trainer.step, config["steps"]),
        num_workers=1,
        prefetch_factor=8,
    )
    for rows, answers in loader:
        trainer.learn(rows, answers.numpy().view(task.answers))
        if trainer.step % config["save_every"] == 0:
            trainer.save()
        if trainer.step % config["validate_every"] == 0 or trainer.step == config["steps"]:
            trainer.report(task.evaluate(trainer.mean, data))


def network_of(config: Mapping[str, Any]) -> Network:
    """A network of the shape that `config` says, for its lesson."""
    shape = Shape(**{**config["network"], "dilations": tuple(config["network"]["dilations"])})
    task = task_of(config)
    return Network(shape, task.inputs, task.outputs)


class _From(Sampler[int]):
    def __init__(self, start: int, stop: int) -> None:
        self.numbers = range(start, stop)

    def __iter__(self) -> Iterator[int]:
        return iter(self.numbers)

    def __len__(self) -> int:
        return len(self.numbers)


class _Trainer:
    """The network in training, the mean of its weights, the optimizer, and where it stands."""

    def __init__(self, config: Mapping[str, Any], run: Path) -> None:
        self.config, self.run, self.step, self.loss = config, run, 0, math.nan
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        self.network = network_of(config).to(self.device)
        self.mean = network_of(config).to(self.device)
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
        loss = task_of(self.config).loss(said.float(), answers, self.config["loss"])
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
        cooled = 0.01 + 0.99 * (1 + math.cos(math.pi * done)) / 2
        return float(self.config["learning_rate"] * warm * cooled)

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
