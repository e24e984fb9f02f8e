"""How long a sweep will take, before it begins: measured on two CPU cores."""

from engine.experiments.sweeps.config import FINAL_SEEDS, SweepConfig
from engine.training import time_estimate
from engine.training.frozen import keeps_features

SECONDS_TO_START = 8.0
SECONDS_PER_HEAD, SECONDS_PER_HEAD_AND_IMAGE = 0.7, 0.0008
"""One head of about five epochs on features that are there already, with all the files of its run."""


def seconds(config: SweepConfig, images: int) -> float:
    """The predicted duration in seconds of a sweep on so many images, training and validation together."""
    others = 1 + 2 * FINAL_SEEDS
    per_run, start = _per_run(config, images), SECONDS_TO_START
    if keeps_features(config.base):
        start += time_estimate.QUICK_SECONDS_PER_IMAGE[config.base.task] * images
    by_number = config.most_trials * per_run
    by_time = float("inf") if config.minutes is None else 60 * config.minutes
    return start + others * per_run + min(by_number, by_time)


def _per_run(config: SweepConfig, images: int) -> float:
    varied = {dimension.name: dimension.extremes for dimension in config.dimensions}
    if keeps_features(config.base) and not any(varied.get("augment", ())):
        return SECONDS_PER_HEAD + SECONDS_PER_HEAD_AND_IMAGE * images
    slowest = config.base if not any(varied.get("augment", ())) else config.trial({"augment": True})
    return time_estimate.seconds(slowest, images)
