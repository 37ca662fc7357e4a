"""What can be learned: the questions about notes, and what the foot does."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from torch import Tensor

from engrave.listening import bar_features, beat_features, note_features, pedal_features
from engrave.listening import heads as reading
from training.network import Network
from training.tasks.bars import BARS, BarBatches
from training.tasks.evaluation.bars import evaluate_bars
from training.tasks.evaluation.notes import evaluate
from training.tasks.evaluation.pedal import evaluate_foot
from training.tasks.evaluation.placed_notes import evaluate_phases, evaluate_places
from training.tasks.losses import loss_of_moments, loss_of_notes
from training.tasks.note_labels import ANSWERS
from training.tasks.notes import Batches, read_corpus
from training.tasks.pedal import FOOT, MomentBatches
from training.tasks.placed_notes import PLACED, PlacedBatches
from training.tasks.timed_notes import PHASE, TimedBatches


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
        note_features.COUNT, reading.COUNT, ANSWERS, _batches_of_notes, loss_of_notes, evaluate
    ),
    "pedal": Lesson(
        pedal_features.COUNT, len(FOOT.descr), FOOT, MomentBatches, loss_of_moments, evaluate_foot
    ),
    "places": Lesson(
        beat_features.COUNT,
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
        beat_features.TIMED_COUNT,
        sum(reading.PHASE_HEADS.values()),
        PHASE,
        TimedBatches,
        partial(loss_of_notes, heads=reading.PHASE_HEADS),
        evaluate_phases,
    ),
}


def lesson_of(config: Mapping[str, Any]) -> Lesson:
    """What a configuration trains; the note network where it does not say."""
    return LESSONS[config.get("lesson", "notes")]
