"""Loading the networks and running them on long inputs in windows."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib.resources import files
from multiprocessing import parent_process
from os import cpu_count

import numpy as np
import onnxruntime

from engrave.listening import heads

WEIGHTS = ("full", "free")  # names of weights for `listen`: files in the folder `weights`
TIMED_NETWORKS = {"full": "phases", "free": "phases_free"}  # the beat-aware networks, by weights
PLACED_NETWORKS = {"full": "places", "free": "places_free"}
# For all weights: trained on free scores alone, the second on random plain tunes as well.
BAR_NETWORK, PLAIN_BAR_NETWORK = "bars", "bars_plain"
PLACED_WINDOW, PLACED_MARGIN = 768, 128  # notes per window, and at each end left to the next


def listen_to_timed_notes(rows: np.ndarray, weights: str = WEIGHTS[0]) -> dict[str, np.ndarray]:
    """Output of the beat-aware network for notes not quantized yet: `heads.TIMED_HEADS`.

    `rows` are those of `beat_features.timed_note_features`.
    """
    return _listen(TIMED_NETWORKS[weights], rows, heads.TIMED_HEADS)


def listen_to_placed_notes(rows: np.ndarray, weights: str = WEIGHTS[0]) -> dict[str, np.ndarray]:
    """The same for notes on a grid: `heads.PLACED_HEADS`, `beat_features.placed_note_features`."""
    return _listen(PLACED_NETWORKS[weights], rows, heads.PLACED_HEADS)


def listen_to_beats(rows: np.ndarray, network: str = BAR_NETWORK) -> dict[str, np.ndarray]:
    """Output of a bar network, `heads.BAR_HEADS`; `rows` are those of `bar_features`."""
    return _listen(network, rows, heads.BAR_HEADS)


def _listen(file: str, rows: np.ndarray, widths: Mapping[str, int]) -> dict[str, np.ndarray]:
    said = in_windows(
        len(rows), lambda shown: run_network(file, rows[shown]), PLACED_WINDOW, PLACED_MARGIN
    )
    parts = heads.split_heads(said, widths)
    return {name: as_evidence(name, part) for name, part in parts.items()}


def in_windows(
    count: int, answer: Callable[[slice], np.ndarray], window: int, margin: int
) -> np.ndarray:
    """Output for `count` rows, computed in windows that overlap by twice `margin`.

    They are computed side by side, but one after the other in a worker process: the other workers
    use the other cores.
    """
    starts = range(0, max(1, count - 2 * margin), window - 2 * margin)
    cores = 1 if parent_process() else cpu_count() or 1
    with ThreadPoolExecutor(min(len(starts), cores)) as pool:
        answers = pool.map(answer, [slice(start, start + window) for start in starts])
        parts = [
            said[margin if start else 0 : None if start + window >= count else window - margin]
            for start, said in zip(starts, answers, strict=True)
        ]
    return np.concatenate(parts)


def run_network(file: str, rows: np.ndarray) -> np.ndarray:
    """Raw output (rows, all heads) of a network for one window of rows."""
    answers: np.ndarray = _session(file).run(None, {"notes": rows[None]})[0][0]
    return answers


@cache
def _session(file: str) -> onnxruntime.InferenceSession:
    path = str(files("engrave") / "weights" / f"{file}.onnx")
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = options.inter_op_num_threads = 1  # windows run side by side
    # The files are optimized already (training/weights/eight_bit.py). Further optimizations compute
    # in 8 bits: slower here, and with other results on other processors.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def as_evidence(name: str, said: np.ndarray) -> np.ndarray:
    """Output of a head as evidence: log probabilities of classes, log odds, or a number."""
    said = said.astype(float)
    if name == "flags":
        return said
    if said.shape[1] == 1:
        return said[:, 0]
    return log_probabilities(said)


def log_probabilities(said: np.ndarray) -> np.ndarray:
    """Log-softmax over the classes of each row."""
    above = said - said.max(axis=1, keepdims=True)
    normalized: np.ndarray = above - np.log(np.exp(above).sum(axis=1, keepdims=True))
    return normalized
