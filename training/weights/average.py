"""Several readers that answer as one.

Readers that learned from other music, or began elsewhere, err in other places: the mean of their
log odds is right more often than any of them (Lakshminarayanan et al., *Simple and scalable
predictive uncertainty estimation using deep ensembles*, 2017). The join is one
network in one small file.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, compose, helper, numpy_helper

from engrave.listening import heads
from training.weights.eight_bit import compact

NO_EVIDENCE = -20.0  # log odds of yes from readers none of whom was asked


def join(files: Sequence[Path], shares: Mapping[str, Sequence[float]], joined: Path) -> None:
    """Write one file whose answers are means of those of `files`.

    `shares` gives the weight of each file by question of `engrave.listening.heads.NOTE_HEADS`, with
    `default` for those it does not name. A file that does not know the last questions has no share
    in them.
    """
    models = [
        compose.add_prefix(onnx.load(str(file)), f"{k}/", rename_inputs=False)
        for k, file in enumerate(files)
    ]
    nodes, numbers, voices = [], [], []
    for k, model in enumerate(models):
        said = model.graph.output[0]
        known = said.type.tensor_type.shape.dim[2].dim_value
        share = _column(shares, k, known)
        numbers += [
            *model.graph.initializer,
            numpy_helper.from_array(
                np.array([0, 0, 0, 0, 0, heads.NOTE_OUTPUTS - known]), f"{k}/pad"
            ),
            numpy_helper.from_array(share, f"{k}/share"),
        ]
        nodes += [
            *model.graph.node,
            helper.make_node("Pad", [said.name, f"{k}/pad"], [f"{k}/all"]),
            helper.make_node("Mul", [f"{k}/all", f"{k}/share"], [f"{k}/voice"]),
        ]
        voices.append(f"{k}/voice")
    numbers.append(numpy_helper.from_array(_ignorance(shares), "ignorance"))
    nodes.append(helper.make_node("Sum", [*voices, "ignorance"], ["answers"]))
    answers = helper.make_tensor_value_info(
        "answers", TensorProto.FLOAT, [1, "n", heads.NOTE_OUTPUTS]
    )
    graph = helper.make_graph(nodes, "readers", models[0].graph.input, [answers], numbers)
    opset = models[0].opset_import
    model = helper.make_model(graph, opset_imports=opset, ir_version=models[0].ir_version)
    model = compact(model)
    onnx.checker.check_model(model)
    onnx.save(model, str(joined))


def _of(shares: Mapping[str, Sequence[float]], question: str) -> Sequence[float]:
    return shares.get(question, shares["default"])


def _column(shares: Mapping[str, Sequence[float]], k: int, known: int) -> np.ndarray:
    """The share of file `k` in each answer; nothing of those that it does not know."""
    parts = [np.full(n, _of(shares, q)[k]) for q, n in heads.NOTE_HEADS.items()]
    column = np.concatenate(parts).astype(np.float32)
    assert not column[known:].any(), "a file has a share in a question that it cannot answer"
    return column


def _ignorance(shares: Mapping[str, Sequence[float]]) -> np.ndarray:
    parts = [
        np.full(n, NO_EVIDENCE * (sum(_of(shares, q)) == 0)) for q, n in heads.NOTE_HEADS.items()
    ]
    return np.concatenate(parts).astype(np.float32)
