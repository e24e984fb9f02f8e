"""Choosing thresholds, and measuring how much of their gain is luck."""

import numpy as np

from engine.functional import metrics
from engine.functional.threshold_summary import best_for_all, best_thresholds

DEFAULT_THRESHOLD = 0.5


def choose_thresholds(probs, targets, metric: str, per_class: bool) -> np.ndarray:
    """Return the thresholds (C,) at which a metric is best: one for all classes, or one per class.

    A class without positives gets 0.5.
    """
    if not per_class:
        return np.full(probs.shape[1], best_for_all(probs, targets, metric))
    best = best_thresholds(probs, targets, metric)
    return np.where(targets.any(axis=0), best, DEFAULT_THRESHOLD)


def metrics_on_other_half(probs, targets, metric: str, per_class: bool) -> dict[str, float]:
    """Return `metrics.all_metrics` with thresholds that were chosen on the other half of the images.

    Every second image is in one half. Metrics on the images that thresholds were chosen on are too good; these are
    honest. Raises ValueError for fewer than two images.
    """
    if len(probs) < 2:
        raise ValueError(f"probs has length {len(probs)}; expected at least 2 images, to make two halves.")
    predictions = np.empty(probs.shape)
    for half, other in ((slice(0, None, 2), slice(1, None, 2)), (slice(1, None, 2), slice(0, None, 2))):
        chosen = choose_thresholds(probs[other], targets[other], metric, per_class)
        predictions[half] = probs[half] > chosen.astype(probs.dtype)
    return metrics.all_metrics(predictions, targets, DEFAULT_THRESHOLD)
