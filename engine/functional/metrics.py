"""Metrics of yes/no predictions: at one threshold, at every threshold, and per class.

`probs` are probabilities in [0, 1], `targets` 0 and 1, both `(N, C)`: N images, C classes. Strictly above the
threshold means yes, as in fastai's `accuracy_multi`. Higher is better for all of them. 0 / 0 is NaN: precision
where nothing is predicted, recall where no label is present. The threshold curves of
`functional/threshold_curves.py` are exported here too.
"""

from typing import TypeVar

import numpy as np
import pandas as pd

from engine.functional.arrays import (
    require_no_nan,
    require_not_empty,
    require_same_shape,
    shape_text,
    to_float,
    to_numpy,
    together,
)
from engine.functional.threshold_curves import best_threshold, class_threshold_curves, threshold_curve
from engine.functional.threshold_summary import best_thresholds, threshold_summary

__all__ = [
    "accuracy",
    "accuracy_multi",
    "all_metrics",
    "all_yes_accuracy",
    "average_precision",
    "best_threshold",
    "best_thresholds",
    "class_threshold_curves",
    "confusion_counts",
    "do_nothing_accuracy",
    "exact_match",
    "mean_average_precision",
    "skill",
    "threshold_curve",
    "threshold_summary",
]

_NUMBERS_AT_ONCE = 1 << 18
_Accuracy = TypeVar("_Accuracy", float, np.ndarray)


def accuracy(scores, target_index) -> float:
    """Return the share of images whose highest score is that of the right class: the single-label metric.

    `scores` is `(N, C)`, logits or probabilities; `target_index` is `(N,)`, 0..C-1. In [0, 1]. Ties go to the first
    class. Raises ValueError for NaN and for other shapes.
    """
    xp, scores, target_index = together(scores=scores, target_index=target_index)
    if scores.ndim != 2 or tuple(target_index.shape) != (scores.shape[0],):
        raise ValueError(
            f"scores has shape {shape_text(scores)} and target_index has shape {shape_text(target_index)}; expected "
            f"(N, C) and (N,), one class index per image: several labels at once need accuracy_multi."
        )
    require_not_empty("scores", scores)
    require_no_nan("scores", scores, xp)
    is_right = xp.argmax(scores, axis=1) == target_index
    return _share(is_right, xp)


def accuracy_multi(probs, targets, threshold=0.5) -> float:
    """Return the share of the N * C yes/no predictions that are right.

    `threshold` is one number, or `(C,)`, one per class. In [0, 1]. Raises ValueError for probabilities
    outside [0, 1], for a threshold that is NaN, for targets other than 0 and 1 and for other shapes.
    Source: fastai's metric of the same name, with its strict comparison, but never a sigmoid.
    """
    xp, probs, targets, threshold = _checked(probs, targets, threshold)
    return _share((probs > threshold) == (targets == 1), xp)


def exact_match(probs, targets, threshold=0.5) -> float:
    """Return the share of images whose C predictions are all right; arguments as for `accuracy_multi`."""
    xp, probs, targets, threshold = _checked(probs, targets, threshold)
    return _share(xp.all((probs > threshold) == (targets == 1), axis=1), xp)


def all_metrics(probs, targets, threshold=0.5) -> dict[str, float]:
    """Return accuracy, skill, precision, recall, f1 and exact_match at one threshold, or at one for each class.

    Arguments and errors as for `accuracy_multi`; the names are the columns of `threshold_curve`.
    """
    counts = confusion_counts(probs, targets, threshold)
    tp, fp, fn, tn = (int(counts[column].sum()) for column in counts)
    right_share = (tp + tn) / (tp + fp + fn + tn)
    return {
        "accuracy": right_share,
        "skill": skill(right_share, targets),
        "precision": _ratio(tp, tp + fp),
        "recall": _ratio(tp, tp + fn),
        "f1": _ratio(2 * tp, 2 * tp + fp + fn),
        "exact_match": exact_match(probs, targets, threshold),
    }


def confusion_counts(probs, targets, thresholds=0.5) -> pd.DataFrame:
    """Count true and false, positive and negative predictions of each class.

    Returns one row per class with true_positives, false_positives, false_negatives and true_negatives; each row
    sums to N. `thresholds` is one number, or `(C,)`, one per class. Errors as `accuracy_multi`.
    """
    xp, probs, targets, thresholds = _checked(probs, targets, thresholds)
    is_predicted, is_present = probs > thresholds, targets == 1
    kinds = {
        "true_positives": is_predicted & is_present,
        "false_positives": is_predicted & ~is_present,
        "false_negatives": ~is_predicted & is_present,
        "true_negatives": ~is_predicted & ~is_present,
    }
    return pd.DataFrame({kind: to_numpy(xp.count_nonzero(where, axis=0)) for kind, where in kinds.items()})


def do_nothing_accuracy(targets) -> float:
    """Return the accuracy_multi of predicting nothing: the share of 0s in `targets` `(N, C)`."""
    xp, targets = _zeros_and_ones(targets)
    return _share(targets == 0, xp)


