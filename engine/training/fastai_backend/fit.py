"""The book's `fine_tune`, phase by phase, so that it can stop after any batch and resume from any epoch.

Every epoch draws its random numbers from the run's seed and its own number. So a run that was interrupted goes on
just as it would have gone on by itself.
"""

import random
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

import numpy as np
from fastai.callback.core import Callback, CancelFitException
from fastai.callback.schedule import Learner
from fastai.learner import Recorder
from fastai.torch_core import set_seed
from torch import OutOfMemoryError, Tensor, tensor

from engine.config import BETTER, GRID_HEAD, TrainConfig
from engine.training.checkpoints import Checkpoint
from engine.training.fastai_backend.cached_features import on_features
from engine.training.fastai_backend.data_parallel import DataParallel, all_end
from engine.training.fastai_backend.precision import full_precision
from engine.training.frozen import keeps_features
from engine.training.patches.team_batch_norm import shared_by_team
from engine.training.team import Team, WorkersLostError

_FROZEN_COST, _FEATURES_COST = 1 / 3, 1 / 30
"""The cost of a frozen epoch relative to one in which all layers learn: on images, and on stored features."""


class Follower(Protocol):
    """Who follows a fit from outside."""

    def looking(self, share: float) -> None:
        """The frozen body has looked at a share (0 to 1) of the images, once for all frozen epochs."""

    def batch(self, epoch: int, share: float, loss: Tensor) -> None:
        """A batch of an epoch (from 1) had this loss; a share (0 to 1) of the whole fit is done."""

    def epoch(self, row: dict) -> None:
        """An epoch is finished: its number, whether the body was frozen, and the values that fastai reports."""

    def stop_is_asked(self) -> bool:
        """Whether the fit is to end now."""


@dataclass(frozen=True)
class Phase:
    """One `fit_one_cycle`: how many epochs, whether the body is frozen, and fastai's options."""

    epochs: int
    frozen: bool
    options: dict = field(default_factory=dict)


def phases(config: TrainConfig) -> list[Phase]:
    """What `fine_tune` does; one cycle for a random body, or for the head alone."""
    if config.recipe == BETTER:
        return [Phase(config.planned_epochs, False, {"lr_max": _gentle(config), "pct_start": 0.3})]
    if config.weights == "none":
        return [Phase(config.planned_epochs, False, {"lr_max": config.lr})]
    if config.epochs == 0:
        return [Phase(config.freeze_epochs, True, {"lr_max": slice(config.lr)})]
    all_layers = slice(config.lr / 2 / 100, config.lr / 2)
    both = [
        Phase(config.freeze_epochs, True, {"lr_max": slice(config.lr), "pct_start": 0.99}),
        Phase(config.planned_epochs, False, {"lr_max": all_layers, "pct_start": 0.3, "div": 5.0}),
    ]
    return [phase for phase in both if phase.epochs]


def _gentle(config: TrainConfig) -> slice:
    """Learning rates of the first and the last layers for fine-tuning from a converged head.

    Adam moves every weight by about the rate, whatever its gradient: a head on the grid, with ten times the inputs and
    a tenth of the range of its outputs, takes rates that are so much smaller.
    """
    if config.head == GRID_HEAD:
        return slice(config.lr / 500, config.lr / 250)
    return slice(config.lr / 50, config.lr / 5)


def fit(
    learn: Learner, config: TrainConfig, follower: Follower, checkpoint: Checkpoint | None = None
) -> bool:
    """Train all epochs, or those after the checkpoint's; False when the follower asked to stop before the end.

    The network must hold the checkpoint's tensors already; the optimizer is filled here.
    """
    done, before = checkpoint.epochs if checkpoint else 0, 0
    for phase in phases(config):
        skipped = min(max(0, done - before), phase.epochs)
        if skipped < phase.epochs and not _fit_phase(
            learn, config, follower, phase, before, skipped, checkpoint
        ):
            return False
        before += phase.epochs
    return True


def _fit_phase(learn, config, follower, phase, before, skipped, checkpoint) -> bool:
    learn.freeze() if phase.frozen else learn.unfreeze()
    resumed = []
    if skipped:
        _fill_optimizer(learn, checkpoint)
        resumed = [_ResumedSmoothLoss(*checkpoint.smooth_loss)]
    team = learn.dls.train.team
    following = _Follow(follower, before, skipped, phase.frozen, partial(_share, config, before), team)
    with (
        warnings.catch_warnings(),
        on_features(learn, config, follower.looking) if phase.frozen else nullcontext(),
        learn.no_logging(),
        learn.added_cbs([EpochSeeds(config.seed, before, team.rank), following, *resumed]),
        _by_all_workers(learn, has_unused=phase.frozen and not config.augment),
    ):
        warnings.simplefilter("ignore")
        learn.fit_one_cycle(phase.epochs, start_epoch=skipped, **phase.options)
    following.raise_again()
    return not following.stopped


@contextmanager
def _by_all_workers(learn: Learner, has_unused: bool) -> Iterator[None]:
    """Within this context, a fit is that of all workers. Raises `WorkersLostError` where one of them is gone."""
    team = learn.dls.train.team
    if team.is_alone:
        yield
        return
    parallel = DataParallel(team, has_unused)
    with learn.added_cbs([parallel]), shared_by_team(learn.model):
        try:
            yield
        except OutOfMemoryError:
            raise
        except RuntimeError as error:
            raise WorkersLostError(str(error)) from error
        finally:
            parallel.unwrap()


