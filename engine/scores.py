"""How good a run's answers to its validation part are, each figure beside what no network at all would reach."""

import numpy as np

from engine import metrics
from engine.point_errors import error_table, mean_point_median_px
from engine.runs import PointPredictions, Predictions
from engine.tasks import POINTS, SINGLE_LABEL


def scores(
    predictions: Predictions | PointPredictions, task: str, threshold: float = 0.5
) -> dict[str, float]:
    """The figures of a task; `threshold` is used for several labels only."""
    if task == POINTS:
        return point_scores(predictions)
    return (
        single_label_scores(predictions)
        if task == SINGLE_LABEL
        else multi_label_scores(predictions, threshold)
    )


def single_label_scores(predictions: Predictions) -> dict[str, float]:
    """Accuracy, beside that of always answering the most frequent class."""
    return {
        "accuracy": float(metrics.accuracy(predictions.probs, predictions.targets.argmax(axis=1))),
        "most_frequent_accuracy": metrics.most_frequent_accuracy(predictions.targets),
    }


def multi_label_scores(predictions: Predictions, threshold: float) -> dict[str, float]:
    """accuracy_multi at a threshold beside the do-nothing score, the skill, and mean average precision."""
    reached = float(metrics.accuracy_multi(predictions.probs, predictions.targets, threshold))
    precisions = np.asarray(metrics.average_precision(predictions.probs, predictions.targets))
    return {
        "threshold": threshold,
        "accuracy_multi": reached,
        "do_nothing_accuracy": float(metrics.do_nothing_accuracy(predictions.targets)),
        "skill": float(metrics.skill(reached, predictions.targets)),
        "mean_average_precision": float(np.nanmean(precisions)),
    }


def point_scores(predictions: PointPredictions) -> dict[str, float]:
    """Errors in pixels and in percent of the width, beside always answering the one mean point."""
    errors = error_table(predictions)
    return {
        "median_error_px": float(errors["error_px"].median()),
        "median_error_percent_of_width": float(100 * errors["error_share"].median()),
        "mean_error_px": float(errors["error_px"].mean()),
        "mean_point_median_error_px": mean_point_median_px(predictions.targets_px, predictions.sizes_wh),
    }
