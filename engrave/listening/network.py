"""The weights, and asking a network for long inputs in windows."""

from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files

import numpy as np
import onnxruntime

from engrave.listening import heads as reading

WEIGHTS = ("full", "free")  # what `listen` may read with: files in the folder `weights`
PHASE_READERS = {"full": "phases", "free": "phases_free"}  # the files of the second reading
PLACE_READERS = {"full": "places", "free": "places_free"}
# Of all weights: these have learned from free scores alone, the second from plain tunes as well.
BAR_READER, PLAIN_BAR_READER = "bars", "bars_plain"
PLACED_WINDOW, PLACED_MARGIN = 768, 128  # notes read at a time, and of them those left to others


def read_phases(rows: np.ndarray, weights: str = WEIGHTS[0]) -> dict[str, np.ndarray]:
    """The answers to `heads.PHASE_HEADS` for notes in beats, in the form of `Evidence`.

    `rows` are those of `beat_features.describe_timing`.
    """
    return _read(PHASE_READERS[weights], rows, reading.PHASE_HEADS)


def read_places(rows: np.ndarray, weights: str = WEIGHTS[0]) -> dict[str, np.ndarray]:
    """The same for notes on a grid: `heads.PLACED_HEADS`, `beat_features.describe_places`."""
    return _read(PLACE_READERS[weights], rows, reading.PLACED_HEADS)


def read_bars(rows: np.ndarray, file: str = BAR_READER) -> dict[str, np.ndarray]:
    """The answers to `heads.BAR_HEADS` for beats; `rows` are those of `bar_features`."""
    return _read(file, rows, reading.BAR_HEADS)


def _read(file: str, rows: np.ndarray, heads: Mapping[str, int]) -> dict[str, np.ndarray]:
    said = in_windows(len(rows), lambda shown: ask(file, rows[shown]), PLACED_WINDOW, PLACED_MARGIN)
    parts = reading.split(said, heads)
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


def ask(file: str, rows: np.ndarray) -> np.ndarray:
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
    said = said.astype(float)
    if name == "flags":
        return said
    if said.shape[1] == 1:
        return said[:, 0]
    return log_shares(said)


def log_shares(said: np.ndarray) -> np.ndarray:
    """The log probabilities of classes of which one is right; log odds, a row for each note."""
    above = said - said.max(axis=1, keepdims=True)
    shares: np.ndarray = above - np.log(np.exp(above).sum(axis=1, keepdims=True))
    return shares
