"""The ONNX graph of each architecture that Loss Lab can write without torch."""

from collections.abc import Callable, Mapping

import numpy as np

from engine.training.backbones import efficientnet_lite_onnx, resnet_onnx
from engine.training.backbones.backbone import Backbone
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


def body(tensors: Mapping[str, np.ndarray], backbone: Backbone) -> Graph:
    """A graph with the backbone's body, to which heads can be added.

    `tensors` are named as in `weight_files.tensors`.
    """
    graph = Graph(tensors)
    _WRITERS[backbone.arch](graph, graph.images(backbone.mean, backbone.std))
    return graph
