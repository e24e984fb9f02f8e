"""Keep the running mean of the loss on the device: reading it after every batch would make a GPU wait for Python."""

import torch
from fastai.learner import AvgSmoothLoss, Learner
from torch import Tensor

WRITTEN_FOR = {"fastai": "2.8.12"}
REMOVE_WHEN = "fastai's `AvgSmoothLoss` leaves the loss on its device"


def keep_on_device(learn: Learner) -> None:
    """Let the recorder of a learner keep the smooth loss where the loss is."""
    learn.recorder.smooth_loss = SmoothLossOnDevice()


class SmoothLossOnDevice(AvgSmoothLoss):
    """fastai's, which would fetch the loss of every batch from the device, and so wait for each."""

    val: Tensor

    def accumulate(self, learn: Learner) -> None:
        self.count += 1
        loss = learn.loss.detach().mean().as_subclass(Tensor)
        self.val = torch.lerp(loss, self.val.to(loss.device), self.beta)
