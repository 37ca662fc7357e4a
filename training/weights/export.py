"""From a training run to a network in ONNX."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import onnx
import torch

from training.train import network_of


def export(config: Mapping[str, Any], run: Path, weights: Path) -> None:
    """Write the mean weights of a run; the network then takes (1, notes, numbers), any length."""
    network = network_of(config)
    kept = torch.load(run / "checkpoint.pt", map_location="cpu", weights_only=True)
    network.load_state_dict(kept["mean"])
    network.eval()
    torch.onnx.export(
        network,
        (torch.zeros(1, 512, network.told),),
        str(weights),
        input_names=["notes"],
        output_names=["answers"],
        dynamic_axes={"notes": {1: "n"}, "answers": {1: "n"}},
        opset_version=17,
        dynamo=False,
    )
    model = onnx.load(str(weights))
    # The exporter does not see through the folding; `join` asks how many answers there are.
    model.graph.output[0].type.tensor_type.shape.dim[2].dim_value = network.asked
    onnx.save(model, str(weights))
