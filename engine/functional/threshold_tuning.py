"""Choosing thresholds, and how much of what they promise is luck."""

import numpy as np

from engine.functional import metrics
from engine.functional.threshold_summary import best_for_all, best_thresholds

SAY_YES_AT = 0.5


def choose_thresholds(probs, targets, measure: str, per_class: bool) -> np.ndarray:
    """Return the thresholds (C,) at which a measure is best: one for all classes, or one for each.

    A class without positives teaches nothing and gets 0.5.
    """
    if not per_class:
        return np.full(probs.shape[1], best_for_all(probs, targets, measure))
    best = best_thresholds(probs, targets, measure)
    return np.where(targets.any(axis=0), best, SAY_YES_AT)


def measures_when_chosen_elsewhere(probs, targets, measure: str, per_class: bool) -> dict[str, float]:
    """Return `metrics.measures` of answers whose thresholds were chosen on the other half of the pictures.

    Every second picture is one half. What thresholds promise on the pictures they were chosen on is too good;
    this is what they keep. Needs at least two pictures; raises ValueError otherwise.
    """
    if len(probs) < 2:
        raise ValueError(f"probs holds {len(probs)} pictures; expected at least 2, to make two halves.")
    said = np.empty(probs.shape)
    for half, other in ((slice(0, None, 2), slice(1, None, 2)), (slice(1, None, 2), slice(0, None, 2))):
        chosen = choose_thresholds(probs[other], targets[other], measure, per_class)
        said[half] = probs[half] > chosen.astype(probs.dtype)
    return metrics.measures(said, targets, SAY_YES_AT)
