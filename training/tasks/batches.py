"""Batches of windows by number: batch `k` of a seed is always the same music."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

import numpy as np


class WindowBatches(ABC):
    """Random access to batches: (what is told, what is right) of shape (batch, window, …)."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        self.seed, self.batch, self.window = (config[k] for k in ("seed", "batch", "window"))

    def __len__(self) -> int:
        return 1 << 30

    def __getitem__(self, number: int) -> tuple[np.ndarray, np.ndarray]:
        rng = np.random.default_rng((self.seed, number))
        windows = [self._window(rng) for _ in range(self.batch)]
        rows = np.stack([row for row, _ in windows])
        return rows, np.stack([answers for _, answers in windows]).view(np.uint8)

    @abstractmethod
    def _window(self, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """One window: what is told of each of its notes or moments, and what is right."""
