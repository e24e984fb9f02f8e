"""How long a run will take, before it begins: measured on two idle CPU cores, per image and recipe.

How much longer it takes on this computer, as busy as it is, is learned from earlier runs (`earlier_runs`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from engine.config import BETTER, QUICK, TrainConfig
from engine.tasks import MULTI_LABEL, POINTS, SINGLE_LABEL

SECONDS_TO_START = 4.0
"""Until the process of a Quick run has loaded its libraries and read the data, and until it has ended."""

SECONDS_TO_START_TORCH = 20.0
"""The same with torch and fastai."""

SECONDS_TO_LOAD = 2.0
"""Loading the backbone."""

QUICK_SECONDS_PER_IMAGE = {SINGLE_LABEL: 0.02, MULTI_LABEL: 0.02, POINTS: 0.04}
"""Decoding, features and head, by task; the grid of features that points need is computed twice."""

STEP_SECONDS_PER_IMAGE = 0.35
"""One training image in one epoch of fine-tuning EfficientNet-Lite0 at 224 px, forward and backward."""

FROZEN_SECONDS_PER_IMAGE = 0.08
"""One training image in one epoch with the backbone frozen: forward only."""

TRAINING_SHARE = 0.8
"""The share of images that a split leaves for training."""

USUAL_EPOCHS = 8
"""Epochs of the recipe Better where the number of images has not settled them yet."""

REFERENCE_SIZE = 224
_CLOSE = 1.5
"""Durations that differ by no more than this factor are told as one."""


@dataclass(frozen=True)
class Estimate:
    """A predicted duration in seconds: from `low` to `high`; without a `high`, at least `low`."""

    low: float
    high: float | None = None

    @property
    def is_measured(self) -> bool:
        """Whether earlier runs on this computer say so."""
        return self.high is not None

    def in_words(self) -> str:
        """As people say it: at least 8 seconds, about 20 seconds, 15 to 30 seconds.

        >>> Estimate(8).in_words(), Estimate(18, 22).in_words(), Estimate(16.4, 28.8).in_words()
        ('at least 8 seconds', 'about 20 seconds', '15 to 30 seconds')
        """
        if self.high is None:
            return in_words(self.low).replace("about", "at least")
        if self.high <= _CLOSE * self.low:
            return in_words((self.low + self.high) / 2)
        unit = _unit(self.high)
        low, high = (_amount(seconds, unit) for seconds in (self.low, self.high))
        return f"{low} to {high} {unit}s" if low != high else in_words(self.high)


def estimate(work: float, slowdowns: Sequence[float]) -> Estimate:
    """The duration of what takes `work` seconds on idle cores, where earlier runs took so many times as long."""
    if not slowdowns:
        return Estimate(work)
    return Estimate(work * min(slowdowns), work * max(slowdowns))


def seconds(config: TrainConfig, n_images: int) -> float:
    """The duration in seconds of a run on `n_images`, training and validation together, from the start of its process.

    On two idle CPU cores.
    """
    features = SECONDS_TO_LOAD + QUICK_SECONDS_PER_IMAGE[config.task] * n_images
    if config.recipe == QUICK:
        return SECONDS_TO_START + features
    train = TRAINING_SHARE * n_images * ((config.size or REFERENCE_SIZE) / REFERENCE_SIZE) ** 2
    epochs = USUAL_EPOCHS if config.epochs is None else config.epochs
    frozen = (config.freeze_epochs or 0) * FROZEN_SECONDS_PER_IMAGE
    epochs_seconds = train * (epochs * STEP_SECONDS_PER_IMAGE + frozen)
    return SECONDS_TO_START_TORCH + epochs_seconds + (features if config.recipe == BETTER else 0)


def in_words(seconds: float) -> str:
    """A predicted duration as people say it: about 20 seconds, about 3 minutes, about 2.5 hours."""
    unit = _unit(seconds)
    amount = _amount(seconds, unit)
    return f"about {amount} {unit}{'s' * (amount != '1')}"


def _unit(seconds: float) -> str:
    return "second" if seconds < 90 else "minute" if seconds < 90 * 60 else "hour"


def _amount(seconds: float, unit: str) -> str:
    if unit == "hour":
        return f"{seconds / 3600:.1f}"
    if unit == "minute":
        return f"{max(1, round(seconds / 60))}"
    step = 5 if seconds > 10 else 1
    return f"{max(1, step * round(seconds / step))}"
