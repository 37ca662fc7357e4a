"""From a training run to a network in ONNX."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from engrave import features
from training.network import Network
from training.train import shape_of


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
