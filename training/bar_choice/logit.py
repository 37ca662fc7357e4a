"""A conditional logit: which of several is right, from numbers that speak for each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

FOLDS = 5
LEAST = 1e-300


@dataclass(frozen=True, slots=True)
class Case:
    """What speaks for each of several (a row each), and which of them are right.

    Cases of one `song` are held out together; `kind` is for reports. `figures` hold more to be
    reported of each of them, by name.
    """

    kind: str
    song: str
    rows: np.ndarray
    right: np.ndarray
    figures: Mapping[str, np.ndarray]


def fit(cases: Sequence[Case], counts: Mapping[str, float], penalty: float) -> np.ndarray:
    """The weights that make the right ones likeliest, the squares of scaled ones kept small.

    A case counts as much as `counts` says of its kind (1 if nothing).
    """
    cases = [case for case in cases if case.right.any()]
    rows = np.concatenate([case.rows for case in cases])
    right = np.concatenate([case.right for case in cases]).astype(float)
    sizes = [len(case.rows) for case in cases]
    start = np.append(0, np.cumsum(sizes))[:-1]
    member = np.repeat(np.arange(len(cases)), sizes)
    often = np.array([counts.get(case.kind, 1.0) for case in cases])
    often /= often.sum()
    spread = rows.std(axis=0) + 1e-6
    scaled = rows / spread

    def cost(weights: np.ndarray) -> tuple[float, np.ndarray]:
        log_likelihood = scaled @ weights
        odds = np.exp(log_likelihood - np.maximum.reduceat(log_likelihood, start)[member])
        total = np.add.reduceat(odds, start)
        hit = np.add.reduceat(odds * right, start) + LEAST
        slope = (odds / total[member] - odds * right / hit[member]) * often[member]
        return (
            float(-(often * np.log(hit / total)).sum() + penalty * weights @ weights),
            slope @ scaled + 2 * penalty * weights,
        )

    found = minimize(
        cost, np.zeros(rows.shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": 400}
    )
    weights: np.ndarray = found.x / spread
    return weights


def left_out(
    cases: Sequence[Case], counts: Mapping[str, float], penalty: float
) -> dict[str, dict[str, float]]:
    """The mean of each figure of the ones that are chosen, by kind, in folds by song."""
    songs = sorted({case.song for case in cases})
    fold = dict(zip(songs, np.random.default_rng(1).permutation(len(songs)) % FOLDS, strict=True))
    found: dict[str, dict[str, list[float]]] = {}
    for number in range(FOLDS):
        weights = fit([case for case in cases if fold[case.song] != number], counts, penalty)
        for case in (case for case in cases if fold[case.song] == number):
            best = int(np.argmax(case.rows @ weights))
            kind = found.setdefault(case.kind, {})
            for name, values in {"right": case.right, **case.figures}.items():
                kind.setdefault(name, []).append(float(values[best]))
    return {
        kind: {name: float(np.mean(values)) for name, values in figures.items()}
        for kind, figures in sorted(found.items())
    }
