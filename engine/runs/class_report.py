"""What a finished run reached, each metric next to its baseline, and how each class does; tables to show."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from engine import tasks
from engine.functional import metrics
from engine.functional.coordinates import pixel_distance
from engine.functional.point_metrics import error_table
from engine.runs import constant_baselines
from engine.runs.errors import RunError
from engine.runs.predictions import PointPredictions, Predictions
from engine.runs.run import Run
from engine.tasks import MULTI_LABEL, POINTS, SINGLE_LABEL

RARE = 10
"""A class with fewer training images than this is rare: its metrics say little, and it is named."""

_MAJORITY = "the majority for each class"


def class_report(run: Run) -> pd.DataFrame:
    """One row per class of a run with predictions: the images that have it, and how well it is found.

    Columns: class; train_images, valid_images (counts); average_precision (multi-label only); precision, recall, f1
    on the validation images (0..1, NaN where 0 / 0), at the run's thresholds or, for single-label, of the most
    probable class; is_rare. Rows keep the order of the vocabulary. Raises `RunError` for points and broken tables.
    """
    predictions = run.predictions
    if isinstance(predictions, PointPredictions):
        raise RunError(f"The run {run.name!r} predicts points, which have no classes.")
    targets, decisions = predictions.targets.astype(bool), predictions.decisions(run.thresholds)
    hits = (decisions & targets).sum(axis=0)
    train = _train_targets(run).sum(axis=0)
    columns = {
        "class": list(run.vocab),
        "train_images": train,
        "valid_images": targets.sum(axis=0),
    }
    if tasks.get(run.task).allows_several_labels:
        columns["average_precision"] = metrics.average_precision(predictions.probs, predictions.targets)
    with np.errstate(invalid="ignore", divide="ignore"):
        columns["precision"] = hits / decisions.sum(axis=0)
        columns["recall"] = hits / targets.sum(axis=0)
        columns["f1"] = 2 * hits / (decisions.sum(axis=0) + targets.sum(axis=0))
    return pd.DataFrame(columns | {"is_rare": train < RARE})


def rare_sentence(report: pd.DataFrame, most: int = 8) -> str:
    """One sentence that names the rare classes and what helps; "" where there are none."""
    rare = report.loc[report["is_rare"], "class"].tolist()
    if not rare:
        return ""
    named = ", ".join(rare[:most]) + (f" and {len(rare) - most} more" if len(rare) > most else "")
    return (
        f"Fewer than {RARE} training images: {named}. Label more of them, or let rare classes count as much as "
        "frequent ones."
    )


def metric_report(run: Run) -> pd.DataFrame:
    """One row per metric and baseline of a run with predictions.

    Columns: metric, unit ("" or "px"), value, baseline, baseline_is (in words), is_better. Scores are better when
    higher, errors when lower. Raises `RunError` where the run's tables are broken.
    """
    predictions = run.predictions
    rows = _ROWS[run.task](run, predictions)
    table = pd.DataFrame(rows, columns=["metric", "unit", "value", "baseline", "baseline_is"])
    lower = table["metric"].str.contains("error|loss")
    table["is_better"] = np.where(
        lower, table["value"] < table["baseline"], table["value"] > table["baseline"]
    )
    return table


def _of_several(run: Run, predictions: Predictions) -> list[tuple]:
    at = run.config.threshold
    train, targets = _train_targets(run), predictions.targets
    accuracy = float(metrics.accuracy_multi(predictions.probs, targets, at))
    majority = constant_baselines.best_constant(run, predictions)
    constant = constant_baselines.majority_predictions(train)
    name = f"accuracy_multi at {at:g}"
    rows = [(name, "", accuracy, majority.value, majority.description)]
    nothing = float(metrics.do_nothing_accuracy(targets))
    if constant.any():
        rows.append((name, "", accuracy, nothing, "predicting nothing (all-negative)"))
    has_positives = targets.any(axis=0)
    by_class = np.asarray(metrics.average_precision(predictions.probs, targets))
    if has_positives.any():
        share = float(targets[:, has_positives].mean())
        rows.append(("mean average precision", "", float(np.nanmean(by_class)), share, "a random ranking"))
    own = predictions.decisions(run.thresholds)
    always = np.broadcast_to(constant, targets.shape)
    rows.append(
        (
            "F1 at the run's thresholds",
            "",
            _f1(own, targets),
            _f1(always, targets),
            _MAJORITY,
        )
    )
    return rows


def _of_one(run: Run, predictions: Predictions) -> list[tuple]:
    frequent = constant_baselines.best_constant(run, predictions)
    accuracy = float(metrics.accuracy(predictions.probs, predictions.targets.argmax(axis=1)))
    report = class_report(run)
    seen = report[report["valid_images"] > 0]
    chance = 1 / max(len(seen), 1)
    return [
        ("accuracy", "", accuracy, float(frequent.per_image.mean()), frequent.description),
        ("mean recall over classes", "", float(seen["recall"].mean()), chance, "always one class"),
    ]


def _of_points(run: Run, predictions: PointPredictions) -> list[tuple]:
    own = error_table(predictions)
    constant = constant_baselines.best_constant(run, predictions)
    errors = pixel_distance(predictions.points_px, predictions.targets_px)
    widths = predictions.sizes_wh[:, 0]
    pairs = {
        "median error": ("px", float(np.median(errors)), float(np.median(constant.per_image))),
        "mean error": ("px", float(errors.mean()), float(constant.per_image.mean())),
        "median error, of the width": (
            "%",
            float(100 * own["error_share"].median()),
            float(np.median(100 * constant.per_image / widths)),
        ),
    }
    return [(name, *figures, constant.description) for name, figures in pairs.items()]


_ROWS: dict[str, Callable[[Run, Any], list[tuple]]] = {
    SINGLE_LABEL: _of_one,
    MULTI_LABEL: _of_several,
    POINTS: _of_points,
}


def _train_targets(run: Run) -> np.ndarray:
    """The labels of the run's training images, (N, C) bool."""
    table = run.images
    train = table[~table["is_valid"].astype(bool)]
    if not len(train):
        raise RunError(f"The run {run.name!r} has no training images in its pictures.csv: train it again.")
    return np.array([[label in cell.split("|") for label in run.vocab] for cell in train["labels"]])


def _f1(decisions: np.ndarray, targets: np.ndarray) -> float:
    positives = decisions.sum() + targets.sum()
    return float(2 * (decisions & targets.astype(bool)).sum() / positives) if positives else 0.0
