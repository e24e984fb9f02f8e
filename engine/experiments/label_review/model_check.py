"""Are the models of a review good enough to contradict labels? Their cross-validated score next to a baseline."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from engine.data.formats import Dataset
from engine.functional import metrics
from engine.functional.constant_predictions import mean_point_px
from engine.functional.coordinates import pixel_distance, to_px
from engine.tasks import MULTI_LABEL, POINTS, SINGLE_LABEL

RESAMPLES = 200
_LEVEL = 0.975
LEAST_SHARE = 0.4
"""So much of the way from the baseline to a perfect score a model has to go, at the low end of the interval."""

_Score = Callable[[np.ndarray], tuple[float, float]]
"""Rows of the dataset -> (score, baseline)."""


@dataclass(frozen=True)
class Judges:
    """What the models of a review reach on images that they never saw.

    Attributes:
        metric: "mean_average_precision", "accuracy" or "median_error_px".
        score, baseline: of the models, and of what needs no image: the prevalence of each class, the most frequent
            class, or the mean point.
        is_fit: whether they are good enough to contradict labels.
        verdict: one sentence that says so.
    """

    metric: str
    score: float
    baseline: float
    is_fit: bool
    verdict: str

    def record(self) -> dict:
        return {
            "metric": self.metric,
            "score": self.score,
            "baseline": self.baseline,
            "verdict": self.verdict,
        }


def check(dataset: Dataset, predicted: np.ndarray, seed: int = 0) -> Judges:
    """Score out-of-sample predictions, probabilities (N, C) or points over -1..1 (N, 2), by the given labels.

    Good enough means that the share of the way from the baseline to a perfect score that they have gone is above
    `LEAST_SHARE` at the low end of a bootstrap interval over images; for points, the share of the baseline's error that
    they avoid.
    """
    metric, scoring = _SCORING[dataset.task]
    score_of = scoring(dataset, predicted)
    every = np.arange(len(dataset.table))
    score, baseline = score_of(every)
    rng = np.random.default_rng(seed)
    gains = [_gain(metric, *score_of(rng.integers(0, len(every), len(every)))) for _ in range(RESAMPLES)]
    low = float(np.nanquantile(gains, 1 - _LEVEL)) if np.isfinite(gains).any() else float("nan")
    is_fit = low > LEAST_SHARE
    return Judges(metric, score, baseline, is_fit, _verdict(metric, score, baseline, is_fit))


def _point_error(dataset: Dataset, predicted: np.ndarray) -> _Score:
    sizes, given = dataset.sizes_wh(), dataset.points_px()
    errors = pixel_distance(to_px(np.asarray(predicted, float), sizes), given)
    nothing = pixel_distance(mean_point_px(given, sizes, sizes), given)
    return lambda rows: (float(np.median(errors[rows])), float(np.median(nothing[rows])))


def _precision(dataset: Dataset, predicted: np.ndarray) -> _Score:
    targets = dataset.targets()

    def score(rows: np.ndarray) -> tuple[float, float]:
        there = targets[rows].any(axis=0)
        if not there.any():
            return float("nan"), float("nan")
        precisions = metrics.average_precision(predicted[rows][:, there], targets[rows][:, there])
        return float(np.mean(precisions)), float(targets[rows][:, there].mean())

    return score


def _accuracy(dataset: Dataset, predicted: np.ndarray) -> _Score:
    classes = dataset.targets().argmax(axis=1)
    is_right, frequent = predicted.argmax(axis=1) == classes, np.bincount(classes).argmax()
    return lambda rows: (float(is_right[rows].mean()), float((classes[rows] == frequent).mean()))


_SCORING: dict[str, tuple[str, Callable[[Dataset, np.ndarray], _Score]]] = {
    SINGLE_LABEL: ("accuracy", _accuracy),
    MULTI_LABEL: ("mean_average_precision", _precision),
    POINTS: ("median_error_px", _point_error),
}
"""The metric of each task."""


def _gain(metric: str, score: float, baseline: float) -> float:
    if metric == "median_error_px":
        return 1 - score / baseline if baseline > 0 else float("nan")
    return (score - baseline) / (1 - baseline) if baseline < 1 else float("nan")


def _verdict(metric: str, score: float, baseline: float, is_fit: bool) -> str:
    name = {"mean_average_precision": "mean average precision", "accuracy": "accuracy"}.get(
        metric, "median error"
    )
    unit = " px" if metric == "median_error_px" else ""
    digits = 1 if unit else 2
    reached = f"{name} {score:.{digits}f}{unit}, baseline {baseline:.{digits}f}{unit}"
    if is_fit:
        return f"The models know these images well enough to question their labels ({reached})."
    return (
        f"Nothing is flagged: the models are not sure enough to contradict a label ({reached}). "
        "The most doubtful images still come first."
    )
