"""How likely each way to bar the music is, as the steps that chose between them weighed it.

What is written is the likeliest of its question: the same numbers chose it. They are log
likelihoods, which hold for each beat as if it stood alone; beats in a row repeat each other, so
shares of belief grow more slowly than these sums (the scale is that at which the likeliest ways
are right as often as they claim, over performances that no reader had seen).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np

from engrave.music.grid import Grid

_Way = TypeVar("_Way", bound=float | str | tuple[int, bool])


@dataclass(frozen=True, slots=True)
class Hypotheses:
    """Shares of belief (0-1) for each question; nothing where there was nothing to choose.

    `speeds` counts how many times as fast the beat is as written, `meters` names time signatures,
    `shifts` says by how many beats all barlines come later, `keys` are signatures in fifths.
    """

    speeds: Mapping[float, float] = field(default_factory=dict)
    meters: Mapping[str, float] = field(default_factory=dict)
    shifts: Mapping[int, float] = field(default_factory=dict)
    keys: Mapping[int, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ChosenBars:
    """The bars that are written, and how likely they were beside others."""

    grid: Grid
    hypotheses: Hypotheses = Hypotheses()


def shares(worth: Mapping[_Way, float]) -> dict[_Way, float]:
    """Shares of belief from log likelihoods, the likeliest first."""
    ordered = dict(sorted(worth.items(), key=lambda pair: -pair[1]))
    odds = np.exp(np.array(list(ordered.values())) - max(ordered.values()))
    return dict(zip(ordered, (odds / odds.sum()).tolist(), strict=True))
