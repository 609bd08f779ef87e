"""MSD-musicnn as an ONNX file, from the same numbers: what ONNX Runtime is measured with.

Needs the package ``onnx``, which is no requirement of this program.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np


class _Graph:
    """Nodes and constants, named by their number."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def constant(self, values: np.ndarray, *shape: int) -> str:
        from onnx import numpy_helper

        array = np.ascontiguousarray(values.reshape(shape) if shape else values, np.float32)
        self.constants.append(numpy_helper.from_array(array, f"constant_{len(self.constants)}"))
        return self.constants[-1].name

    def add(self, kind: str, *inputs: str, output: str = "", **settings: Any) -> str:
        from onnx import helper

        name = output or f"value_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [name], **settings))
        return name

    def finish(self, products: str, arrays: dict[str, np.ndarray], layer: str, *shape: int) -> str:
        """Add bias, rectifier and normalisation."""
        bias, scale, shift = (
            self.constant(arrays[f"{layer}.{part}"], *shape) for part in ("bias", "scale", "shift")
        )
        rectified = self.add("Relu", self.add("Add", products, bias))
        return self.add("Add", self.add("Mul", rectified, scale), shift)


def write_onnx(path: Path) -> None:
    """Write the network as an ONNX file: from ``log_mel`` (n, 1, 187, 96) to ``tags`` (n, 50)."""
    import onnx
    from onnx import TensorProto, helper

    from genre.audio.musicnn_weights import MIDDLE, PATH, TIMBRE, TIME

    with np.load(PATH) as file:
        arrays = {name: file[name] for name in file.files}
    graph = _Graph()
    scaled = graph.add("Mul", "log_mel", graph.constant(arrays["input.scale"]))
    normalised = graph.add("Add", scaled, graph.constant(arrays["input.shift"]))
    front = []
    for layer in (*TIMBRE, *TIME):
        kernel = arrays[f"{layer}.kernel"]  # (filter, band, frame) or (filter, frame)
        kernel = kernel.transpose(0, 2, 1) if kernel.ndim == 3 else kernel[..., np.newaxis]
        before = (kernel.shape[1] - 1) // 2
        pads = [before, 0, kernel.shape[1] - 1 - before, 0]
        weights = graph.constant(kernel[:, np.newaxis])
        products = graph.add("Conv", normalised, weights, pads=pads)
        peaks = graph.add("ReduceMax", products, axes=[3], keepdims=0)
        signs = graph.constant(np.sign(arrays[f"{layer}.scale"]), 1, -1, 1)
        front.append(graph.finish(graph.add("Mul", peaks, signs), arrays, layer, 1, -1, 1))
    maps = [graph.add("Concat", *front, axis=1)]
    for i, layer in enumerate(MIDDLE):
        weights = graph.constant(arrays[f"{layer}.kernel"])
        products = graph.add("Conv", maps[-1], weights, pads=[3, 3])
        after = graph.finish(products, arrays, layer, 1, -1, 1)
        maps.append(graph.add("Add", after, maps[-1]) if i else after)
    channels = graph.add("Concat", *maps, axis=1)
    maxima = graph.add("ReduceMax", channels, axes=[2], keepdims=0)
    means = graph.add("ReduceMean", channels, axes=[2], keepdims=0)
    pooled = graph.add("Concat", maxima, means, axis=1)
    dense = graph.add("MatMul", pooled, graph.constant(arrays["dense.kernel"].T))
    penultimate = graph.finish(dense, arrays, "dense", 1, -1)
    logits = graph.add("MatMul", penultimate, graph.constant(arrays["tags.kernel"].T))
    logits = graph.add("Add", logits, graph.constant(arrays["tags.bias"]))
    graph.add("Sigmoid", logits, output="tags")
    model = helper.make_graph(
        graph.nodes,
        "musicnn",
        [helper.make_tensor_value_info("log_mel", TensorProto.FLOAT, ["n", 1, 187, 96])],
        [helper.make_tensor_value_info("tags", TensorProto.FLOAT, ["n", 50])],
        graph.constants,
    )
    opset = [helper.make_opsetid("", 17)]
    onnx.save(helper.make_model(model, opset_imports=opset, ir_version=8), path)
