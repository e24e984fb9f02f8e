"""One fit by several workers: each takes its part of every batch, and all make the same step.

The loss of a part counts for as much as the part has images, so the mean gradient is that of the whole batch.
"""

import torch
import torch.distributed as dist
from fastai.callback.core import Callback, CancelValidException
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from engine.training.team import Team


class DataParallel(Callback):
    """Let torch average the gradients of all workers; between the training parts the network is as it was.

    `has_unused` says that some weights get no gradient, such as those of a body whose features are kept.
    """

    order = 2

    def __init__(self, team: Team, has_unused: bool):
        self.team, self.has_unused = team, has_unused
        self.network: nn.Module | None = None
        self.wrapped: DistributedDataParallel | None = None

    def before_train(self):
        self.network = self.model
        if self.wrapped is None:
            self.wrapped = DistributedDataParallel(self.model, find_unused_parameters=self.has_unused)
        self.learn.model = self.wrapped

    def after_loss(self):
        """Weigh the loss by the size of this worker's part, and report that of the whole batch."""
        if not self.training:
            return
        share = self.team.share(self.dl.bs)
        self.learn.loss_grad = self.loss_grad * (share * self.team.workers)
        loss = self.loss.detach().as_subclass(Tensor) * share
        dist.all_reduce(loss)
        self.learn.loss = loss

    def before_validate(self):
        """The first worker alone validates."""
        self.unwrap()
        if not self.team.is_first:
            raise CancelValidException()

    def unwrap(self) -> None:
        """Give the learner its network back; also where the fit was ended by an error."""
        if self.network is not None:
            self.learn.model = self.network


def all_end(team: Team, this_ends: bool) -> bool:
    """Whether the fit ends here: the first worker decides, and all others are told."""
    if team.is_alone:
        return this_ends
    ends = torch.tensor(int(this_ends))
    dist.broadcast(ends, src=0)
    return bool(ends)


def problems_of(team: Team, problem: str = "") -> list[str]:
    """Wait for all workers; what each says is wrong with it, in their order, "" where nothing is."""
    if team.is_alone:
        return [problem]
    problems: list[str] = [""] * team.workers
    dist.all_gather_object(problems, problem)
    return problems
