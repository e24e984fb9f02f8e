"""Scores of the heads of a race by common metrics, and the baselines that need no network."""

import numpy as np
import pandas as pd

from engine.experiments.loss_race.result import Race
from engine.experiments.loss_race.task_data import Course
from engine.functional import metrics
from engine.functional.constant_predictions import mean_point_px
from engine.functional.coordinates import pixel_distance, to_px


def mean_average_precisions(race: Race, course: Course) -> np.ndarray:
    """Each head's mean average precision before the first epoch and after each, (E + 1, H)."""
    raws = np.moveaxis(race.valid_raw, 1, 0)
    ranks = np.stack([lane.ranks(raw) for lane, raw in zip(race.lanes, raws, strict=True)], axis=1)
    epochs, heads, images, classes = ranks.shape
    columns = np.moveaxis(ranks, 2, 0).reshape(images, -1)
    targets = np.tile(course.valid_targets, epochs * heads)
    by_class = metrics.average_precision(columns, targets).reshape(epochs, heads, classes)
    known = course.valid_targets.any(axis=0)
    return by_class[..., known].mean(axis=2) if known.any() else np.full((epochs, heads), np.nan)


def label_scores(race: Race, course: Course, threshold: float, ranking: np.ndarray) -> pd.DataFrame:
    """One row per head and epoch: lane, epoch, mean_average_precision, accuracy, skill, exact_match, several_labels.

    The last is exact match over the images with several labels, NaN where there are none. `ranking` is that of
    `mean_average_precisions`. Epoch 0 is before the first step.
    """
    raws = zip(race.lanes, np.moveaxis(race.valid_raw, 1, 0), strict=True)
    probs = np.stack([lane.predictions(raw) for lane, raw in raws], axis=1)
    is_right = (probs > threshold) == (course.valid_targets == 1)
    accuracy = is_right.mean(axis=(2, 3)).ravel()
    is_exact = is_right.all(axis=3)
    several = course.valid_targets.sum(axis=1) > 1
    epochs, heads = ranking.shape
    return pd.DataFrame(
        {
            "lane": np.tile([lane.name for lane in race.lanes], epochs),
            "epoch": np.repeat(np.arange(epochs), heads),
            "mean_average_precision": ranking.ravel(),
            "accuracy": accuracy,
            "skill": metrics.skill(accuracy, course.valid_targets),
            "exact_match": is_exact.mean(axis=2).ravel(),
            "several_labels": is_exact[..., several].mean(axis=2).ravel() if several.any() else np.nan,
        }
    )


def chance_average_precision(targets: np.ndarray) -> float:
    """The mean average precision of random scores: the share of positives, over the classes that have any."""
    shares = targets.mean(axis=0)
    return float(shares[shares > 0].mean()) if shares.any() else float("nan")


def nothing_right(targets: np.ndarray) -> float:
    """The exact match of predicting nothing: the share of images without any label."""
    return float((targets.sum(axis=1) == 0).mean())


def by_labels(race: Race, course: Course, threshold: float) -> pd.DataFrame:
    """Exact match of each head at the end, over images with no label, with one and with several; NaN without any."""
    counts = course.valid_targets.sum(axis=1)
    parts = {"no label": counts == 0, "one label": counts == 1, "several labels": counts > 1}
    return pd.DataFrame(
        {
            name: [
                metrics.exact_match(lane.predictions(raw)[rows], course.valid_targets[rows], threshold)
                if rows.any()
                else np.nan
                for lane, raw in zip(race.lanes, race.valid_raw[-1], strict=True)
            ]
            for name, rows in parts.items()
        },
        index=[lane.name for lane in race.lanes],
    )


def class_average_precisions(race: Race, course: Course) -> pd.DataFrame:
    """Average precision of each head at the end (rows) for each class (columns); NaN where a class has no image."""
    return pd.DataFrame(
        [
            metrics.average_precision(lane.ranks(raw), course.valid_targets)
            for lane, raw in zip(race.lanes, race.valid_raw[-1], strict=True)
        ],
        columns=list(course.valid.vocab),
        index=[lane.name for lane in race.lanes],
    )


def point_predictions_px(race: Race, course: Course, epoch: int = -1) -> np.ndarray:
    """Each head's predicted point in each validation image, (H, N, 2) in that image's pixels."""
    sizes = course.valid.sizes_wh()
    return np.stack(
        [
            to_px(lane.predictions(raw).astype(float), sizes)
            for lane, raw in zip(race.lanes, race.valid_raw[epoch], strict=True)
        ]
    )


def point_scores(race: Race, course: Course) -> pd.DataFrame:
    """One row per head and epoch: lane, epoch, median_error_px, worst_error_px, outside (share of predictions)."""
    truth, sizes, rows = course.valid.points_px(), course.valid.sizes_wh(), []
    for epoch in range(len(race.valid_raw)):
        for lane, predictions in zip(race.lanes, point_predictions_px(race, course, epoch), strict=True):
            error_px = pixel_distance(predictions, truth)
            rows.append(
                {
                    "lane": lane.name,
                    "epoch": epoch,
                    "median_error_px": float(np.median(error_px)),
                    "worst_error_px": float(error_px.max()),
                    "outside": float(((predictions < 0) | (predictions > sizes)).any(axis=1).mean()),
                }
            )
    return pd.DataFrame(rows)


def point_training_errors_px(race: Race, course: Course) -> np.ndarray:
    """Each head's median error at the end in pixels over the images it was trained on, (H,)."""
    truth, sizes = course.train.points_px(), course.train.sizes_wh()
    raws = np.einsum("nf,hfc->hnc", course.train_features, race.weights) + race.biases[:, None]
    predictions = (lane.predictions(raw).astype(float) for lane, raw in zip(race.lanes, raws, strict=True))
    return np.array([np.median(pixel_distance(to_px(unit, sizes), truth)) for unit in predictions])


def point_baseline_px(course: Course) -> float:
    """The median error in pixels of always predicting the mean of the training points."""
    train, valid = course.train, course.valid
    baseline_px = mean_point_px(train.points_px(), train.sizes_wh(), valid.sizes_wh())
    return float(np.median(pixel_distance(baseline_px, valid.points_px())))
