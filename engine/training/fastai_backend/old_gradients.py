"""Gradients of a step are given back when it is done."""

from fastai.callback.core import Callback


class NoOldGradients(Callback):
    """Give the gradients of a step back when it is done, where fastai keeps their memory and fills it with zeros."""

    def after_step(self):
        self.model.zero_grad(set_to_none=True)
