"""Many performances looked at together: figures, curves and pools that weigh pieces the same."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from scipy.special import ndtr

from training.player.habits import Array, Z

MOST_OBSERVATIONS = 4000  # observations of one kind that one performance contributes
LEVELS = ndtr(Z)

Portrait = Mapping[str, Any]


def weighted_quantiles(values: Array, weights: Array, levels: Array) -> Array:
    """Quantiles (`levels` from 0 to 1) of weighted values, linear between them."""
    order = np.argsort(values)
    mass = np.cumsum(weights[order]) - weights[order] / 2
    quantiles: Array = np.interp(levels * weights.sum(), mass, values[order])
    return quantiles


class StatisticsPool:
    """The portraits of many performances, with a weight for each so that pieces weigh the same."""

    def __init__(self, portraits: Sequence[Portrait], pieces: Sequence[str]) -> None:
        times = Counter(pieces)
        self.portraits = portraits
        self.weights = np.array([1 / times[piece] for piece in pieces])

    def figure(self, name: str) -> tuple[Array, Array]:
        """One figure a performance where it is known, and the weights."""
        values = np.array([p[name] for p in self.portraits], float)
        known = np.isfinite(values)
        return values[known], self.weights[known]

    def mean(self, name: str) -> Array:
        """The mean over pieces of a figure or of a row of figures."""
        values = np.array([p[name] for p in self.portraits], float)
        known = np.isfinite(values)
        weights = self.weights.reshape((-1,) + (1,) * (values.ndim - 1)) * known
        mean: Array = np.sum(np.where(known, values, 0.0) * weights, 0) / weights.sum(0)
        return mean

    def curve(self, name: str) -> Array:
        """The curve of one figure a performance."""
        return weighted_quantiles(*self.figure(name), LEVELS)

    def pooled(self, *names: str) -> list[Array]:
        """Observations of all performances one after the other, then their weights.

        The name `number` stands for the running number of the performance.
        """
        columns: list[list[Array]] = [[] for _ in range(len(names) + 1)]
        for number, (one, weight) in enumerate(zip(self.portraits, self.weights, strict=True)):
            every = max(len(one[names[0]]) // MOST_OBSERVATIONS, 1)
            count = len(one[names[0]][::every])
            for column, name in zip(columns, names, strict=False):
                column.append(np.full(count, number) if name == "number" else one[name][::every])
            columns[-1].append(np.full(count, weight / max(count, 50)))
        return [np.concatenate(column) for column in columns]

    def pooled_curve(self, name: str) -> Array:
        """The curve of all observations of a kind."""
        values, weights = self.pooled(name)
        known = np.isfinite(values)
        return weighted_quantiles(values[known], weights[known], LEVELS)


def standardised(curve: Array) -> Array:
    """A curve of median 0 and standard deviation 1 under the normal deviates."""
    fine = np.interp(np.linspace(-3, 3, 601), Z, curve)
    density = np.exp(-(np.linspace(-3, 3, 601) ** 2) / 2)
    density /= density.sum()
    spread = np.sqrt(density @ fine**2 - (density @ fine) ** 2)
    standard: Array = (curve - curve[len(Z) // 2]) / spread
    return standard
