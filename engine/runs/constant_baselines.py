"""The best constant prediction for each task: what a run must beat before it can be said to have learned anything.

Constants are chosen on the training images and scored on the validation images, exactly as a run is.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from engine import tasks
from engine.functional import label_encoding
from engine.functional.constant_predictions import majority_predictions, mean_point_px, most_frequent_class
from engine.functional.coordinates import pixel_distance
from engine.functional.decisions import decide
from engine.runs.errors import RunError
from engine.runs.predictions import PointPredictions, Predictions
from engine.runs.run import Run
from engine.tasks import MULTI_LABEL, SINGLE_LABEL

PREDICTING_NOTHING = "predicting nothing"


@dataclass(frozen=True)
class ConstantBaseline:
    """A constant prediction: `description` of it, and its score or error for each validation image, (N,)."""

    description: str
    per_image: np.ndarray
    is_error: bool = False

    @property
    def value(self) -> float:
        """What the first metric of its task is: the median error in pixels, or the mean accuracy (0..1)."""
        return float(np.median(self.per_image) if self.is_error else np.mean(self.per_image))


def baseline(run: Run) -> ConstantBaseline | None:
    """The best constant prediction, known before a run has trained; None before it has read its images."""
    return next(iter(baselines(run)), None)


def baselines(run: Run) -> list[ConstantBaseline]:
    """The best constant prediction, and for multi-label also predicting nothing where that is another one."""
    try:
        table = run.images
        is_valid = table["is_valid"].astype(bool)
        train, valid = table[~is_valid], table[is_valid]
        if not len(train) or not len(valid):
            return []
        if tasks.get(run.task).has_points:
            return [_mean_point(train, valid[["x", "y"]].to_numpy(float), _sizes(valid))]
        targets = _targets(valid, run.vocab)
        best = _CONSTANTS[run.task](_targets(train, run.vocab), targets, run.vocab)
        is_other = tasks.get(run.task).allows_several_labels and best.description != PREDICTING_NOTHING
        return [best, predicting_nothing(targets)] if is_other else [best]
    except (RunError, KeyError, ValueError):
        return []


def best_constant(run: Run, predictions: Predictions | PointPredictions) -> ConstantBaseline:
    """The best constant prediction for a run's predictions. Raises `RunError` where its table is broken."""
    table = run.images
    train = table[~table["is_valid"].astype(bool)]
    if not len(train):
        raise RunError(f"The run {run.name!r} has no training images in its pictures.csv: train it again.")
    if isinstance(predictions, PointPredictions):
        return _mean_point(train, predictions.targets_px, predictions.sizes_wh)
    return _CONSTANTS[run.task](_targets(train, run.vocab), predictions.targets, run.vocab)


def point_baseline_px(run: Run, predictions: PointPredictions) -> np.ndarray:
    """(N,) the error of the mean training point in pixels; NaN where the run did not keep its table of images."""
    try:
        return best_constant(run, predictions).per_image
    except (RunError, KeyError, ValueError):
        return np.full(len(predictions.fnames), np.nan)


def predicting_nothing(targets: np.ndarray) -> ConstantBaseline:
    """Multi-label: no class for any image; the share of right yes/no decisions of each image."""
    return ConstantBaseline(PREDICTING_NOTHING, 1 - np.asarray(targets, float).mean(axis=1))


def per_image_score(run: Run, predictions: Predictions | PointPredictions) -> np.ndarray:
    """The run's own score, or error in pixels, for each validation image, as its baseline is measured."""
    if isinstance(predictions, PointPredictions):
        return pixel_distance(predictions.points_px, predictions.targets_px)
    is_right = decide(run.task, predictions.probs, run.config.threshold) == predictions.targets.astype(bool)
    return is_right.mean(axis=1) if tasks.get(run.task).allows_several_labels else is_right.all(axis=1) * 1.0


def _most_frequent(
    train_targets: np.ndarray, targets: np.ndarray, vocab: tuple[str, ...]
) -> ConstantBaseline:
    chosen = most_frequent_class(train_targets)
    return ConstantBaseline(f"always “{vocab[chosen]}”", np.asarray(targets)[:, chosen].astype(float))


def _majority(train_targets: np.ndarray, targets: np.ndarray, vocab: tuple[str, ...]) -> ConstantBaseline:
    constant = majority_predictions(train_targets)
    if not constant.any():
        return predicting_nothing(targets)
    per_image = (constant == np.asarray(targets, bool)).mean(axis=1)
    return ConstantBaseline("the majority for each class", per_image)


_CONSTANTS = {SINGLE_LABEL: _most_frequent, MULTI_LABEL: _majority}
"""The best constant prediction of each task with labels, chosen on (train_targets, targets, vocab)."""


def _mean_point(train: pd.DataFrame, points_px: np.ndarray, sizes_wh: np.ndarray) -> ConstantBaseline:
    guesses = mean_point_px(train[["x", "y"]].to_numpy(float), _sizes(train), sizes_wh)
    return ConstantBaseline("always the mean training point", pixel_distance(guesses, points_px), True)


def _targets(table: pd.DataFrame, vocab: tuple[str, ...]) -> np.ndarray:
    return label_encoding.encode_all([cell.split("|") if cell else [] for cell in table["labels"]], vocab)


def _sizes(table: pd.DataFrame) -> np.ndarray:
    return table[["width", "height"]].to_numpy(float)
