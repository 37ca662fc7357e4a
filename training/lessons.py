"""What can be learned: the questions about notes, and what the foot does."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from torch import Tensor

from engrave import bar_features, features, moments, placed_features, reading
from training.bar_figures import evaluate_bars
from training.bars import BARS, BarBatches
from training.evaluate import evaluate
from training.feet import FOOT, MomentBatches
from training.foot_figures import evaluate_foot
from training.labels import ANSWERS
from training.losses import loss_of_moments, loss_of_notes
from training.network import Network
from training.phases import PHASE, TimedBatches
from training.place_figures import evaluate_phases, evaluate_places
from training.places import PLACED, PlacedBatches
from training.windows import Batches, read_corpus


@dataclass(frozen=True, slots=True)
class Lesson:
    """`told` numbers in, `asked` numbers out; `answers` is the dtype of what is right."""

    told: int
    asked: int
    answers: np.dtype
    batches: Callable[[Path, Mapping[str, Any]], Any]
    loss: Callable[[Tensor, np.ndarray, Mapping[str, float]], Tensor]
    evaluate: Callable[[Network, Path], Mapping[str, float]]


def _batches_of_notes(data: Path, config: Mapping[str, Any]) -> Batches:
    return Batches(read_corpus(data, config["shares"]), config)


LESSONS = {
    "notes": Lesson(
        features.COUNT, reading.COUNT, ANSWERS, _batches_of_notes, loss_of_notes, evaluate
    ),
    "pedal": Lesson(
        moments.COUNT, len(FOOT.descr), FOOT, MomentBatches, loss_of_moments, evaluate_foot
    ),
    "places": Lesson(
        placed_features.COUNT,
        sum(reading.PLACED_HEADS.values()),
        PLACED,
        PlacedBatches,
        partial(loss_of_notes, heads=reading.PLACED_HEADS),
        evaluate_places,
    ),
    "bars": Lesson(
        bar_features.COUNT,
        sum(reading.BAR_HEADS.values()),
        BARS,
        BarBatches,
        partial(loss_of_notes, heads=reading.BAR_HEADS),
        evaluate_bars,
    ),
    "phases": Lesson(
        placed_features.TIMED_COUNT,
        sum(reading.PHASE_HEADS.values()),
        PHASE,
        TimedBatches,
        partial(loss_of_notes, heads=reading.PHASE_HEADS),
        evaluate_phases,
    ),
}


def lesson_of(config: Mapping[str, Any]) -> Lesson:
    return LESSONS[config.get("lesson", "notes")]
