"""How long a run will take, before it begins: measured on two CPU cores, per image and recipe."""

from engine.config import BETTER, QUICK, TrainConfig
from engine.tasks import MULTI_LABEL, POINTS, SINGLE_LABEL

SECONDS_TO_START = 2.0
QUICK_SECONDS_PER_IMAGE = {SINGLE_LABEL: 0.02, MULTI_LABEL: 0.02, POINTS: 0.04}
"""Decoding, features and head, by task; the grid of features that points need is computed twice."""

STEP_SECONDS_PER_IMAGE = 0.35
"""One training image in one epoch of fine-tuning EfficientNet-Lite0 at 224 px, forward and backward."""

FROZEN_SECONDS_PER_IMAGE = 0.08
"""One training image in one epoch with the body frozen: forward only."""

TRAINING_SHARE = 0.8
"""The share of images that a split leaves for training."""

USUAL_EPOCHS = 8
"""Epochs of the recipe Better where the number of images has not settled them yet."""

REFERENCE_SIZE = 224


def seconds(config: TrainConfig, n_images: int) -> float:
    """The predicted duration in seconds of a run on `n_images`, training and validation together, on two CPU cores."""
    features = SECONDS_TO_START + QUICK_SECONDS_PER_IMAGE[config.task] * n_images
    if config.recipe == QUICK:
        return features
    train = TRAINING_SHARE * n_images * ((config.size or REFERENCE_SIZE) / REFERENCE_SIZE) ** 2
    epochs = USUAL_EPOCHS if config.epochs is None else config.epochs
    frozen = (config.freeze_epochs or 0) * FROZEN_SECONDS_PER_IMAGE
    epochs_seconds = train * (epochs * STEP_SECONDS_PER_IMAGE + frozen)
    return epochs_seconds + (features if config.recipe == BETTER else 10 * SECONDS_TO_START)


def in_words(seconds: float) -> str:
    """A predicted duration as people say it: about 20 seconds, about 3 minutes, about 2.5 hours."""
    if seconds < 90:
        step = 5 if seconds > 10 else 1
        count = max(1, step * round(seconds / step))
        return f"about {count} second{'s' * (count != 1)}"
    if seconds < 90 * 60:
        return f"about {round(seconds / 60)} minutes"
    return f"about {seconds / 3600:.1f} hours"
