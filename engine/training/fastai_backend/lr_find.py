"""A mock training whose learning rate grows from batch to batch: fastai's `lr_find`, on a run's own batches.

The network is in the state in which the run begins: its body frozen where the first epochs freeze it. The idea is
Smith's (Cyclical Learning Rates for Training Neural Networks, 2017); sweep and suggestions are fastai's code.
"""

import math
import warnings
from collections.abc import Sequence
from contextlib import nullcontext
from typing import Protocol

from fastai.callback.core import CancelFitException
from fastai.callback.schedule import Learner, minimum, slide, steep, valley
from torch import Tensor, tensor

from engine.config import TrainConfig
from engine.training.fastai_backend.cached_features import on_features
from engine.training.fastai_backend.errors import LearnerError
from engine.training.fastai_backend.fit import EpochSeeds, Teller, phases
from engine.training.patches.unsaved_weights import without_saving

TRIALS = 100
LOWEST, HIGHEST = 1e-7, 10.0
LEAST_TO_JUDGE = 16
"""fastai's `slide` looks at two places that are 15 apart."""

_LEFT_OUT_AT_THE_END = 5
_RULES = {"valley": valley, "steep": steep, "minimum": minimum, "slide": slide}


class Watcher(Protocol):
    """Who watches a mock training from outside; whatever it raises ends it."""

    def looking(self, share: float) -> None:
        """The frozen body has looked at a share (0 to 1) of the images."""

    def tried(self, lr: float, loss: float, smooth: float) -> None:
        """A batch was trained at this rate: its own loss, and fastai's running mean."""


def try_rates(learn: Learner, config: TrainConfig, watcher: Watcher) -> None:
    """Train up to 100 batches at rates from 1e-7 to 10; it ends where the loss is four times its best, or no number.

    The learner is used up: its weights are those of the mock training. fastai makes an empty folder in `learn.path`.
    """
    is_frozen, callback = phases(config)[0].frozen, _Tell(watcher)
    learn.freeze() if is_frozen else learn.unfreeze()
    with (
        warnings.catch_warnings(),
        on_features(learn, config, watcher.looking) if is_frozen else nullcontext(),
        learn.added_cbs([EpochSeeds(config.seed), callback]),
    ):
        warnings.simplefilter("ignore")
        without_saving(learn)
        learn.lr_find(LOWEST, HIGHEST, TRIALS, suggest_funcs=None, show_plot=False)
    callback.raise_again()


def judged(lrs: Sequence[float], smooth: Sequence[float]) -> tuple[Tensor, Tensor]:
    """The rates and losses that suggestions are made from.

    As in fastai, the first tenth of the trials and the last five are left out, and all from the first that is no
    number on.
    """
    no_number = next((at for at, loss in enumerate(smooth) if math.isnan(loss)), None)
    planned = len(lrs) if no_number is None else TRIALS
    kept = slice(
        TRIALS // 10, min(planned - _LEFT_OUT_AT_THE_END, len(lrs) if no_number is None else no_number)
    )
    return tensor(list(lrs[kept])), tensor(list(smooth[kept]))


def suggested(lrs: Sequence[float], smooth: Sequence[float]) -> dict[str, float]:
    """What each of fastai's rules suggests: valley, steep, minimum, slide. Raises `LearnerError` where none can."""
    rates, losses = judged(lrs, smooth)
    if len(rates) < LEAST_TO_JUDGE:
        raise LearnerError(_too_few(lrs, smooth))
    return {name: float(rule(rates, losses, TRIALS)[0]) for name, rule in _RULES.items()}


def fall(lrs: Sequence[float], smooth: Sequence[float]) -> float:
    """The share (0 to 1) by which the loss fell below where it began, over what suggestions are made from."""
    losses = judged(lrs, smooth)[1]
    return max(0.0, 1 - float(losses.min() / losses[0]))


def _too_few(lrs: Sequence[float], smooth: Sequence[float]) -> str:
    if not smooth or not math.isfinite(smooth[0]):
        return (
            f"The loss is not a number even at a learning rate of {LOWEST:g}: choose another loss or other weights, "
            "and check the labels or points."
        )
    return (
        f"The loss diverged at a learning rate of {lrs[-1]:.2g}, too early to suggest one: choose a larger "
        "batch size, or other weights."
    )


class _Tell(Teller):
    """Tell a watcher about every batch, after fastai's `Recorder` and before `LRFinder`, which may end the fit."""

    order = 55

    def __init__(self, watcher: Watcher):
        self.watcher = watcher

    def after_batch(self):
        recorded = self.recorder
        smooth = float(recorded.losses[-1])
        self.tell(self.watcher.tried, float(recorded.lrs[-1]), float(self.loss.detach()), smooth)
        if math.isnan(smooth):
            raise CancelFitException()
