"""What fastai reports after each epoch besides the loss, by the same definitions as the figures at the end."""

from collections.abc import Callable
from functools import partial

import numpy as np
from fastai.learner import Learner
from fastai.metrics import AccumMetric, accuracy, accuracy_multi

from engine.config import TrainConfig
from engine.functional.coordinates import pixel_distance, to_px
from engine.functional.loss_registry import SOFTMAX, choice
from engine.tasks import MULTI_LABEL, POINTS, SINGLE_LABEL


def metrics_for(config: TrainConfig) -> list[Callable]:
    """fastai's metric for a task; for points none: pixels need the images' sizes, see `add_pixels`."""
    return _METRICS[config.task](config)


def add_pixels(learn: Learner, sizes_wh: np.ndarray) -> None:
    """Let a points learner report its median error, in pixels of each validation image's own size (N, 2)."""

    def median_error_px(predictions: np.ndarray, targets: np.ndarray) -> float:
        points_px = (to_px(points.reshape(-1, 2), sizes_wh) for points in (predictions, targets))
        return float(np.median(pixel_distance(*points_px)))

    learn.metrics = [*learn.metrics, AccumMetric(median_error_px, flatten=False, to_np=True)]


def _accuracy_multi(config: TrainConfig) -> Callable:
    """fastai's own, which applies a sigmoid; where the loss means softmax, of the softmax."""
    loss = choice(config.task, config.loss)
    if loss.activation != SOFTMAX:
        return partial(accuracy_multi, thresh=config.threshold)

    def of_softmax(outputs, targets):
        return accuracy_multi(loss.predictions(outputs), targets, thresh=config.threshold, sigmoid=False)

    of_softmax.__name__ = "accuracy_multi"
    return of_softmax


_METRICS: dict[str, Callable[[TrainConfig], list[Callable]]] = {
    SINGLE_LABEL: lambda config: [accuracy],
    MULTI_LABEL: lambda config: [_accuracy_multi(config)],
    POINTS: lambda config: [],
}