def all_yes_accuracy(targets) -> float:
    """Return the accuracy_multi of predicting every label: the share of 1s in `targets` `(N, C)`."""
    xp, targets = _zeros_and_ones(targets)
    return _share(targets == 1, xp)


def skill(accuracy: _Accuracy, targets) -> _Accuracy:
    """Return an accuracy_multi rescaled so that predicting nothing is 0 and a perfect prediction is 1.

    (accuracy - nothing) / (1 - nothing): negative where predicting nothing is better, NaN where no label is present
    anywhere. An array of accuracies gives an array.

    >>> skill(0.875, [[0, 0, 0, 1], [0, 0, 0, 1]])
    0.5
    """
    nothing, everything = do_nothing_accuracy(targets), all_yes_accuracy(targets)
    return (accuracy - nothing) / (everything or float("nan"))


def average_precision(probs, targets) -> np.ndarray:
    """Return for each class the mean precision at the ranks of its images, highest score first.

    `(C,)`, in [0, 1]; NaN where a class has no positive. Any scores rank, not only probabilities. Equals
    scikit-learn's `average_precision_score`: sum of (recall gained) * (precision there), ties taken together.
    Raises ValueError for NaN, for other shapes and for targets other than 0 and 1.
    """
    xp, probs, targets = together(probs=probs, targets=targets)
    require_same_shape("probs", probs, "targets", targets)
    require_no_nan("probs", probs, xp)
    _, targets = _zeros_and_ones(targets)
    scores, is_present = to_numpy(probs).T, to_numpy(targets).T == 1
    height = max(1, _NUMBERS_AT_ONCE // scores.shape[1])
    blocks = [slice(at, at + height) for at in range(0, len(scores), height)]
    return np.concatenate([_average_precision_by_row(scores[at], is_present[at]) for at in blocks])


def mean_average_precision(probs, targets) -> float:
    """Return the mean of `average_precision` over the classes that have a positive; NaN if none has."""
    by_class = average_precision(probs, targets)
    known = by_class[~np.isnan(by_class)]
    return float(known.mean()) if len(known) else float("nan")


def _average_precision_by_row(scores: np.ndarray, is_present: np.ndarray) -> np.ndarray:
    best_first = np.argsort(-np.ascontiguousarray(scores), kind="stable")
    scores = np.take_along_axis(scores, best_first, axis=1)
    is_present = np.take_along_axis(is_present, best_first, axis=1)
    true_positives, last_of_tie = np.cumsum(is_present, axis=1), _last_of_tie(scores)
    precision = np.take_along_axis(true_positives, last_of_tie, axis=1) / (last_of_tie + 1)
    with np.errstate(invalid="ignore"):
        return np.where(is_present, precision, 0).sum(axis=1) / true_positives[:, -1]


def _last_of_tie(ranked: np.ndarray) -> np.ndarray:
    """For each position in each row of sorted scores, the position of the last equal score."""
    ends = np.broadcast_to(np.arange(ranked.shape[1]), ranked.shape).copy()
    ends[:, :-1][ranked[:, 1:] == ranked[:, :-1]] = ranked.shape[1]
    return np.minimum.accumulate(ends[:, ::-1], axis=1)[:, ::-1]


def _checked(probs, targets, threshold):
    xp, probs, targets, threshold = together(probs=probs, targets=targets, threshold=threshold)
    probs = to_float(probs, xp)
    require_same_shape("probs", probs, "targets", targets)
    _zeros_and_ones(targets)
    require_no_nan("probs", probs, xp)
    if not bool(xp.all((probs >= 0) & (probs <= 1))):
        raise ValueError(
            f"probs runs from {float(xp.min(probs)):.6g} to {float(xp.max(probs)):.6g}; "
            f"expected probabilities in [0, 1]: apply the sigmoid first."
        )
    if tuple(threshold.shape) not in {(), (probs.shape[1],)}:
        raise ValueError(
            f"threshold has shape {shape_text(threshold)}; expected one number or ({probs.shape[1]},), "
            f"one per class."
        )
    threshold = xp.astype(threshold, probs.dtype)
    if bool(xp.any(threshold != threshold)):
        raise ValueError("threshold is NaN (not a number); expected a number in [0, 1].")
    return xp, probs, targets, threshold


def _zeros_and_ones(targets):
    xp, targets = together(targets=targets)
    if targets.ndim != 2:
        raise ValueError(
            f"targets has shape {shape_text(targets)}; expected (N, C), one row per image: "
            f"encode the labels, or add the missing axis."
        )
    require_not_empty("targets", targets)
    if not bool(xp.all((targets == 0) | (targets == 1))):
        raise ValueError(
            "targets holds numbers other than 0 and 1; expected yes or no: encode the labels first."
        )
    return xp, targets


def _share(is_right, xp) -> float:
    return int(xp.count_nonzero(is_right)) / int(np.prod(is_right.shape))


def _ratio(part, whole) -> float:
    return float(part / whole) if whole else float("nan")
