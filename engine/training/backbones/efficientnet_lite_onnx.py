"""EfficientNet-Lite as an ONNX graph (Tan and Le 2019; the Lite variants have no squeeze-and-excitation, and ReLU6).

ONNX Runtime runs the depthwise convolutions of this family about ten times faster on a CPU than eager torch does. The
graph computes what timm's `tf_efficientnet_lite*` computes, with TensorFlow's "same" padding.
"""

import re

import numpy as np

from engine.training.backbones.onnx_graph import GRID, LOGITS, Graph

GRID_STAGE = 4
TEXTURE_STAGE = 2
_BN_EPS = 1e-3
_STRIDE = (1, 2, 2, 2, 1, 2, 1)
"""The stride of each stage's first block; all other blocks have stride 1."""


def add(graph: Graph, images: str) -> None:
    """Add the network behind normalized `images`, with the outputs that `engine.training.backbones.onnx_graph` names.

    `graph.tensors` are named as in timm. The output `LOGITS` exists where they include the classifier.
    """
    graph.constant("zero", np.float32(0))
    graph.constant("six", np.float32(6))
    hidden = _convolution(graph, images, "conv_stem", "bn1", stride=2)
    blocks = sorted({(int(s), int(b)) for s, b in _block_numbers(graph)})
    for stage, block in blocks:
        if stage == TEXTURE_STAGE + 1 and block == 0:
            graph.texture(hidden)
        if stage == GRID_STAGE + 1 and block == 0:
            graph.add("Identity", [hidden], GRID)
        hidden = _block(graph, hidden, f"blocks.{stage}.{block}", _STRIDE[stage] if block == 0 else 1)
    if "conv_head.weight" not in graph.tensors:  # a body that ends with the grid
        graph.add("Identity", [hidden], GRID)
        return
    _, mean = graph.pooled(_convolution(graph, hidden, "conv_head", "bn2"))
    if "classifier.weight" in graph.tensors:
        graph.linear(mean, LOGITS, graph.tensors["classifier.weight"], graph.tensors["classifier.bias"])


def _block_numbers(graph: Graph) -> list[tuple[str, ...]]:
    matches = (re.match(r"blocks\.(\d+)\.(\d+)\.", name) for name in graph.tensors)
    return [match.groups() for match in matches if match]


def _convolution(
    graph: Graph, inputs: str, weight: str, norm: str, stride: int = 1, relu: bool = True
) -> str:
    """A convolution with its batch norm, then ReLU6 unless a block ends here."""
    channels, per_group, side, _ = graph.tensors[f"{weight}.weight"].shape
    group = channels if per_group == 1 and side > 1 else 1
    strides = [stride, stride]
    output = graph.convolution(
        inputs, weight, norm, _BN_EPS, strides=strides, group=group, auto_pad="SAME_UPPER"
    )
    return graph.add("Clip", [output, "zero", "six"], f"{norm}.relu6") if relu else output


def _block(graph: Graph, inputs: str, prefix: str, stride: int) -> str:
    """An inverted residual block, or the depthwise separable block that the first stage consists of."""
    if f"{prefix}.conv_pwl.weight" in graph.tensors:
        wide = _convolution(graph, inputs, f"{prefix}.conv_pw", f"{prefix}.bn1")
        wide = _convolution(graph, wide, f"{prefix}.conv_dw", f"{prefix}.bn2", stride)
        narrow = _convolution(graph, wide, f"{prefix}.conv_pwl", f"{prefix}.bn3", relu=False)
        channels_in = graph.tensors[f"{prefix}.conv_pw.weight"].shape[1]
        channels_out = graph.tensors[f"{prefix}.conv_pwl.weight"].shape[0]
    else:
        wide = _convolution(graph, inputs, f"{prefix}.conv_dw", f"{prefix}.bn1", stride)
        narrow = _convolution(graph, wide, f"{prefix}.conv_pw", f"{prefix}.bn2", relu=False)
        channels_in = graph.tensors[f"{prefix}.conv_dw.weight"].shape[0]
        channels_out = graph.tensors[f"{prefix}.conv_pw.weight"].shape[0]
    is_residual = stride == 1 and channels_in == channels_out
    return graph.add("Add", [narrow, inputs], f"{prefix}.sum") if is_residual else narrow
