"""A run's network as an ONNX graph, written from its saved weights: no torch is loaded and nothing is compiled.

That works for every run on one of Loss Lab's own backbones, fine-tuned or not. Other architectures are exported by
torch (`engine.inference.onnx_export`).
"""

import re
from collections.abc import Mapping

import numpy as np

from engine.config import GRID_HEAD, TrainConfig
from engine.runs import Run, files
from engine.training.backbones import (
    GRID,
    POOLED,
    POOLED_AND_TEXTURE,
    TEXTURE,
    Backbone,
    graphs,
    of_weights,
    weight_files,
)
from engine.training.backbones.onnx_graph import Graph
from engine.training.quick import int8_check

OUTPUT, FEATURES = "output", "features"
"""`features` (N, F + T): maximum and mean of each channel that the head sees, then the backbone's texture; by these
images are called familiar."""
_BN_EPS = 1e-5


def write(run: Run) -> bytes | None:
    """The graph from uint8 squares (N, size, size, 3) to raw outputs (N, n_out) and `FEATURES`, both float32.

    None where the run is not on one of Loss Lab's backbones. The backbone computes in 8-bit integers where that was
    found to change no prediction. Raises `WeightsError` where the weights do not fit.
    """
    backbone = of_weights(run.config.weights)
    if backbone is None:
        return None
    int8 = graphs.has_int8(backbone) and int8_check.is_passed(run.folder) and is_on_backbone(run)
    return graph_of(run.config, backbone, tensors_of(run, backbone), int8)


def is_on_backbone(run: Run) -> bool:
    """Whether the run's body is the backbone's own, except for batch norms that may have been trained."""
    return "backbone" in weight_files.read(run.folder / files.WEIGHTS)[1]


def tensors_of(run: Run, backbone: Backbone) -> dict[str, np.ndarray]:
    """All tensors of a run's network, named as in a fastai vision model (body, head)."""
    path = run.folder / files.WEIGHTS
    tensors, notes = weight_files.read(path)
    kept_on = weight_files.backbone_of(notes, path.name)
    return (weight_files.body_tensors(backbone) if kept_on else {}) | tensors


def graph_of(
    config: TrainConfig, backbone: Backbone, tensors: Mapping[str, np.ndarray], int8: bool = False
) -> bytes:
    """The same from a configuration and all tensors of its network; `int8` is for those that `is_on_backbone`."""
    body = {name: tensor for name, tensor in tensors.items() if name.startswith("0.")}
    graph = graphs.body(graphs.own_names(body, backbone), backbone, int8)
    head = {name.removeprefix("1."): tensor for name, tensor in tensors.items() if name.startswith("1.")}
    if config.head == GRID_HEAD:
        seen = graph.add("Flatten", [GRID], "flat", axis=1)
        largest = graph.add(
            "Flatten", [graph.add("GlobalMaxPool", [GRID], "grid_max")], "grid_max_flat", axis=1
        )
        mean = graph.add(
            "Flatten", [graph.add("GlobalAveragePool", [GRID], "grid_mean")], "grid_mean_flat", axis=1
        )
        graph.add("Concat", [largest, mean, TEXTURE], FEATURES, axis=1)
    else:
        seen = POOLED
        graph.add("Identity", [POOLED_AND_TEXTURE], FEATURES)
    raw = _head(graph, seen, head)
    if config.y_range:
        low, high = config.y_range
        share = graph.add("Sigmoid", [raw], "share")
        span = graph.add("Mul", [share, graph.constant("span", np.float32(high - low))], "spanned")
        raw = graph.add("Add", [span, graph.constant("low", np.float32(low))], "in_range")
    graph.add("Identity", [raw], OUTPUT)
    return graph.model([OUTPUT, FEATURES])


def _head(graph: Graph, features: str, head: Mapping[str, np.ndarray]) -> str:
    """The head's layers in their order: batch norms, and linear layers with a ReLU after all but the last."""
    layers = sorted({int(match[1]) for name in head if (match := re.match(r"(\d+)\.", name))})
    linear = [layer for layer in layers if head[f"{layer}.weight"].ndim == 2]
    for layer in layers:
        if layer not in linear:
            features = _batch_norm(graph, features, layer, head)
            continue
        weight = head[f"{layer}.weight"]
        bias = head.get(f"{layer}.bias", np.zeros(len(weight), np.float32))
        features = graph.linear(features, f"head.{layer}", weight, bias)
        if layer != linear[-1]:
            features = graph.add("Relu", [features], f"head.{layer}.relu")
    return features


def _batch_norm(graph: Graph, features: str, layer: int, head: Mapping[str, np.ndarray]) -> str:
    gamma, beta, mean, variance = (
        head[f"{layer}.{name}"].astype(np.float32)
        for name in ("weight", "bias", "running_mean", "running_var")
    )
    scale = gamma / np.sqrt(variance + np.float32(_BN_EPS))
    scaled = graph.add(
        "Mul", [features, graph.constant(f"head.{layer}.scale", scale)], f"head.{layer}.scaled"
    )
    offset = graph.constant(f"head.{layer}.offset", beta - mean * scale)
    return graph.add("Add", [scaled, offset], f"head.{layer}.norm")
