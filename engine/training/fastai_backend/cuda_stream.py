"""What keeps a GPU from waiting for Python: batches made beside the training, losses left where they are.

A step of a small network is a few hundred calls, which a GPU answers sooner than a processor can make them, and
whoever reads a number from it waits for all that it was asked before.
"""

from collections.abc import Iterator

import torch
from fastai.learner import AvgSmoothLoss, Learner
from torch import Tensor


def beside(batches: Iterator, device: torch.device) -> Iterator:
    """The same batches, made on a stream of their own, so that what waits for them does not wait for the training."""
    training, making = torch.cuda.current_stream(device), torch.cuda.Stream(device)
    making.wait_stream(training)
    while True:
        with torch.cuda.stream(making):
            batch = next(batches, None)
        if batch is None:
            return
        training.wait_stream(making)
        for one in batch:
            one.record_stream(training)
        yield batch


class SmoothLossOnDevice(AvgSmoothLoss):
    """fastai's, which would fetch the loss of every batch from the device, and so wait for each."""

    def accumulate(self, learn: Learner) -> None:
        self.count += 1
        loss = learn.loss.detach().mean().as_subclass(Tensor)
        self.val = torch.lerp(loss, self.val.to(loss.device), self.beta)
