"""fastai's Adam, for all parameters at once: the same numbers in a few calls, where a GPU waits for hundreds.

fastai steps through its parameters one by one, ten small calls for each: for a resnet50 that takes longer than the
network itself on a GPU. torch's `_foreach` functions do the same to a list.
"""

from itertools import groupby
from typing import Any

import torch
from fastai import optimizer

WRITTEN_FOR = {"fastai": "2.8.12", "torch": "2.15.0"}
REMOVE_WHEN = (
    "fastai's optimizers step through all parameters at once, or torch's public AdamW keeps fastai's state"
)

State = dict[str, Any]


def adam(*parameters, **options) -> optimizer.Optimizer:
    """An optimizer made as `fastai.optimizer.Adam` is, with the same state, and the same steps in fewer calls."""
    made = optimizer.Adam(*parameters, **options)
    made.__class__ = _AllAtOnce
    return made


class _AllAtOnce(optimizer.Optimizer):
    """Adam with decoupled weight decay, for groups of parameters that have everything but their numbers in common."""

    def step(self, closure=None) -> None:
        """fastai's `weight_decay`, `average_grad`, `average_sqr_grad`, `step_stat` and `adam_step`, in this order."""
        for index, group in enumerate(self.param_lists):
            learning = sorted((p for p in group if p.grad is not None), key=self._kind)
            for (step, decays), alike in groupby(learning, key=self._kind):
                self._step(list(alike), self.hypers[index], step + 1, decays)

    def _kind(self, parameter) -> tuple[int, bool]:
        state = self.state[parameter]
        return state.get("step", 0), state.get("do_wd", True)

    def _step(self, parameters: list, hyper: State, step: int, decays: bool) -> None:
        values = [parameter.data for parameter in parameters]
        gradients = [parameter.grad.data for parameter in parameters]
        means, squares = (self._gathered(parameters, name) for name in ("grad_avg", "sqr_avg"))
        momentum, sqr_momentum, lr = hyper["mom"], hyper["sqr_mom"], hyper["lr"]
        if decays and hyper["wd"]:
            torch._foreach_mul_(values, 1 - lr * hyper["wd"])
        torch._foreach_mul_(means, momentum)
        torch._foreach_add_(means, gradients, alpha=1 - momentum)
        torch._foreach_mul_(squares, sqr_momentum)
        torch._foreach_addcmul_(squares, gradients, gradients, value=1 - sqr_momentum)
        roots = torch._foreach_div(squares, optimizer.debias(sqr_momentum, 1 - sqr_momentum, step))
        torch._foreach_sqrt_(roots)
        torch._foreach_add_(roots, hyper["eps"])
        torch._foreach_addcdiv_(
            values, means, roots, value=-lr / optimizer.debias(momentum, 1 - momentum, step)
        )
        for parameter in parameters:
            self.state[parameter]["step"] = step

    def _gathered(self, parameters: list, name: str) -> list:
        for parameter in parameters:
            if name not in self.state[parameter]:
                self.state[parameter][name] = torch.zeros_like(parameter.grad.data)
        return [self.state[parameter][name] for parameter in parameters]
