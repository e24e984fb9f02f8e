"""The best threshold of every metric and the outline of its curve, without sorting all probabilities.

Counting the probabilities in narrow bins gives every metric exactly at the edges of the bins. Inside a bin, true and
false positives only fall as the threshold rises, so the counts at its two edges bound each metric. Only the bins
whose bound reaches the best known value, or that could leave the outline, are sorted. The optimum is the one that
`threshold_curve` shows.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from engine.functional import threshold_bins
from engine.functional.threshold_curves import (
    RUNNING,
    Curve,
    checked,
    exact_curve,
    exact_match_curve,
    middle_of_best,
)

COLUMNS = 512
"""Columns of an envelope by default: about as many as a chart has pixels."""

FEW = 1 << 17
"""Up to this many probabilities are simply sorted: counting them in bins would not pay."""

_METRICS = (*RUNNING, "exact_match")


@dataclass(frozen=True)
class ThresholdSummary:
    """The parts of a `threshold_curve` that a chart and a table need.

    `best` has one row per metric with `threshold` and `value`: the exact maximum over all thresholds, and the middle
    of the widest stretch where it holds (`best_threshold`); NaN where the metric is NaN everywhere.

    `envelope` has one row per column of the chart: `threshold`, its left edge, and for each metric `<metric>_low` and
    `<metric>_high`, the smallest and largest value from this edge to the next, both included; NaN where the metric
    is NaN throughout. All are values that the curve takes, and no value in a column lies outside by more than
    `threshold_bins.TOLERANCE`. The largest value of all columns is the exact maximum.
    """

    best: pd.DataFrame
    envelope: pd.DataFrame


def threshold_summary(probs, targets, columns: int = COLUMNS) -> ThresholdSummary:
    """Return the exact optimum and the envelope of all metrics; arguments and errors as for `threshold_curve`.

    `columns` is a power of two from 1 to `threshold_bins.BINS`; raises ValueError otherwise.
    """
    if not 1 <= columns <= threshold_bins.BINS or columns & (columns - 1):
        most = threshold_bins.BINS
        raise ValueError(f"columns is {columns}; expected a power of two from 1 to {most:,}, such as 512.")
    curves = _curves(probs, targets)
    edges = np.arange(columns + 1) / columns
    envelope = {"threshold": edges[:-1]}
    for curve in curves:
        envelope |= _outline(curve, edges)
    return ThresholdSummary(_best(curves), pd.DataFrame(envelope))


def best_by_metric(probs, targets) -> pd.DataFrame:
    """Return `threshold_summary(probs, targets).best` alone."""
    return _best(_curves(probs, targets))


def best_thresholds(probs, targets, metric: str = "f1") -> np.ndarray:
    """Return for each class the threshold at which a metric is largest; `(C,)`, NaN where it has no value."""
    probs, targets = checked(probs, targets)
    return np.array(
        [_best_alone(probs[:, [index]], targets[:, [index]], metric) for index in range(probs.shape[1])]
    )


def best_for_all(probs, targets, metric: str = "f1") -> float:
    """Return the single threshold for all classes at which a metric is largest.

    Errors as for `best_threshold`: an unknown metric, or one that is NaN at every threshold.
    """
    best = _best_alone(probs, targets, metric)
    if np.isnan(best):
        raise ValueError(
            f"{metric} is NaN at every threshold; expected a class that has positives: leave it out."
        )
    return best


def _best_alone(probs, targets, metric: str) -> float:
    if metric not in _METRICS:
        raise ValueError(f"metric is {metric!r}; expected one of {', '.join(_METRICS)}.")
    curve = next(curve for curve in _curves(probs, targets) if metric in curve)
    return _best_of(curve, metric)[0]


def _curves(probs, targets) -> list[Curve]:
    """Curves that hold each metric once: at every threshold, or at those that matter."""
    probs, is_positive = checked(probs, targets)
    if probs.size <= FEW:
        return [exact_curve(probs, is_positive)]
    return [*threshold_bins.counting_curves(probs, is_positive), exact_match_curve(probs, is_positive)]


def _best(curves: list[Curve]) -> pd.DataFrame:
    rows = {metric: _best_of(curve, metric) for curve in curves for metric in list(curve)[1:]}
    best = [rows[metric] for metric in _METRICS]
    return pd.DataFrame(best, columns=["threshold", "value"], index=list(_METRICS))


def _best_of(curve: Curve, metric: str) -> tuple[float, float]:
    values = curve[metric]
    highest = np.fmax.reduce(values)
    return (np.nan if np.isnan(highest) else middle_of_best(curve["threshold"], values)), float(highest)


def _outline(curve: Curve, edges: np.ndarray) -> dict[str, np.ndarray]:
    """The smallest and largest value of each metric between neighbouring edges, both included."""
    starts, outline = curve["threshold"], {}
    rows = np.searchsorted(starts, edges.astype(starts.dtype), side="right")
    spans = np.column_stack([rows[:-1] - 1, rows[1:]]).ravel()  # pairs of first and last + 1
    for metric in list(curve)[1:]:
        values = np.append(curve[metric], np.nan)  # a span may end behind the last row
        outline[f"{metric}_low"] = np.fmin.reduceat(values, spans)[::2]
        outline[f"{metric}_high"] = np.fmax.reduceat(values, spans)[::2]
    return outline
