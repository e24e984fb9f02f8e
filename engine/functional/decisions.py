"""Probabilities become yes/no decisions: the most probable class alone, or every class above its threshold."""

from collections.abc import Callable
from typing import Any

import numpy as np

from engine.tasks import MULTI_LABEL, SINGLE_LABEL


def decide(task: str, probs: Any, thresholds: Any) -> np.ndarray:
    """The classes that a model predicts: (..., C) bool from probabilities (..., C).

    For several labels those strictly above `thresholds`, one number or one for each class (C,); for a single label
    the most probable class (the first of equals), and `thresholds` do not matter. Raises KeyError for points.

    >>> decide("multi-label", [0.7, 0.6, 0.1], 0.5)
    array([ True,  True, False])
    >>> decide("single-label", [0.7, 0.6, 0.1], 0.5)
    array([ True, False, False])
    """
    return _DECIDE[task](np.asarray(probs), thresholds)


def _most_probable(probs: np.ndarray, thresholds: Any) -> np.ndarray:
    return np.arange(probs.shape[-1]) == probs.argmax(axis=-1)[..., None]


def _above(probs: np.ndarray, thresholds: Any) -> np.ndarray:
    return probs > np.asarray(thresholds, probs.dtype)


_DECIDE: dict[str, Callable[[np.ndarray, Any], np.ndarray]] = {
    SINGLE_LABEL: _most_probable,
    MULTI_LABEL: _above,
}
