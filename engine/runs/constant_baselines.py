"""The best constant prediction for each task: what a run must beat before it can be said to have learned anything.

Constants are chosen on the training images and scored on the validation images, exactly as a run is.
"""

from dataclasses import dataclass

import numpy as np

from engine.points import pixel_distance, to_px, to_unit
from engine.runs.run import PointPredictions, Predictions, Run, RunError
from engine.tasks import MULTI_LABEL, SINGLE_LABEL


@dataclass(frozen=True)
class ConstantBaseline:
    """A constant prediction: `description` of it, and its score or error for each validation image, (N,)."""

    description: str
    per_image: np.ndarray


def majority_answers(train_targets) -> np.ndarray:
    """For each class whether most training images have it: (C,) bool from (N, C) of 0 and 1."""
    return np.asarray(train_targets).mean(axis=0) > 0.5


def best_constant(run: Run, predictions: Predictions | PointPredictions) -> ConstantBaseline:
    """The best constant prediction for a run's validation images. Raises `RunError` where its table is broken."""
    table = run.pictures
    train = table[~table["is_valid"].astype(bool)]
    if not len(train):
        raise RunError(f"The run {run.name!r} has no training images in its pictures.csv: train it again.")
    if isinstance(predictions, PointPredictions):
        return mean_point(
            train[["x", "y"]].to_numpy(float), train[["width", "height"]].to_numpy(float), predictions
        )
    targets = np.array([[label in cell.split("|") for label in run.vocab] for cell in train["labels"]])
    return most_frequent(targets, predictions) if run.task == SINGLE_LABEL else majority(targets, predictions)


def majority(train_targets: np.ndarray, predictions: Predictions) -> ConstantBaseline:
    """Multi-label: the majority answer for each class; the share of right yes/no decisions of each image."""
    answers = majority_answers(train_targets)
    per_image = (answers == predictions.targets.astype(bool)).mean(axis=1)
    is_nothing = not answers.any()
    return ConstantBaseline(
        "predicting nothing" if is_nothing else "the majority answer for each class", per_image
    )


def most_frequent(train_targets: np.ndarray, predictions: Predictions) -> ConstantBaseline:
    """Single-label: always the most frequent class of the training images; 1 where that is right."""
    chosen = int(train_targets.sum(axis=0).argmax())
    return ConstantBaseline(
        f"always “{predictions.vocab[chosen]}”", predictions.targets[:, chosen].astype(float)
    )


def mean_point(
    points_px: np.ndarray, sizes_wh: np.ndarray, predictions: PointPredictions
) -> ConstantBaseline:
    """Points: the mean of the training points in unit coordinates, scaled to each image; the error in pixels."""
    center = to_unit(points_px, sizes_wh).mean(axis=0, keepdims=True)
    guesses = to_px(np.repeat(center, len(predictions.targets_px), axis=0), predictions.sizes_wh)
    return ConstantBaseline("always the mean training point", pixel_distance(guesses, predictions.targets_px))


def per_image_score(run: Run, predictions: Predictions | PointPredictions) -> np.ndarray:
    """The run's own score, or error in pixels, for each validation image, as its baseline is measured."""
    if isinstance(predictions, PointPredictions):
        return pixel_distance(predictions.points_px, predictions.targets_px)
    if run.task == MULTI_LABEL:
        answers = predictions.probs > run.config.threshold
        return (answers == predictions.targets.astype(bool)).mean(axis=1)
    return (predictions.probs.argmax(axis=1) == predictions.targets.argmax(axis=1)).astype(float)
