"""Batch norms that see the whole batch of a team, of which each worker holds a part.

With the few images of a part alone, means and variances would be rougher than those of one process, and the run worse.
torch's `SyncBatchNorm` does the same on GPUs, but refuses processors.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.nn import functional as F

WRITTEN_FOR = {"torch": "2.15.0"}
REMOVE_WHEN = "torch's `SyncBatchNorm` takes tensors of processors"


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


def _normalized(module: Any, inputs: Tensor) -> Tensor:
    """What a batch norm makes of its worker's inputs (N, C, ...), by the moments of all workers' inputs."""
    mean, variance, count = _moments(inputs)
    with torch.no_grad():
        module.num_batches_tracked.add_(1)
        module.running_mean.lerp_(mean, module.momentum)
        module.running_var.lerp_(variance * count / (count - 1), module.momentum)
    shape = (1, -1, *([1] * (inputs.dim() - 2)))
    scale = module.weight * torch.rsqrt(variance + module.eps)
    shift = module.bias - mean * scale
    return (inputs.float() * scale.view(shape) + shift.view(shape)).to(inputs.dtype)


def _moments(inputs: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Mean and variance (C,) of all workers' inputs (N, C, ...), and of how many values they are."""
    values = inputs.float()
    dims = [dim for dim in range(inputs.dim()) if dim != 1]
    count = values.new_tensor([values.numel() / values.shape[1]])
    sums = _Sum.apply(torch.cat([values.sum(dims), values.square().sum(dims), count]))
    total = sums[-1].detach()
    mean, square = (part / total for part in sums[:-1].chunk(2))
    return mean, F.relu(square - mean.square()), total


class _SharedBatchNorm1d(nn.BatchNorm1d):
    def forward(self, inputs: Tensor) -> Tensor:
        return _normalized(self, inputs) if self.training else super().forward(inputs)


class _SharedBatchNorm2d(nn.BatchNorm2d):
    def forward(self, inputs: Tensor) -> Tensor:
        return _normalized(self, inputs) if self.training else super().forward(inputs)


_SHARED: dict[type[nn.Module], type[nn.Module]] = {
    nn.BatchNorm1d: _SharedBatchNorm1d,
    nn.BatchNorm2d: _SharedBatchNorm2d,
}


def _is_plain(module: Any) -> bool:
    """Whether it is exactly torch's own, with weights and running statistics, as all usual ones are."""
    is_own = type(module) in _SHARED
    return is_own and module.affine and module.track_running_stats and module.momentum is not None
