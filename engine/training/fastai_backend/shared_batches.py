"""Several workers train one network: each learns from its part of every batch, and all take the same step."""

import torch
import torch.distributed as dist
from fastai.callback.core import Callback
from torch import Tensor


def worker_count() -> int:
    """How many processes train this network together; 1 where there is no group of them."""
    return dist.get_world_size() if dist.is_available() and dist.is_initialized() else 1


def any_worker(asks: bool) -> bool:
    """Whether any of the workers asks; each of them calls this at the same time."""
    if worker_count() == 1:
        return asks
    asked = torch.tensor(float(asks))
    dist.all_reduce(asked, dist.ReduceOp.MAX)
    return bool(asked)


class SharedBatches(Callback):
    """Give each worker every Nth image of a batch, and all of them the gradient of the whole batch.

    The workers draw the same batches, since every epoch is seeded. The gradients are weighted by the size of the parts,
    so their sum is that of one process; only the statistics of batch norm are those of a part. Before validation all
    workers take those of the first.
    """

    order = 60  # after all that changes batches

    def before_batch(self):
        self._share = 1.0
        if not self.training:
            return
        part, count = slice(dist.get_rank(), None, dist.get_world_size()), len(self.xb[0])
        self.learn.xb = tuple(values[part] for values in self.xb)
        self.learn.yb = tuple(values[part] for values in self.yb)
        self._share = len(self.xb[0]) / count

    def after_backward(self):
        gradients = [weight.grad for weight in self.model.parameters() if weight.grad is not None]
        loss = self.learn.loss.detach().as_subclass(Tensor).reshape(1).float()
        summed = torch.cat([loss, *(gradient.flatten().float() for gradient in gradients)]) * self._share
        dist.all_reduce(summed)
        self.learn.loss = summed[0].clone()
        _copy_back(summed[1:], gradients)

    def after_train(self):
        for values in self.model.buffers():
            dist.broadcast(values, 0)


def _copy_back(flat: Tensor, gradients: list[Tensor]) -> None:
    """Put the numbers of one long vector back into the tensors that they came from."""
    for gradient, numbers in zip(gradients, flat.split([one.numel() for one in gradients]), strict=True):
        gradient.copy_(numbers.view_as(gradient))
