"""What heads predict for images that they were not trained on: K-fold cross-validation on features kept once."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from engine.data import target_encoding
from engine.data.formats import Dataset
from engine.data.splits.folds import FOLDS, folds
from engine.experiments.label_review import heads
from engine.experiments.loss_race import Lane, RaceConfig, lanes
from engine.tasks import MULTI_LABEL, POINTS, SINGLE_LABEL

REPEATS = 2
"""Divisions into folds; the predictions are the mean over them, so that no image depends on one division alone."""


STEPS = 10
"""At least so many batches make an epoch, down to the smallest batch."""

_BATCH_SIZES = (8, 64)
_LANES = {
    SINGLE_LABEL: (MULTI_LABEL, "cross_entropy"),
    MULTI_LABEL: (MULTI_LABEL, "binary_cross_entropy"),
    POINTS: (POINTS, "huber in y_range"),
}
"""The head of each task: the loss that fastai picks; for points one that a few wrong ones cannot pull far."""


def config(task: str, count: int, seed: int = 0) -> RaceConfig:
    """How the exercise “none of these” trains a head on so many images: in at least 120 steps.

    Rate and epochs are those with the lowest cross-validated loss on the samples, by their given labels.
    """
    batch_size = min(max(count // STEPS, _BATCH_SIZES[0]), _BATCH_SIZES[1])
    return RaceConfig(_LANES[task][0], lr=1e-3, epochs=12, batch_size=batch_size, seed=seed)


def lane(task: str) -> Lane:
    """The loss of a task's head."""
    of, name = _LANES[task]
    return next(lane for lane in lanes(of) if lane.name == name)


def predictions(
    dataset: Dataset,
    features: np.ndarray,
    show: Callable[[float], object] = lambda share: None,
    repeats: int = REPEATS,
) -> np.ndarray:
    """Each image's prediction by heads that saw neither it nor any image of its group.

    `features` is (N, F), or (N, C, h, w), in the order of the table. Returns probabilities (N, C), or
    points over -1..1 (N, 2), the mean over `repeats` divisions. `show` gets the share (0 to 1) that is done.
    """
    total, done = np.zeros(0), 0
    for repeat in range(repeats):
        fold_of = folds(dataset, seed=repeat)
        for fold in range(fold_of.max() + 1):
            held_out = fold_of == fold
            predicted = head(dataset, features, held_out, seed=repeat)
            if not total.size:
                total = np.zeros((len(dataset.table), predicted.shape[1]))
            total[held_out] += predicted / repeats
            done += 1
            show(min(1.0, done / (repeats * min(FOLDS, fold_of.max() + 1))))
    return total


def head(dataset: Dataset, features: np.ndarray, held_out: np.ndarray, seed: int) -> np.ndarray:
    """The predictions for the images held out (N,) bool, by a head trained on all the others."""
    known = ~held_out
    targets = target_encoding.encode_columns(dataset)
    flat = np.asarray(features).reshape(len(features), -1)
    return heads.predictions(dataset.task, flat[known], targets[known], flat[held_out], seed)
