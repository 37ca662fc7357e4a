"""The weights, and asking a network for long inputs in windows."""

from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files

import numpy as np
import onnxruntime

from engrave.listening import heads

WEIGHTS = ("full", "free")  # what `listen` may read with: files in the folder `weights`
TIMED_NETWORKS = {"full": "phases", "free": "phases_free"}  # the files of the second reading
PLACED_NETWORKS = {"full": "places", "free": "places_free"}
BAR_NETWORK = "bars"  # of all weights: it has learned from free scores alone
PLACED_WINDOW, PLACED_MARGIN = 768, 128  # notes read at a time, and of them those left to others


def listen_to_timed_notes(rows: np.ndarray, weights: str = WEIGHTS[0]) -> dict[str, np.ndarray]:
    """The answers to `heads.TIMED_HEADS` for notes in beats, in the form of `Evidence`.

    `rows` are those of `beat_features.timed_note_features`.
    """
    return _listen(TIMED_NETWORKS[weights], rows, heads.TIMED_HEADS)


def listen_to_placed_notes(rows: np.ndarray, weights: str = WEIGHTS[0]) -> dict[str, np.ndarray]:
    """The same for notes on a grid: `heads.PLACED_HEADS`, `beat_features.placed_note_features`."""
    return _listen(PLACED_NETWORKS[weights], rows, heads.PLACED_HEADS)


def listen_to_beats(rows: np.ndarray) -> dict[str, np.ndarray]:
    """The answers to `heads.BAR_HEADS` for beats; `rows` are those of `bar_features`."""
    return _listen(BAR_NETWORK, rows, heads.BAR_HEADS)


def _listen(file: str, rows: np.ndarray, widths: Mapping[str, int]) -> dict[str, np.ndarray]:
    said = in_windows(
        len(rows), lambda shown: run_network(file, rows[shown]), PLACED_WINDOW, PLACED_MARGIN
    )
    parts = heads.split_heads(said, widths)
    return {name: as_evidence(name, part) for name, part in parts.items()}


def in_windows(
    count: int, answer: Callable[[slice], np.ndarray], window: int, margin: int
) -> np.ndarray:
    """The answers for so many rows, asked in windows that overlap by twice `margin`."""
    parts = []
    for start in range(0, max(1, count - 2 * margin), window - 2 * margin):
        said = answer(slice(start, start + window))
        is_last = start + window >= count
        parts.append(said[margin if start else 0 : None if is_last else window - margin])
    return np.concatenate(parts)


def run_network(file: str, rows: np.ndarray) -> np.ndarray:
    """The raw answers (notes, all heads) of a network to one window of rows."""
    answers: np.ndarray = _session(file).run(None, {"notes": rows[None]})[0][0]
    return answers


@cache
def _session(file: str) -> onnxruntime.InferenceSession:
    path = str(files("engrave") / "weights" / f"{file}.onnx")
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    # Further fusions compute in 8 bits: slower here, and other answers on other processors.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def as_evidence(name: str, said: np.ndarray) -> np.ndarray:
    """The answers of one head: log probabilities of classes, log odds of flags, or a number."""
    said = said.astype(float)
    if name == "flags":
        return said
    if said.shape[1] == 1:
        return said[:, 0]
    return log_probabilities(said)


def log_probabilities(said: np.ndarray) -> np.ndarray:
    """The log probabilities of classes of which one is right; log odds, a row for each note."""
    above = said - said.max(axis=1, keepdims=True)
    normalized: np.ndarray = above - np.log(np.exp(above).sum(axis=1, keepdims=True))
    return normalized
