"""Weights that were shipped, as the place from which another training starts."""

from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper

from training.network import Network


def start_from(network: Network, weights: Path) -> None:
    """Fill a network with the weights of a file that `export` wrote.

    Questions that the file does not answer yet keep what the network begins with; they must be the
    last ones of `engrave.reading.HEADS`. Raises ValueError if the network has another shape.
    """
    graph = onnx.load(str(weights)).graph
    kept = {
        tensor.name.removesuffix("_half"): numpy_helper.to_array(tensor).astype(np.float32)
        for tensor in graph.initializer
    }
    # The exporter gives matrices names of its own, but leaves them in their order.
    products = [name for node in graph.node if node.op_type == "MatMul" for name in node.input]
    matrices = [kept[name].T for name in products if name in kept]
    state = network.state_dict()
    names = [name for name, numbers in state.items() if numbers.ndim == 2]
    if len(matrices) != len(names):
        raise ValueError(f"{weights}: {len(matrices)} matrices, the network has {len(names)}")
    known = {**kept, **dict(zip(names, matrices, strict=True))}
    for name, numbers in state.items():
        given = torch.tensor(np.ascontiguousarray(known[name]))
        fits = numbers[: len(given)] if name.startswith("answer.") else numbers
        if given.shape != fits.shape:
            raise ValueError(f"{weights}: {name} is {list(given.shape)}, not {list(numbers.shape)}")
        fits.copy_(given)
