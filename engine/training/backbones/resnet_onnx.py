"""ResNet-18 as an ONNX graph (He et al. 2015), from the tensors of a body as fastai cuts it.

fastai numbers the parts of a ResNet: 0 the first convolution, 1 its batch norm, 4 to 7 the four stages of two blocks.
"""

from engine.training.backbones.onnx_graph import GRID, Graph

GRID_STAGE, TEXTURE_STAGE = 6, 4
_BN_EPS = 1e-5


def add(graph: Graph, images: str) -> None:
    """Add the body behind normalized `images`, with the outputs `POOLED` and `GRID`. Tensors are named `0.…`."""
    hidden = _convolution(graph, images, "0.0", "0.1", stride=2, pad=3)
    hidden = graph.add("Relu", [hidden], "stem.relu")
    hidden = graph.add(
        "MaxPool", [hidden], "stem.pool", kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1]
    )
    for stage in range(4, 8):
        if f"0.{stage}.0.conv1.weight" not in graph.tensors:  # a body that ends with the grid
            return
        for block in range(2):
            stride = 2 if stage > 4 and block == 0 else 1
            hidden = _block(graph, hidden, f"0.{stage}.{block}", stride)
        if stage == TEXTURE_STAGE:
            graph.texture(hidden)
        if stage == GRID_STAGE:
            graph.add("Identity", [hidden], GRID)
    graph.pooled(hidden)


def _convolution(graph: Graph, inputs: str, weight: str, norm: str, stride: int, pad: int) -> str:
    return graph.convolution(inputs, weight, norm, _BN_EPS, strides=[stride, stride], pads=[pad] * 4)


def _block(graph: Graph, inputs: str, prefix: str, stride: int) -> str:
    hidden = _convolution(graph, inputs, f"{prefix}.conv1", f"{prefix}.bn1", stride, pad=1)
    hidden = graph.add("Relu", [hidden], f"{prefix}.relu1")
    hidden = _convolution(graph, hidden, f"{prefix}.conv2", f"{prefix}.bn2", stride=1, pad=1)
    shortcut = inputs
    if f"{prefix}.downsample.0.weight" in graph.tensors:
        names = f"{prefix}.downsample.0", f"{prefix}.downsample.1"
        shortcut = _convolution(graph, inputs, *names, stride, pad=0)
    total = graph.add("Add", [hidden, shortcut], f"{prefix}.sum")
    return graph.add("Relu", [total], f"{prefix}.relu2")
