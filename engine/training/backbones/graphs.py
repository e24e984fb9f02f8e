"""The ONNX graph of each architecture that Loss Lab can write without torch."""

from collections.abc import Callable, Mapping

import numpy as np

from engine.training.backbones import efficientnet_lite_onnx, int8_ranges, resnet_onnx
from engine.training.backbones.backbone import Backbone
from engine.training.backbones.int8 import is_supported, quantized
from engine.training.backbones.onnx_graph import Graph
from engine.training.backbones.registry import DRAWINGS, PHOTOGRAPHS, PHOTOGRAPHS_LARGE

_WRITERS: dict[str, Callable[[Graph, str], None]] = {
    PHOTOGRAPHS.arch: efficientnet_lite_onnx.add,
    PHOTOGRAPHS_LARGE.arch: efficientnet_lite_onnx.add,
    DRAWINGS.arch: resnet_onnx.add,
}


def own_names(body_tensors: Mapping[str, np.ndarray], backbone: Backbone) -> dict[str, np.ndarray]:
    """A body's tensors under the names that `body` takes, from those of a fastai vision model (body, head)."""
    prefix = backbone.prefix if backbone == PHOTOGRAPHS else ""
    return {name.removeprefix(prefix): tensor for name, tensor in body_tensors.items()}


def body(tensors: Mapping[str, np.ndarray], backbone: Backbone, int8: bool = False) -> Graph:
    """A graph with the backbone's body, to which heads can be added.

    `tensors` are named as in `weight_files.tensors`; with `int8`, which `has_int8` allows, they must be the backbone's
    own, except for trained batch norms.
    """
    graph = Graph(tensors)
    _WRITERS[backbone.arch](graph, graph.images(backbone.mean, backbone.std))
    ranges = int8_ranges.of(backbone) if int8 else None
    return graph if ranges is None else quantized(graph, ranges, backbone.mean, backbone.std)


def has_int8(backbone: Backbone) -> bool:
    """Whether this processor computes the backbone faster in 8-bit integers, and its ranges are known."""
    return is_supported() and int8_ranges.of(backbone) is not None
