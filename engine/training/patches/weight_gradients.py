"""Gradients of weights: those of convolutions as products of matrices, where torch's own way is slow on processors.

In bfloat16, oneDNN takes up to nine times as long for a convolution with many channels over few places, as the last
layers of a resnet are: a third of a training step. One product for each cell of the kernel gives the same sums.
"""

import torch
from fastai.callback.core import Callback
from torch import Tensor, nn
from torch.nn import functional as F

WRITTEN_FOR = {"torch": "2.15.0"}
REMOVE_WHEN = "oneDNN's bfloat16 gradients of weights are as fast as the products: `make bench` shows it"


class GradientsByProducts(Callback):
    """While a fit lasts, plain convolutions compute the gradients of their weights by products where that is faster."""

    def before_fit(self):
        self.plain = [module for module in self.model.modules() if _is_plain(module)]
        for module in self.plain:
            module.__class__ = _ByProducts

    def after_fit(self):
        for module in self.plain:
            module.__class__ = nn.Conv2d


class Convolution(torch.autograd.Function):
    """`F.conv2d` of images (N, C, H, W) with weights (O, C, h, w), without bias, groups and dilation."""

    @staticmethod
    @torch.amp.custom_fwd(device_type="cpu", cast_inputs=torch.bfloat16)
    def forward(ctx, inputs: Tensor, weight: Tensor, stride: tuple, padding: tuple) -> Tensor:
        ctx.save_for_backward(inputs, weight)
        ctx.stride, ctx.padding = stride, padding
        return F.conv2d(inputs, weight, None, stride, padding)

    @staticmethod
    @torch.amp.custom_bwd(device_type="cpu")
    def backward(ctx, gradient: Tensor):
        inputs, weight = ctx.saved_tensors
        to_inputs = to_weight = None
        if ctx.needs_input_grad[0]:
            form = (None, ctx.stride, ctx.padding, (1, 1), False, (0, 0), 1, (True, False, False))
            to_inputs = torch.ops.aten.convolution_backward(gradient, inputs, weight, *form)[0]
        if ctx.needs_input_grad[1]:
            to_weight = _weight_gradient(inputs, gradient, weight.shape[2:], ctx.stride, ctx.padding)
        return to_inputs, to_weight, None, None


def _weight_gradient(inputs: Tensor, gradient: Tensor, kernel, stride, padding) -> Tensor:
    """(O, C, h, w): for each cell of the kernel, what it saw (places, C) times what came of it (places, O)."""
    (high, wide), (down, right) = gradient.shape[2:], stride
    padded = F.pad(inputs.permute(0, 2, 3, 1), (0, 0, padding[1], padding[1], padding[0], padding[0]))
    came = gradient.permute(0, 2, 3, 1).flatten(0, 2)
    result = came.new_empty(*kernel, came.shape[1], inputs.shape[1])
    for row in range(kernel[0]):
        for column in range(kernel[1]):
            rows = slice(row, row + down * (high - 1) + 1, down)
            columns = slice(column, column + right * (wide - 1) + 1, right)
            torch.mm(came.T, padded[:, rows, columns].flatten(0, 2), out=result[row, column])
    return result.permute(2, 3, 0, 1)


class _ByProducts(nn.Conv2d):
    def forward(self, inputs: Tensor) -> Tensor:
        if torch.is_grad_enabled() and self.weight.requires_grad and self._has_few_places(inputs):
            return Convolution.apply(inputs, self.weight, self.stride, self.padding)
        return super().forward(inputs)

    def _has_few_places(self, inputs: Tensor) -> bool:
        """Whether it answers at fewer places of an image than it is given channels: measured, then it is faster."""
        height, width = inputs.shape[2:]
        return height * width <= inputs.shape[1] * self.stride[0] * self.stride[1]


def _is_plain(module: nn.Module) -> bool:
    return (
        type(module) is nn.Conv2d
        and module.bias is None
        and module.groups == 1
        and module.dilation == (1, 1)
        and module.padding_mode == "zeros"
        and isinstance(module.padding, tuple)
    )
