"""The ONNX graphs of the models for photographs: the backbone, and the layers after it."""

from collections.abc import Sequence

import numpy as np
from onnx import TensorProto

from engine.training.backbones import GRID, LOGITS, graphs, sessions, weight_files
from engine.training.backbones.backbone import Backbone
from engine.training.backbones.onnx_graph import IMAGES, Graph
from engine.training.backbones.registry import PHOTOGRAPHS, PHOTOGRAPHS_LARGE

SCORES, MEAN, CELLS = "group_scores", "mean", "cells"
"""`group_scores` (N, K): log-odds of each group; `mean` (N, 1280): mean of each channel of the last layer;
`cells` (N, 3 h w): of each cell, a logit for holding the point, and the point's offset (x, y) from its
centre in cells."""

SEVERAL_LABELS_AREAS = {PHOTOGRAPHS: 448 * 336, PHOTOGRAPHS_LARGE: 384 * 288}
"""The backbones whose scores are averaged, and the approximate number of pixels each takes."""

STRIDE = 16
"""Pixels per cell of the feature grid."""

_FEATURES = "bn2.relu6"
_WINDOWS = (2, 5)
"""Sides of the windows, in cells of 32 px, that are each classified; a small object fills a small window."""
_WINDOW_TEMPERATURE = 1.5
"""Windows are crops the classifier was not trained on, and it is too certain of them."""
_BEST_WINDOWS = 0.05
"""The share of the windows that count for a group: those that most resemble it."""
_FLOOR = 1e-12
_CEILING = 1 - 1e-6


def several_labels(group_weights: np.ndarray, backbone: Backbone) -> bytes:
    """Images of any shape to `SCORES` and `MEAN`, by one backbone; `group_weights` (K, 1000) as `groups.weights`.

    The backbone's classifier is applied to every window. A group's score is its mean log-odds over the windows that
    most resemble it, so a small object is enough, and a single window that is wrong is not.
    """
    graph = _body(backbone)
    kernel, offset = (graph.tensors[f"classifier.{name}"].astype(np.float32) for name in ("weight", "bias"))
    weight = graph.constant("cell_classifier", kernel[:, :, None, None] / _WINDOW_TEMPERATURE)
    bias = graph.constant("cell_classifier_bias", offset / np.float32(_WINDOW_TEMPERATURE))
    logits = graph.add("Conv", [_FEATURES, weight, bias], "cell_logits")
    windows = [_windows(graph, logits, side) for side in _WINDOWS]
    flat = graph.add("Concat", windows, "window_logits", axis=2)
    by_window = graph.add("Transpose", [flat], "windows_first", perm=[0, 2, 1])
    probs = graph.add("Softmax", [by_window], "window_probs", axis=2)
    members = graph.constant("group_members", np.ascontiguousarray(group_weights.T, dtype=np.float32))
    log_odds = _log_odds(graph, graph.add("MatMul", [probs, members], "group_probs"))
    graph.add("ReduceMean", [_best(graph, log_odds)], SCORES, axes=[1], keepdims=0)
    return graph.model([SCORES, MEAN])


def point(weight: np.ndarray, bias: np.ndarray) -> bytes:
    """Squares to `CELLS`, by a 3 x 3 convolution (3, C, 3, 3) with bias (3,) on the backbone's feature grid."""
    graph = _body(PHOTOGRAPHS)
    constants = [
        graph.constant(f"point.{name}", np.asarray(values, np.float32))
        for name, values in (("weight", weight), ("bias", bias))
    ]
    margin = weight.shape[2] // 2
    cells = graph.add("Conv", [GRID, *constants], "cell_map", pads=[margin] * 4)
    graph.add("Flatten", [cells], CELLS, axis=1)
    return graph.model([CELLS])


def single_label() -> bytes:
    """Squares to the 1,000 logits (N, 1000) of the backbone's own classifier."""
    return _body(PHOTOGRAPHS).model([LOGITS])


def backbone(name: str) -> Backbone:
    """One of the backbones of `SEVERAL_LABELS_AREAS`, by its name. Raises KeyError for another name."""
    return {known.name: known for known in SEVERAL_LABELS_AREAS}[name]


def _body(backbone: Backbone) -> Graph:
    """The backbone in floats: 8-bit integers take a third less time, but change what Home and the lessons have stored.

    The thresholds were fitted in floats too, and not every processor is faster in integers.
    """
    return graphs.body(weight_files.tensors(backbone), backbone)


def _windows(graph: Graph, logits: str, side: int) -> str:
    """Logits (N, 1000, h, w) averaged over every square of `side` cells: (N, 1000, number of squares)."""
    pooled = graph.add("AveragePool", [logits], f"windows_{side}", kernel_shape=[side, side], strides=[1, 1])
    shape = graph.constant(f"flat_{side}", np.array([0, 0, -1], np.int64))
    return graph.add("Reshape", [pooled, shape], f"flat_windows_{side}")


def _log_odds(graph: Graph, probs: str) -> str:
    limits = [graph.constant(name, np.float32(at)) for name, at in (("floor", _FLOOR), ("ceiling", _CEILING))]
    clipped = graph.add("Clip", [probs, *limits], "clipped_probs")
    rest = graph.add("Sub", [graph.constant("certain", np.float32(1)), clipped], "other_probs")
    return graph.add("Log", [graph.add("Div", [clipped, rest], "window_odds")], "window_log_odds")


def _best(graph: Graph, log_odds: str) -> str:
    """The highest `_BEST_WINDOWS` of the log-odds (N, windows, K) of each group, at least one: (N, best, K)."""
    shape = graph.add("Shape", [log_odds], "log_odds_shape")
    count = graph.add("Gather", [shape, graph.constant("window_axis", np.array([1]))], "window_count")
    share = graph.constant("best_share", np.float32(_BEST_WINDOWS))
    exact = graph.add(
        "Mul", [graph.add("Cast", [count], "float_count", to=TensorProto.FLOAT), share], "exact_best_count"
    )
    best_count = graph.add(
        "Cast", [graph.add("Ceil", [exact], "ceil_best_count")], "best_count", to=TensorProto.INT64
    )
    return graph.add("TopK", [log_odds, best_count], "best", ["best_index"], axis=1)


def run(session, images: Sequence[np.ndarray], names: Sequence[str]) -> list[np.ndarray]:
    """What a session computes for uint8 images of one shape, (N, height, width, 3)."""
    return session.run(list(names), {IMAGES: np.ascontiguousarray(np.stack(images))})


open_session = sessions.open_session
