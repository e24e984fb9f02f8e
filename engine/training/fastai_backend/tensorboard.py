"""A run's losses, rates and metrics written for TensorBoard as they come, where that package is installed.

fastai's own `TensorBoardCallback` counts from zero in every phase of `fine_tune` and after every interruption; here a
step is the run's step from beginning to end, so that one curve stays one curve.
"""

from pathlib import Path

from fastai.callback.core import Callback
from fastai.learner import Recorder
from torch import Tensor

from engine.training import optional_deps
from engine.training.fastai_backend.errors import LearnerError

BATCHES_BETWEEN_WRITES = 20


def board(folder: Path, steps: int = 0, epochs: int = 0) -> Callback:
    """A callback that writes into `folder`, going on after so many steps and epochs. Raises `LearnerError`."""
    need_tensorboard()
    from torch.utils.tensorboard import SummaryWriter

    return Board(SummaryWriter(str(folder), purge_step=steps + 1 if steps else None), steps, epochs)


def need_tensorboard() -> None:
    """Raise `LearnerError` where TensorBoard's package is missing."""
    if not optional_deps.has_tensorboard():
        raise LearnerError(optional_deps.NO_TENSORBOARD)


class Board(Callback):
    """Hand a writer the loss and the learning rate of every batch, and what fastai reports after every epoch."""

    order = Recorder.order + 1

    def __init__(self, writer, steps: int, epochs: int):
        self.writer, self.steps, self.epochs = writer, steps, epochs
        self.unwritten: list[tuple[int, Tensor, float]] = []

    def before_epoch(self):
        self.begun_at = self.steps

    def after_batch(self):
        if not self.training:
            return
        self.steps += 1
        self.unwritten.append((self.steps, self.loss.detach(), self.opt.hypers[-1]["lr"]))
        if len(self.unwritten) >= BATCHES_BETWEEN_WRITES:
            self._write_batches()

    def after_epoch(self):
        self._write_batches()
        if self.steps == self.begun_at:
            return  # an epoch that an earlier process has finished
        self.epochs += 1
        for name, value in zip(self.recorder.metric_names[1:-1], self.recorder.log[1:], strict=False):
            self.writer.add_scalar(f"epoch/{name}", float(value), self.epochs)

    def after_fit(self):
        self._write_batches()
        self.writer.close()  # it opens itself again for the next phase

    def _write_batches(self):
        taken, self.unwritten = self.unwritten, []
        for step, loss, lr in taken:
            self.writer.add_scalar("batch/loss", float(loss), step)
            self.writer.add_scalar("batch/learning_rate", lr, step)
