"""From a training run to the file that the package ships: ONNX, numbers of 16 bits."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

from engrave import features
from training.network import Network
from training.train import shape_of

SMALLEST = 1024  # numbers; smaller tensors are kept as they are


def export(config: Mapping[str, Any], run: Path, weights: Path) -> None:
    """Write the mean weights of a run; the network then takes (1, notes, COUNT), any length."""
    network = Network(shape_of(config))
    kept = torch.load(run / "checkpoint.pt", map_location="cpu", weights_only=True)
    network.load_state_dict(kept["mean"])
    network.eval()
    torch.onnx.export(
        network,
        (torch.zeros(1, 512, features.COUNT),),
        str(weights),
        input_names=["notes"],
        output_names=["answers"],
        dynamic_axes={"notes": {1: "n"}, "answers": {1: "n"}},
        opset_version=17,
        dynamo=False,
    )
    onnx.save(_in_half_size(onnx.load(str(weights))), str(weights))


def _in_half_size(model: onnx.ModelProto) -> onnx.ModelProto:
    """The same model with its large tensors stored as float16 and widened when it is loaded."""
    widen = []
    for tensor in model.graph.initializer:
        numbers = numpy_helper.to_array(tensor)
        if numbers.dtype == np.float32 and numbers.size >= SMALLEST:
            name = tensor.name
            tensor.CopyFrom(numpy_helper.from_array(numbers.astype(np.float16), name + "_half"))
            widen.append(helper.make_node("Cast", [name + "_half"], [name], to=TensorProto.FLOAT))
    nodes = [*widen, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    return model
