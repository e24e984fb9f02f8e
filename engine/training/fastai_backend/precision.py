"""Half precision where the hardware computes in it, and full precision where answers must be exact."""

import torch
from fastai.callback.core import Callback
from fastai.callback.fp16 import AMPMode, MixedPrecision
from fastai.learner import Learner

from engine.training.patches.weight_gradients import GradientsByProducts


def half_precision(device: torch.device) -> list[Callback]:
    """Mixed precision where the hardware computes in it: any CUDA device, and processors that know bfloat16."""
    if device.type == "cuda":
        return [MixedPrecision(AMPMode.BF16 if torch.cuda.is_bf16_supported() else AMPMode.FP16)]
    knows = torch.cpu.get_capabilities()
    return [Bfloat16(), GradientsByProducts()] if knows.get("avx512_bf16") or knows.get("amx_bf16") else []


class Bfloat16(Callback):
    """Run the network in bfloat16 on the CPU, where fastai's `MixedPrecision` speaks to CUDA only."""

    order = MixedPrecision.order

    def before_batch(self):
        self.autocast = torch.autocast("cpu", torch.bfloat16)
        self.autocast.__enter__()

    def after_pred(self):
        self.learn.pred = self.pred.float()

    def after_loss(self):
        self.autocast.__exit__(None, None, None)


def full_precision(learn: Learner) -> Learner:
    """The same learner without mixed precision, so that its outputs are exact."""
    return learn.remove_cbs([MixedPrecision, Bfloat16, GradientsByProducts])
