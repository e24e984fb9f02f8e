"""A backbone's ONNX graph in 8-bit integers, which processors with VNNI instructions compute about twice as fast.

Weights are rounded for each output channel. Activations are rounded to 256 steps over the range that they had on
images like those (`engine.training.backbones.int8_ranges`), so no image needs to be looked at to write the graph. ReLU
and ReLU6 cost nothing: rounding to a range that begins at 0 and ends at 6 or below cuts off the same values. (Jacob and
others, "Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference", CVPR 2018.)
"""

import os
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
from onnx import NodeProto, numpy_helper

from engine.training.backbones.onnx_graph import IMAGES, Graph

Ranges = Mapping[str, tuple[float, float]]
"""Activation -> its lowest and highest value."""

_RESULTS, _CUTS = ("Conv", "Add", "MaxPool"), ("Clip", "Relu")
_STEPS = 255
_MOST = 127
_LEAST_SCALE = 1e-8


def quantized(graph: Graph, ranges: Ranges, mean: Sequence[float], std: Sequence[float]) -> Graph:
    """The same graph with its convolutions and sums in integers; what follows them stays in floats.

    `mean` and `std` (3,) are those of the images, scaled to 0..1. Where the channels differ in them, the first
    convolution stays in floats too. Raises KeyError where a range is missing.
    """
    return _Rewriting(graph, ranges).run(mean, std)


def rounded_activations(graph: Graph) -> list[str]:
    """What is rounded, and needs a range: the results of convolutions, sums and maxima, after the ReLU behind them."""
    makers = {node.output[0]: node.op_type for node in graph.nodes}
    kept = [
        node
        for node in graph.nodes
        if node.op_type in _RESULTS or (node.op_type in _CUTS and makers.get(node.input[0]) in _RESULTS)
    ]
    replaced = {node.input[0] for node in kept if node.op_type in (*_CUTS, "MaxPool")}
    return [node.output[0] for node in kept if node.output[0] not in replaced]


def is_supported() -> bool:
    """Whether to compute in 8-bit integers: this processor is faster so, and `LOSS_LAB_INT8=0` does not forbid it."""
    return os.environ.get("LOSS_LAB_INT8") != "0" and bool({"avx512_vnni", "avx_vnni"} & _processor_flags())


@lru_cache(maxsize=1)
def _processor_flags() -> frozenset[str]:
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8", errors="replace").splitlines() if info.exists() else []
    flags = next((line for line in lines if line.startswith("flags")), "")
    return frozenset(flags.split(":")[-1].split())


class _Rewriting:
    """One graph on its way to integers: `scales` are those of the activations that are integers already."""

    def __init__(self, graph: Graph, ranges: Ranges):
        self.old, self.ranges, self.new = graph, ranges, Graph(graph.tensors)
        self.values = {constant.name: constant for constant in graph.constants}
        self.cut = {node.input[0]: node.output[0] for node in graph.nodes if node.op_type in _CUTS}
        self.scales: dict[str, float] = {}

    def run(self, mean: Sequence[float], std: Sequence[float]) -> Graph:
        if len(set(mean)) == len(set(std)) == 1:
            self._images(255 * mean[0], 255 * std[0])
        for node in self.old.nodes:
            name = node.output[0]
            if node.op_type == "Conv" and node.input[0] in self.scales:
                self._convolution(node)
            elif node.op_type == "Add" and set(node.input) <= set(self.scales):
                self._rounded(node, list(node.input), self.cut.get(name, name))
            elif node.op_type == "MaxPool":
                self._rounded(node, list(node.input), name)
            elif name not in self.scales:
                self.new.nodes.append(node)
        self.new.constants += [value for name, value in self.values.items() if name not in self._replaced()]
        return self.new

    def _images(self, offset: float, scale: float) -> None:
        """Pixels are integers already: dequantizing them is the normalization."""
        pixels = self.new.add("Transpose", [IMAGES], "channels_first", perm=[0, 3, 1, 2])
        self._dequantized(pixels, "normalized", 1 / scale, round(offset))
        skipped = ("channels_first", "floats", "scaled", "normalized")
        self.old.nodes = [node for node in self.old.nodes if node.output[0] not in skipped]

    def _convolution(self, node: NodeProto) -> None:
        kernel, bias = (
            numpy_helper.to_array(self.values[name]).astype(np.float64) for name in node.input[1:]
        )
        scale = np.maximum(np.abs(kernel).max(axis=(1, 2, 3)) / _MOST, _LEAST_SCALE)
        name, of_bias = node.output[0], scale * self.scales[node.input[0]]
        integers = np.rint(kernel / scale[:, None, None, None]).astype(np.int8)
        inputs = [
            node.input[0],
            self._constant(f"{name}.kernel", integers, scale.astype(np.float32)),
            self._constant(f"{name}.bias", _int32(bias / of_bias), of_bias.astype(np.float32)),
        ]
        self._rounded(node, inputs, self.cut.get(name, name))

    def _constant(self, name: str, integers: np.ndarray, scale: np.ndarray) -> str:
        parts = [self.new.constant(f"{name}.int", integers), self.new.constant(f"{name}.scale", scale)]
        parts.append(self.new.constant(f"{name}.zero", np.zeros(len(scale), integers.dtype)))
        return self.new.add("DequantizeLinear", parts, name, axis=0)

    def _rounded(self, node: NodeProto, inputs: list[str], name: str) -> None:
        """The node with those inputs, and its result rounded to 8 bits under `name`."""
        low, high = self.ranges[name]
        scale = max(high - low, _LEAST_SCALE) / _STEPS
        zero = round(-low / scale)
        exact = f"{name}.exact"
        moved = NodeProto()
        moved.CopyFrom(node)
        moved.name = exact
        moved.input[:], moved.output[:] = inputs, [exact]
        self.new.nodes.append(moved)
        constants = self._step(name, scale, zero)
        self._dequantized(
            self.new.add("QuantizeLinear", [exact, *constants], f"{name}.int"), name, scale, zero
        )

    def _dequantized(self, integers: str, name: str, scale: float, zero: int) -> None:
        self.new.add("DequantizeLinear", [integers, *self._step(f"{name}.back", scale, zero)], name)
        self.scales[name] = scale

    def _step(self, name: str, scale: float, zero: int) -> list[str]:
        return [
            self.new.constant(f"{name}.scale", np.float32(scale)),
            self.new.constant(f"{name}.zero", np.uint8(zero)),
        ]

    def _replaced(self) -> set[str]:
        """The constants that only convolutions in integers used."""
        still = {name for node in self.new.nodes for name in node.input}
        return set(self.values) - still


def _int32(values: np.ndarray) -> np.ndarray:
    """Rounded; a channel without weights has so small a scale that its bias would not fit."""
    limit = 2**31 - 128
    return np.rint(np.clip(values, -limit, limit)).astype(np.int32)
