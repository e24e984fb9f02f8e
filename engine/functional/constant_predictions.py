"""Constant predictions: the same prediction for every image, chosen on the training images alone."""

import numpy as np

from engine.functional.coordinates import to_px, to_unit


def majority_predictions(train_targets) -> np.ndarray:
    """Whether most training images have each class: (C,) bool from (N, C) of 0 and 1."""
    return np.asarray(train_targets).mean(axis=0) > 0.5


def most_frequent_class(train_targets) -> int:
    """The column of the most frequent class in the training targets (N, C); the first of several."""
    return int(np.asarray(train_targets).sum(axis=0).argmax())


def mean_point_px(train_points_px, train_sizes_wh, sizes_wh) -> np.ndarray:
    """The mean of the training points (N, 2) in unit coordinates, scaled to each image: (M, 2) px for sizes (M, 2)."""
    mean_unit = to_unit(np.asarray(train_points_px, float), train_sizes_wh).mean(axis=0, keepdims=True)
    return to_px(np.repeat(mean_unit, len(sizes_wh), axis=0), sizes_wh)
