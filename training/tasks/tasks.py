"""What can be learned: the questions about notes, and what the foot does."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from torch import Tensor

from engrave.listening import bar_features, beat_features, heads, note_features, pedal_features
from training.network import Network
from training.tasks.bars import BARS, BarBatches
from training.tasks.evaluation.bars import evaluate_bars
from training.tasks.evaluation.notes import evaluate
from training.tasks.evaluation.pedal import evaluate_pedal
from training.tasks.evaluation.placed_notes import evaluate_placed, evaluate_timed
from training.tasks.losses import loss_of_frames, loss_of_notes
from training.tasks.note_labels import ANSWERS
from training.tasks.notes import Batches, read_corpus
from training.tasks.pedal import PEDAL_ANSWERS, FrameBatches
from training.tasks.placed_notes import PLACED, PlacedBatches
from training.tasks.timed_notes import PHASE, TimedBatches


@dataclass(frozen=True, slots=True)
class Task:
    """`inputs` numbers in, `outputs` numbers out; `answers` is the dtype of what is right."""

    inputs: int
    outputs: int
    answers: np.dtype
    batches: Callable[[Path, Mapping[str, Any]], Any]
    loss: Callable[[Tensor, np.ndarray, Mapping[str, float]], Tensor]
    evaluate: Callable[[Network, Path], Mapping[str, float]]


def _batches_of_notes(data: Path, config: Mapping[str, Any]) -> Batches:
    return Batches(read_corpus(data, config["shares"]), config)


TASKS = {
    "notes": Task(
        note_features.NOTE_FEATURES,
        heads.NOTE_OUTPUTS,
        ANSWERS,
        _batches_of_notes,
        loss_of_notes,
        evaluate,
    ),
    "pedal": Task(
        pedal_features.FRAME_FEATURES,
        len(PEDAL_ANSWERS.descr),
        PEDAL_ANSWERS,
        FrameBatches,
        loss_of_frames,
        evaluate_pedal,
    ),
    "places": Task(
        beat_features.PLACED_FEATURES,
        sum(heads.PLACED_HEADS.values()),
        PLACED,
        PlacedBatches,
        partial(loss_of_notes, widths=heads.PLACED_HEADS),
        evaluate_placed,
    ),
    "bars": Task(
        bar_features.BAR_FEATURES,
        sum(heads.BAR_HEADS.values()),
        BARS,
        BarBatches,
        partial(loss_of_notes, widths=heads.BAR_HEADS),
        evaluate_bars,
    ),
    "phases": Task(
        beat_features.TIMED_FEATURES,
        sum(heads.TIMED_HEADS.values()),
        PHASE,
        TimedBatches,
        partial(loss_of_notes, widths=heads.TIMED_HEADS),
        evaluate_timed,
    ),
}


def task_of(config: Mapping[str, Any]) -> Task:
    """What a configuration trains; the note network where it does not say."""
    return TASKS[config.get("lesson", "notes")]
