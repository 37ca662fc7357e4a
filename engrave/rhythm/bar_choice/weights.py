"""How likely bars are by all that speaks for them: small networks, of two layers.

One is for bars on the grid of a file, one for steady playing; they stand in
`engrave/weights/bar_choice.npz`, and `training/bar_choice` fits them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

import numpy as np

from engrave.rhythm.bar_choice.describe import MEANS

Way = Literal["file", "steady"]
FILE = "bar_choice.npz"
MOST, INDEPENDENT = 30, 0.7  # a piece counts as so many units at most, to this power


@dataclass(frozen=True, slots=True)
class Judge:
    """A network whose answer for a row of numbers is log odds, up to a number that is the same for
    all rows of a piece.

    Rows are counted from `mean` in units of `spread`; `direct` weighs them, and so does `out` what
    comes of them through `mix`, `bias` and a hyperbolic tangent.
    """

    mean: np.ndarray
    spread: np.ndarray
    direct: np.ndarray
    mix: np.ndarray
    bias: np.ndarray
    out: np.ndarray

    def log_likelihood(self, rows: np.ndarray) -> np.ndarray:
        """The log odds of each row."""
        scaled = (rows - self.mean) / self.spread
        odds: np.ndarray = scaled @ self.direct + np.tanh(scaled @ self.mix + self.bias) @ self.out
        return odds


@cache
def judge_of(way: Way, names: Sequence[str]) -> Judge:
    """The network for rows of numbers with these names."""
    with (files("engrave") / "weights" / FILE).open("rb") as file, np.load(file) as tables:
        assert tables[f"{way} names"].tolist() == list(names), "fitted to other numbers"
        parts = {name: tables[f"{way} {name}"].astype(float) for name in Judge.__slots__}
    return Judge(**parts)


def certainty(units: float) -> float:
    """How much is to be made of what is heard of music that lasts so many units (up to 1)."""
    return float((min(units, MOST) / MOST) ** INDEPENDENT)


def scaled(row: np.ndarray, units: float) -> np.ndarray:
    """A row of `describe.NAMES`, its means smaller the shorter the music is (units of its grid)."""
    return np.concatenate([certainty(units) * row[: len(MEANS)], row[len(MEANS) :]])
