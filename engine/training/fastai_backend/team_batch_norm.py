"""Batch norms that see the whole batch of a team, of which each worker holds a part.

With the few images of a part alone, means and variances would be rougher than those of one process, and the run worse.
torch's `SyncBatchNorm` does the same on GPUs, but refuses processors.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.nn import functional as F


@contextmanager
def shared_by_team(network: nn.Module) -> Iterator[None]:
    """Within this context, plain batch norms that learn use the statistics of all workers' parts."""
    plain = [(module, type(module)) for module in network.modules() if _is_plain(module)]
    for module, kind in plain:
        module.__class__ = _SHARED[kind]
    try:
        yield
    finally:
        for module, kind in plain:
            module.__class__ = kind


class _Sum(torch.autograd.Function):
    """The sum of a tensor over all workers; its gradient is the sum of theirs."""

    @staticmethod
    def forward(ctx, values: Tensor) -> Tensor:
        total = values.clone()
        dist.all_reduce(total)
        return total

    @staticmethod
    def backward(ctx, gradient: Tensor) -> Tensor:
        total = gradient.contiguous().clone()
        dist.all_reduce(total)
        return total


class _SharedBatchNorm(nn.Module):
    weight: Tensor
    bias: Tensor
    running_mean: Tensor
    running_var: Tensor
    num_batches_tracked: Tensor
    momentum: float
    eps: float

    def forward(self, inputs: Tensor) -> Tensor:
        if not self.training:
            return super().forward(inputs)
        mean, variance, count = _moments(inputs)
        self._remember(mean.detach(), variance.detach() * count / (count - 1))
        shape = (1, -1, *([1] * (inputs.dim() - 2)))
        scale = self.weight * torch.rsqrt(variance + self.eps)
        shift = self.bias - mean * scale
        return (inputs.float() * scale.view(shape) + shift.view(shape)).to(inputs.dtype)

    def _remember(self, mean: Tensor, variance: Tensor) -> None:
        self.num_batches_tracked.add_(1)
        self.running_mean.lerp_(mean, self.momentum)
        self.running_var.lerp_(variance, self.momentum)


def _moments(inputs: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Mean and variance (C,) of all workers' inputs (N, C, ...), and of how many values they are."""
    values = inputs.float()
    dims = [dim for dim in range(inputs.dim()) if dim != 1]
    count = values.new_tensor([values.numel() / values.shape[1]])
    sums = _Sum.apply(torch.cat([values.sum(dims), values.square().sum(dims), count]))
    total = sums[-1].detach()
    mean, square = (part / total for part in sums[:-1].chunk(2))
    return mean, F.relu(square - mean.square()), total


class _SharedBatchNorm1d(_SharedBatchNorm, nn.BatchNorm1d):
    """Of a head."""


class _SharedBatchNorm2d(_SharedBatchNorm, nn.BatchNorm2d):
    """Of a body."""


_SHARED: dict[type[nn.Module], type[nn.Module]] = {
    nn.BatchNorm1d: _SharedBatchNorm1d,
    nn.BatchNorm2d: _SharedBatchNorm2d,
}


def _is_plain(module: nn.Module) -> bool:
    if type(module) not in _SHARED:
        return False
    return bool(module.affine and module.track_running_stats and module.momentum is not None)
