"""The learned reader: what each played note probably is on the page.

A small neural network has read many performances beside their scores (`training/` says how it
learns, docs/model-card.md from what). It is told each note with its neighbours (`features`) and
answers the questions of `reading`; it knows nothing of the rules by which the answers must fit
together. The steps that follow decide, each with the evidence that belongs to it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from functools import cache
from pathlib import Path

import numpy as np
import onnxruntime

from engrave import reading
from engrave.features import Keys, describe
from engrave.performance import Performance

WEIGHTS = ("full", "free")  # what `listen` may read with: files in the folder `weights`
# The evidence that is of a note in what its own player does.
OF_ONE_PLAYER = ("value", "upper", "voice", "flags", "pedal_down", "pedal_press", "pedal_lift")
WINDOW, MARGIN = 1024, 128  # notes read at a time, and of them those at each end left to others


@dataclass(frozen=True, slots=True)
class Evidence:
    """The reader's answers for each played note, as arrays whose first axis is the note.

    `onbeat`, `downbeat`, `upper` (staff), `pedal_down`, `pedal_press`, `pedal_lift` are log odds of
    yes, and so is each column of `flags` (`reading.FLAGS`). The others are log probabilities of the
    classes of `reading`.
    """

    onbeat: np.ndarray
    downbeat: np.ndarray
    phase: np.ndarray
    index: np.ndarray
    meter: np.ndarray
    unit: np.ndarray
    value: np.ndarray
    upper: np.ndarray
    voice: np.ndarray
    fifth: np.ndarray
    key: np.ndarray
    pace: np.ndarray
    flags: np.ndarray
    pedal_down: np.ndarray
    pedal_press: np.ndarray
    pedal_lift: np.ndarray

    def flag(self, name: str) -> np.ndarray:
        """Log odds that a note has this flag of `reading.FLAGS`."""
        odds: np.ndarray = self.flags[:, reading.FLAGS.index(name)]
        return odds

    def take(self, notes: Sequence[int] | np.ndarray) -> "Evidence":
        """The evidence of these notes alone, in this order."""
        index = np.asarray(notes, int)
        return Evidence(**{f.name: getattr(self, f.name)[index] for f in fields(self)})


def listen(performance: Performance, weights: str = WEIGHTS[0]) -> Evidence:
    """What each note of a performance looks like to the reader with these weights.

    Where several play, time is heard of all of them together, and of each alone what his hands do:
    the reader has learned from pianists.
    """
    together = _hear(performance, weights)
    if len(performance.players) == 1:
        return together
    alone = _hear_apart(performance, weights)
    return replace(together, **{name: getattr(alone, name) for name in OF_ONE_PLAYER})


def _hear(performance: Performance, weights: str) -> Evidence:
    session = _session(weights)

    def answer(rows: np.ndarray) -> np.ndarray:
        answers: np.ndarray = session.run(None, {"notes": rows[None]})[0][0]
        return answers

    parts = reading.split(in_windows(describe(Keys.of(performance)), answer))
    return Evidence(**{name: _as_evidence(name, part) for name, part in parts.items()})


def _hear_apart(performance: Performance, weights: str) -> Evidence:
    """What each note looks like to the reader who hears its player alone."""
    rows, answers = [], []
    for player in range(len(performance.players)):
        alone = performance.alone(player)
        if alone.notes:
            rows += performance.played_by(player)
            answers.append(_hear(alone, weights))
    order = np.argsort(rows)
    joined = (np.concatenate([getattr(a, f.name) for a in answers]) for f in fields(Evidence))
    return Evidence(*joined).take(order)


def in_windows(rows: np.ndarray, answer: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """The answers for all notes, read in windows that overlap by twice `MARGIN`."""
    answers = np.empty((len(rows), reading.COUNT), np.float32)
    for start in range(0, max(1, len(rows) - 2 * MARGIN), WINDOW - 2 * MARGIN):
        kept = MARGIN if start else 0
        answers[start + kept : start + WINDOW] = answer(rows[start : start + WINDOW])[kept:]
    return answers


@cache
def _session(weights: str) -> onnxruntime.InferenceSession:
    file = Path(__file__).parent / "weights" / f"{weights}.onnx"
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])


def _as_evidence(name: str, said: np.ndarray) -> np.ndarray:
    said = said.astype(float)
    if name == "flags":
        return said
    if said.shape[1] == 1:
        return said[:, 0]
    above = said - said.max(axis=1, keepdims=True)
    return above - np.log(np.exp(above).sum(axis=1, keepdims=True))
