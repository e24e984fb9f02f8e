"""How far apart two heads must be before the difference counts: twice its standard error.

The validation images are resampled with replacement, the same samples for every head and for the baseline, so that
what is hard for all of them cancels out (the paired bootstrap, Efron and Tibshirani 1993, chapter 13).
"""

import numpy as np

from engine.experiments.loss_race.result import Race
from engine.experiments.loss_race.task_data import Course
from engine.functional.constant_predictions import mean_point_px
from engine.functional.coordinates import pixel_distance, to_px

SAMPLES = 100
STANDARD_ERRORS = 2.0


def ranking_margins(race: Race, course: Course) -> np.ndarray:
    """The margins (H + 1, H + 1) of mean average precision, chance in the last row; no threshold changes them."""
    targets = course.valid_targets == 1
    weights = _weights(len(targets))
    ranks = [lane.ranks(raw) for lane, raw in zip(race.lanes, race.valid_raw[-1], strict=True)]
    with np.errstate(invalid="ignore", divide="ignore"):
        shares = weights @ targets / weights.sum(axis=1, keepdims=True)
        by_class = [_average_precisions(rank, targets, weights) for rank in ranks]
    by_class.append(np.where(shares > 0, shares, np.nan))
    return _margins(np.stack([_mean_of_known(precisions) for precisions in by_class]))


def label_margins(race: Race, course: Course, threshold: float) -> dict[str, np.ndarray]:
    """The margins (H + 1, H + 1) of what the threshold changes, predicting nothing in the last row.

    The names are skill, exact_match, several_labels (as in `label_scores`), and the columns of `by_labels`: exact match
    by the number of labels.
    """
    targets = course.valid_targets == 1
    weights, counts = _weights(len(targets)), targets.sum(axis=1)
    predictions = [
        lane.predictions(raw) > threshold for lane, raw in zip(race.lanes, race.valid_raw[-1], strict=True)
    ]
    right = np.stack([*predictions, np.zeros_like(targets)]) == targets
    accuracy, exact = right.mean(axis=2), right.all(axis=2)
    parts = {
        "exact_match": counts >= 0,
        "no label": counts == 0,
        "one label": counts == 1,
        "several labels": counts > 1,
    }
    margins = {name: _margins(_weighted_means(exact, weights * rows)) for name, rows in parts.items()}
    margins["several_labels"] = margins["several labels"]
    accuracies = _weighted_means(accuracy, weights)
    with np.errstate(invalid="ignore", divide="ignore"):
        skills = (accuracies - accuracies[-1]) / (1 - accuracies[-1])
    return margins | {"skill": _margins(skills)}


def point_margins(race: Race, course: Course) -> np.ndarray:
    """The margins (H + 1, H + 1) of the median error in pixels, always predicting the mean point in the last row."""
    truth_px, sizes, train = course.valid.points_px(), course.valid.sizes_wh(), course.train
    points_px = [
        to_px(lane.predictions(raw).astype(float), sizes)
        for lane, raw in zip(race.lanes, race.valid_raw[-1], strict=True)
    ]
    points_px.append(mean_point_px(train.points_px(), train.sizes_wh(), sizes))
    errors_px = np.stack([pixel_distance(predicted, truth_px) for predicted in points_px])
    return _margins(np.median(errors_px[:, _samples(len(truth_px))], axis=2))


def level_with_best(values: np.ndarray, margins: np.ndarray, is_high_best: bool = True) -> np.ndarray:
    """Which values (K,) are no further from the best than their margin to it; NaN never is, the best always is."""
    sign = 1.0 if is_high_best else -1.0
    filled = np.where(np.isnan(values), -np.inf, sign * np.asarray(values, float))
    best = int(filled.argmax())
    return np.isfinite(filled) & (filled[best] - filled <= margins[best])


def _samples(count: int) -> np.ndarray:
    """The rows (B, N) of each sample, always the same for a number of images."""
    return np.random.default_rng(0).integers(0, count, (SAMPLES, count))


def _weights(count: int) -> np.ndarray:
    """How often each sample holds each image, (B, N)."""
    return np.stack([np.bincount(rows, minlength=count) for rows in _samples(count)]).astype(np.float32)


def _weighted_means(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Each row's mean in each sample, (K, B); NaN where a sample has no image that counts."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return values.astype(np.float32) @ weights.T / weights.sum(axis=1)


def _average_precisions(scores: np.ndarray, targets: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """A head's average precision of each class in each sample, (B, C); NaN where a sample shows none of a class.

    Scores that tie are taken in order.
    """
    columns = []
    for score, is_present in zip(scores.T, targets.T, strict=True):
        best_first = np.argsort(-score, kind="stable")
        weighted = weights[:, best_first]
        positive = weighted * is_present[best_first]
        precision = np.cumsum(positive, axis=1) / np.cumsum(weighted, axis=1).clip(1)
        columns.append((positive * precision).sum(axis=1) / positive.sum(axis=1))
    return np.stack(columns, axis=1)


def _mean_of_known(by_class: np.ndarray) -> np.ndarray:
    known = ~np.isnan(by_class)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(known, by_class, 0).sum(axis=1) / known.sum(axis=1)


def _margins(by_sample: np.ndarray) -> np.ndarray:
    """Twice the standard error of the difference of each pair (K, K), from the values (K, B); 0 where unknown."""
    usable = by_sample[:, ~np.isnan(by_sample).any(axis=0)]
    if usable.shape[1] < 2:
        return np.zeros((len(by_sample), len(by_sample)))
    differences = usable[:, None] - usable[None]
    return STANDARD_ERRORS * differences.std(axis=2, ddof=1)
