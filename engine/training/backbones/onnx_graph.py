"""A convolutional network as an ONNX graph, written node by node from its tensors, without torch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

IMAGES = "images"
POOLED, GRID, TEXTURE, LOGITS = "pooled", "grid", "texture", "logits"
POOLED_AND_TEXTURE = "pooled_and_texture"
"""What comes out. `pooled` (N, 2 C): maximum, then mean of each of the C channels of the last layer, as fastai's head
sees them; `grid` (N, C', h, w): the stage before the last downsampling, which still knows where things are; `texture`
(N, T): mean and standard deviation of each channel of an early stage, which tell a drawing from a photograph;
`pooled_and_texture` (N, 2 C + T): both side by side; `logits` (N, 1000): the classes that the backbone itself was
trained on, where it has such a classifier."""

_SHAPES = {POOLED: ["n", None], GRID: ["n", None, None, None], LOGITS: ["n", None]}
_OPSET, _IR = 17, 10


@dataclass
class Graph:
    """Nodes and constants of a graph that is being written; `tensors` are those of the network, by name."""

    tensors: Mapping[str, np.ndarray]
    nodes: list[onnx.NodeProto] = field(default_factory=list)
    constants: list[onnx.TensorProto] = field(default_factory=list)

    def add(
        self, op: str, inputs: Sequence[str], name: str, more_outputs: Sequence[str] = (), **attributes
    ) -> str:
        """Append one node whose first output has the node's name, and return that name."""
        outputs = [name, *more_outputs]
        self.nodes.append(helper.make_node(op, list(inputs), outputs, name=name, **attributes))
        return name

    def constant(self, name: str, values) -> str:
        """Append a constant tensor."""
        self.constants.append(numpy_helper.from_array(np.asarray(values, order="C"), name))
        return name

    def convolution(self, inputs: str, weight: str, norm: str, eps: float, **attributes) -> str:
        """A convolution with the batch norm that follows it folded in."""
        kernel = self.tensors[f"{weight}.weight"].astype(np.float32)
        gamma, beta, mean, variance = (
            self.tensors[f"{norm}.{name}"].astype(np.float32)
            for name in ("weight", "bias", "running_mean", "running_var")
        )
        scale = gamma / np.sqrt(variance + np.float32(eps))
        folded = self.constant(f"{weight}.kernel", kernel * scale[:, None, None, None])
        bias = self.constant(f"{weight}.bias", beta - mean * scale)
        sides = list(kernel.shape[2:])
        return self.add("Conv", [inputs, folded, bias], f"{weight}.out", kernel_shape=sides, **attributes)

    def linear(self, inputs: str, name: str, weight: np.ndarray, bias: np.ndarray) -> str:
        """`inputs` (N, F) times `weight` (C, F) transposed, plus `bias` (C,)."""
        constants = [
            self.constant(f"{name}.{part}", np.asarray(values, np.float32))
            for part, values in (("weight", weight), ("bias", bias))
        ]
        return self.add("Gemm", [inputs, *constants], name, transB=1)

    def pooled(self, features: str) -> tuple[str, str]:
        """Maximum and mean of each channel of a map (N, C, h, w): fastai's `AdaptiveConcatPool2d`, and the mean."""
        mean = self.add("Flatten", [self.add("GlobalAveragePool", [features], "mean_map")], "mean", axis=1)
        largest = self.add("Flatten", [self.add("GlobalMaxPool", [features], "max_map")], "max", axis=1)
        pooled = self.add("Concat", [largest, mean], POOLED, axis=1)
        self.add("Concat", [POOLED, TEXTURE], POOLED_AND_TEXTURE, axis=1)
        return pooled, mean

    def texture(self, features: str) -> str:
        """Mean and standard deviation of each channel of a map (N, C, h, w), as the output `TEXTURE` (N, 2 C)."""
        mean = self.add("GlobalAveragePool", [features], "texture_mean")
        squares = self.add("Mul", [features, features], "texture_squares")
        mean_square = self.add("GlobalAveragePool", [squares], "texture_mean_square")
        square_mean = self.add("Mul", [mean, mean], "texture_square_mean")
        variance = self.add(
            "Relu", [self.add("Sub", [mean_square, square_mean], "texture_sub")], "texture_var"
        )
        both = self.add("Concat", [mean, self.add("Sqrt", [variance], "texture_std")], "texture_map", axis=1)
        return self.add("Flatten", [both], TEXTURE, axis=1)

    def images(self, mean: Sequence[float], std: Sequence[float]) -> str:
        """The graph's input, uint8 squares (N, side, side, 3), channels first and normalized."""
        offset, scale = (np.asarray(values, np.float32).reshape(1, 3, 1, 1) for values in (mean, std))
        channels_first = self.add("Transpose", [IMAGES], "channels_first", perm=[0, 3, 1, 2])
        floats = self.add("Cast", [channels_first], "floats", to=TensorProto.FLOAT)
        scaled = self.add("Mul", [floats, self.constant("scale", 1 / (255 * scale))], "scaled")
        return self.add("Sub", [scaled, self.constant("offset", offset / scale)], "normalized")

    def model(self, outputs: Sequence[str]) -> bytes:
        """The finished graph with those outputs, serialized; nodes that no output needs are left out."""
        needed = set(outputs)
        nodes: list[onnx.NodeProto] = []
        for node in reversed(self.nodes):
            if node.output[0] in needed:
                nodes.insert(0, node)
                needed.update(node.input)
        shapes = {name: _SHAPES.get(name, ["n", None]) for name in outputs}
        graph = helper.make_graph(
            nodes,
            "network",
            [helper.make_tensor_value_info(IMAGES, TensorProto.UINT8, ["n", "height", "width", 3])],
            [helper.make_tensor_value_info(name, TensorProto.FLOAT, shapes[name]) for name in outputs],
            [constant for constant in self.constants if constant.name in needed],
        )
        opset = [helper.make_opsetid("", _OPSET)]
        written: onnx.ModelProto = helper.make_model(graph, opset_imports=opset, ir_version=_IR)
        return written.SerializeToString()
