"""Probabilities of the alternatives of each decision: tempo, meter, barlines and key.

What is written is the likeliest alternative: the same numbers chose it. They are log likelihoods
that hold for each beat as if it were independent; but successive beats are correlated, so
probabilities grow more slowly than these sums (the scale is that at which the likeliest
alternatives are right as often as they claim, over performances on which no network was trained).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np

from engrave.music.grid import Grid

_Answer = TypeVar("_Answer", bound=float | str | tuple[int, bool])


@dataclass(frozen=True, slots=True)
class Hypotheses:
    """Probabilities (0-1) of the alternatives; empty where there was nothing to choose.

    `speeds` counts how many times as fast the beat is as written, `meters` names time signatures,
    `shifts` says by how many beats all barlines come later, `keys` are signatures in fifths.
    """

    speeds: Mapping[float, float] = field(default_factory=dict)
    meters: Mapping[str, float] = field(default_factory=dict)
    shifts: Mapping[int, float] = field(default_factory=dict)
    keys: Mapping[int, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ChosenBars:
    """The bars that are written, and the probabilities of the alternatives."""

    grid: Grid
    hypotheses: Hypotheses = Hypotheses()


def shares(log_likelihood: Mapping[_Answer, float]) -> dict[_Answer, float]:
    """Probabilities from log likelihoods, the likeliest first."""
    ordered = dict(sorted(log_likelihood.items(), key=lambda pair: -pair[1]))
    odds = np.exp(np.array(list(ordered.values())) - max(ordered.values()))
    return dict(zip(ordered, (odds / odds.sum()).tolist(), strict=True))


def temper(probabilities: Mapping[_Answer, float], trust: float) -> dict[_Answer, float]:
    """Probabilities whose logarithms count only by a share `trust`, and so are less certain."""
    total = sum(probability**trust for probability in probabilities.values())
    return {way: probability**trust / total for way, probability in probabilities.items()}
