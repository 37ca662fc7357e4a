"""How much each of the numbers counts that speak for bars: the weights of conditional logits.

They stand in `engrave/weights/bar_choice.csv`: a line a number, its name, and its weights for bars
on the grid of a file and in steady playing. `training/fit_bar_choice.py` fits them.
"""

import csv
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Literal

import numpy as np

from engrave.rhythm.bar_choice.describe import MEANS

Way = Literal["file", "steady"]
TABLE = "bar_choice.csv"
MOST, INDEPENDENT = 30, 0.7  # a piece counts as so many units at most, to this power


@cache
def weights_of(way: Way, names: Sequence[str]) -> np.ndarray:
    """The weights of the numbers of these names; 0 of what has none."""
    table = (files("engrave") / "weights" / TABLE).read_text(encoding="utf-8")
    known = {row["name"]: float(row[way] or 0) for row in csv.DictReader(table.splitlines())}
    return np.array([known.get(name, 0.0) for name in names])


def certainty(units: float) -> float:
    """How much is to be made of what is heard of music that lasts so many units (up to 1)."""
    return float((min(units, MOST) / MOST) ** INDEPENDENT)


def scaled(row: np.ndarray, units: float) -> np.ndarray:
    """A row of `describe.NAMES`, its means smaller the shorter the music is (units of its grid)."""
    return np.concatenate([certainty(units) * row[: len(MEANS)], row[len(MEANS) :]])
