"""Small networks that choose one of several, by numbers that speak for each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch

from engrave.rhythm.bar_choice.weights import Judge

HIDDEN, SEEDS = 16, 2  # of each of so many networks, the mean of which is taken
STEPS = 200
FAST, SLOW = 0.02, 0.0005  # how far a step goes, at first and at last
SILENT = 0.15  # share of the numbers that are not told, in each step
PENALTY, OUT_PENALTY = 0.005, 0.001  # on the squared weights
FOLDS = 5
LEAST = 1e-9


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


def fit(cases: Sequence[Case], counts: Mapping[str, float]) -> Judge:
    """The network that finds the right ones likeliest; it is several in one.

    A case counts as much as `counts` says of its kind (1 if nothing).
    """
    cases = [case for case in cases if case.right.any()]
    rows = np.concatenate([case.rows for case in cases])
    mean, spread = rows.mean(axis=0), rows.std(axis=0) + 1e-6
    told = torch.from_numpy(((rows - mean) / spread).astype(np.float32))
    ones = [_fit_one(told, cases, counts, seed) for seed in range(SEEDS)]
    direct, mix, bias, out = (
        [one[k].detach().numpy().astype(float) for one in ones] for k in range(4)
    )
    return Judge(
        mean,
        spread,
        np.mean(direct, axis=0),
        np.concatenate(mix, axis=1),
        np.concatenate(bias),
        np.concatenate(out) / SEEDS,
    )


def _fit_one(
    told: torch.Tensor, cases: Sequence[Case], counts: Mapping[str, float], seed: int
) -> list[torch.Tensor]:
    chance = torch.Generator().manual_seed(seed)
    width = told.shape[1]
    parts = [
        torch.zeros(width),
        0.05 * torch.randn(width, HIDDEN, generator=chance),
        torch.zeros(HIDDEN),
        0.3 * torch.randn(HIDDEN, generator=chance),
    ]
    for part in parts:
        part.requires_grad_()
    member = torch.repeat_interleave(torch.tensor([len(case.rows) for case in cases]))
    right = torch.from_numpy(np.concatenate([case.right for case in cases]).astype(np.float32))
    often = torch.tensor([counts.get(case.kind, 1.0) for case in cases])
    often /= often.sum()
    optimizer = torch.optim.Adam(parts, lr=FAST)
    for step in range(STEPS):
        optimizer.param_groups[0]["lr"] = FAST * (1 - step / STEPS) + SLOW
        heard = (torch.rand(width, generator=chance) > SILENT) / (1 - SILENT)
        loss = _loss(parts, told * heard, member, right, often)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return parts


def _loss(
    parts: Sequence[torch.Tensor],
    told: torch.Tensor,
    member: torch.Tensor,
    right: torch.Tensor,
    often: torch.Tensor,
) -> torch.Tensor:
    """How unlikely the right ones are (mean of minus the log), and how large the weights."""
    direct, mix, bias, out = parts
    log_likelihood = told @ direct + torch.tanh(told @ mix + bias) @ out
    none = torch.zeros(len(often))
    best = none.scatter_reduce(0, member, log_likelihood, "amax", include_self=False)
    odds = torch.exp(log_likelihood - best[member])
    total, hit = none.index_add(0, member, odds), none.index_add(0, member, odds * right)
    size = PENALTY * ((direct**2).sum() + (mix**2).sum()) + OUT_PENALTY * (out**2).sum()
    return size - (often * torch.log((hit + LEAST) / total)).sum()


def left_out(cases: Sequence[Case], counts: Mapping[str, float]) -> dict[str, dict[str, float]]:
    """The mean of each figure of the ones that are chosen, by kind, in folds by song."""
    songs = sorted({case.song for case in cases})
    fold = dict(zip(songs, np.random.default_rng(1).permutation(len(songs)) % FOLDS, strict=True))
    found: dict[str, dict[str, list[float]]] = {}
    for number in range(FOLDS):
        judge = fit([case for case in cases if fold[case.song] != number], counts)
        for case in (case for case in cases if fold[case.song] == number):
            best = int(np.argmax(judge.log_likelihood(case.rows)))
            kind = found.setdefault(case.kind, {})
            for name, values in {"right": case.right, **case.figures}.items():
                kind.setdefault(name, []).append(float(values[best]))
    return {
        kind: {name: float(np.mean(values)) for name, values in figures.items()}
        for kind, figures in sorted(found.items())
    }