def _share(config: TrainConfig, before: int, epochs: float) -> float:
    """Which share of the whole fit's work is done after `before` epochs and so many (1.5, say) of the next phase.

    A frozen body is only looked through, while going back through it costs twice that; kept features cost next to
    nothing.
    """
    frozen = _FROZEN_COST if config.augment else _FEATURES_COST
    costs = [frozen if phase.frozen else 1.0 for phase in phases(config) for _ in range(phase.epochs)]
    at = before + int(epochs)
    return (sum(costs[:at]) + sum(costs[at : at + 1]) * (epochs % 1)) / sum(costs)


def optimizer_numbers(learn: Learner) -> list[dict]:
    """What the optimizer has gathered for each parameter, in fastai's order."""
    return learn.opt.state_dict()["state"]


def _fill_optimizer(learn: Learner, checkpoint: Checkpoint) -> None:
    parameters = learn.opt.all_params().itemgot(0)
    for parameter, gathered in zip(parameters, checkpoint.optimizer, strict=True):
        placed = {k: v.to(parameter.device) if isinstance(v, Tensor) else v for k, v in gathered.items()}
        learn.opt.state[parameter].update(placed)


def smooth_loss(learn: Learner) -> tuple[float, int]:
    """The running mean of the loss behind fastai's `train_loss`, and of how many batches it is."""
    mean = learn.recorder.smooth_loss
    return float(mean.val), mean.count


class _ResumedSmoothLoss(Callback):
    """Let the running mean of the loss go on where the checkpoint has it; fastai's recorder starts again from zero."""

    order = Recorder.order + 1

    def __init__(self, mean: float, count: int):
        self.mean, self.count = mean, count

    def before_fit(self):
        self.recorder.smooth_loss.val, self.recorder.smooth_loss.count = tensor(self.mean), self.count


class EpochSeeds(Callback):
    """Seed every epoch by the run's seed and the epoch's number: order of images, augmentation, dropout.

    All workers of a team have the same order of images; each augments and drops out at random on its own.
    """

    order = -20

    def __init__(self, seed: int, before: int = 0, rank: int = 0):
        self.seed, self.before, self.rank = seed, before, rank

    def before_epoch(self):
        about = [self.seed, self.before + self.epoch]
        set_seed(_drawn([*about, self.rank] if self.rank else about))
        self.dls.train.rng = random.Random(_drawn(about))


def _drawn(about: list[int]) -> int:
    return int(np.random.SeedSequence(about).generate_state(1)[0])


class Teller(Callback):
    """A callback that reports to a follower; an error of the follower ends the fit, and comes out as it was raised.

    fastai would put words of its own before the error's message, which the user reads.
    """

    error: Exception | None = None

    def tell(self, listener: Callable[..., object], *arguments: object) -> None:
        """Call a listener; whatever it raises ends the fit."""
        try:
            listener(*arguments)
        except Exception as error:
            self.error = error
            raise CancelFitException() from error

    def raise_again(self) -> None:
        """After the fit: raise what was raised."""
        if self.error:
            raise self.error


class _Follow(Teller):
    """Tell a follower about every batch and every finished epoch, and end the fit when it asks.

    In a team that is the follower of the first worker, with which all others end.
    """

    order = 90

    def __init__(
        self,
        follower: Follower,
        before: int,
        skipped: int,
        frozen: bool,
        share: Callable[[float], float],
        team: Team,
    ):
        self.follower, self.before, self.skipped, self.frozen = follower, before, skipped, frozen
        self.share, self.team, self.stopped = share, team, False

    def after_batch(self):
        if not self.training:
            return
        with self._ending_together():
            share = self.share(self.epoch + (self.iter + 1) / self.n_iter)
            self.tell(self.follower.batch, self.before + self.epoch + 1, share, self.loss.detach())
            if self.follower.stop_is_asked():
                self.stopped = True
                raise CancelFitException()

    def after_epoch(self):
        if self.epoch < self.skipped:
            return
        with self._ending_together():
            if self.team.is_first:
                self.tell(self.follower.epoch, self._row())

    def _row(self) -> dict:
        names, values = self.recorder.metric_names[1:-1], self.recorder.log[1:]
        row = {name: float(value) for name, value in zip(names, values, strict=False)}
        return {"epoch": self.before + self.epoch + 1, "frozen": self.frozen} | row

    @contextmanager
    def _ending_together(self) -> Iterator[None]:
        """Where the block ends the fit of the first worker, all others end theirs at the same place."""
        try:
            yield
        except CancelFitException:
            all_end(self.team, True)
            raise
        if all_end(self.team, False):
            self.stopped = True
            raise CancelFitException()


def validation_outputs(learn: Learner, config: TrainConfig) -> tuple[Tensor, float]:
    """The network's raw outputs (N, n_out) for the validation part, in order and full precision, and their loss.

    A head that learned on features is validated on them.
    """
    full_precision(learn)
    with on_features(learn, config) if keeps_features(config) else nullcontext():
        outputs, targets = learn.get_preds(dl=learn.dls.valid, act=lambda x: x)
    return outputs.float().cpu(), float(learn.loss_func(outputs.float(), targets))
