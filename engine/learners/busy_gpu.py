"""What keeps a GPU from waiting for Python: replayed steps, batches made beside them, losses left where they are.

A resnet50 at 128 px is three hundred small calls forwards and back, which a GPU computes faster than a processor can
ask for them. Nothing here changes what is computed.
"""

from collections.abc import Iterator

import torch
from fastai.callback.core import Callback
from fastai.callback.fp16 import AMPMode, MixedPrecision
from fastai.learner import AvgSmoothLoss, Learner
from fastai.vision.core import TensorImage
from torch import Tensor


class Replayed(Callback):
    """In every phase, record the network's way forwards and back at the first batch, and replay it for the others.

    Only for training on pictures: what validates, and heads on features, run as always; so does a network that
    cannot be recorded.
    """

    order = MixedPrecision.order - 1

    def before_fit(self):
        self.met, self.recorded = False, False

    def before_batch(self):
        if not isinstance(self.xb[0], TensorImage):
            return
        self.learn.xb = tuple(
            one.as_subclass(Tensor) for one in self.xb
        )  # fastai's types cost time in every layer
        if self.training and not self.met:
            self.met, self.recorded = True, _record(self.learn)

    def after_fit(self):
        if self.recorded:
            del self.model.forward


def _record(learn: Learner) -> bool:
    """Whether the network now replays; what its layers gather of batches, and the random numbers, stay as they were."""
    network, sample = learn.model, tuple(one.clone() for one in learn.xb)
    gathered = [(buffer, buffer.clone()) for buffer in network.buffers()]
    random_numbers = torch.cuda.get_rng_state()
    half = torch.bfloat16 if learn.mixed_precision.amp_mode == AMPMode.BF16 else torch.float16
    try:
        with torch.autocast("cuda", half, cache_enabled=False):
            torch.cuda.make_graphed_callables(network, sample, allow_unused_input=True)
    except RuntimeError:
        return False
    finally:
        for buffer, before in gathered:
            buffer.copy_(before)
        torch.cuda.set_rng_state(random_numbers)
    return True


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
