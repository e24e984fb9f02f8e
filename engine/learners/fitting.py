"""The text's `fine_tune`, and what it reports on its way."""

import warnings
from collections.abc import Callable

from fastai.callback.core import Callback
from fastai.callback.schedule import Learner
from fastai.losses import BaseLoss
from torch import Tensor

from engine.config import TrainConfig
from engine.learners.precision import full_precision


class Report(Callback):
    """Tell a listener, a plain function, about every batch and every finished epoch."""

    def __init__(
        self, total_epochs: int, on_batch: Callable[[float], None], on_epoch: Callable[[dict], None]
    ):
        self.total_epochs, self.on_batch, self.on_epoch = total_epochs, on_batch, on_epoch
        self.epochs_done = 0

    def after_batch(self):
        if self.training:
            self.on_batch((self.epochs_done + (self.iter + 1) / self.n_iter) / self.total_epochs)

    def after_epoch(self):
        self.epochs_done += 1
        names, values = self.recorder.metric_names[1:-1], self.recorder.log[1:]
        row = {name: float(value) for name, value in zip(names, values, strict=False)}
        self.on_epoch({"epoch": self.epochs_done, "frozen": self.opt.frozen_idx > 0} | row)


def fit(
    learn: Learner, config: TrainConfig, on_batch: Callable[[float], None], on_epoch: Callable[[dict], None]
):
    """The text's `fine_tune`: frozen epochs, then all layers; one cycle for a random body, or for the head alone."""
    report = Report(config.freeze_epochs + config.epochs, on_batch, on_epoch)
    with warnings.catch_warnings(), learn.no_logging(), learn.added_cbs([report]):
        warnings.simplefilter("ignore")
        if config.weights == "none":
            learn.unfreeze()
            learn.fit_one_cycle(config.epochs, config.lr)
        elif config.epochs == 0:
            learn.freeze()
            learn.fit_one_cycle(config.freeze_epochs, slice(config.lr))
        else:
            learn.fine_tune(config.epochs, base_lr=config.lr, freeze_epochs=config.freeze_epochs)


def validation_outputs(learn: Learner) -> tuple[Tensor, float]:
    """The network's raw outputs (N, n_out) for the validation part, in order and full precision, and their loss."""
    full_precision(learn)
    outputs, targets = learn.get_preds(dl=learn.dls.valid, act=lambda x: x)
    loss: BaseLoss = learn.loss_func
    return outputs.float().cpu(), float(loss(outputs.float(), targets))
