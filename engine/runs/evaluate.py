"""How good a run's predictions for its validation images are, each metric next to that of a constant prediction."""

from collections.abc import Callable
from typing import Any

from engine.functional import metrics
from engine.functional.point_metrics import error_table
from engine.runs import PointPredictions, Predictions, Run
from engine.runs.constant_baselines import best_constant
from engine.tasks import MULTI_LABEL, POINTS, SINGLE_LABEL


def scores(run: Run, predictions: Predictions | PointPredictions) -> dict[str, float]:
    """The metrics of a run's task. Raises `RunError` where its pictures.csv is missing or broken."""
    score, constant_name = _SCORES[run.task]
    return score(predictions, run.config.threshold) | {constant_name: best_constant(run, predictions).value}


def _single_label_scores(predictions: Predictions, threshold: float) -> dict[str, float]:
    """How often the most probable class is right."""
    return {"accuracy": float(metrics.accuracy(predictions.probs, predictions.targets.argmax(axis=1)))}


def _multi_label_scores(predictions: Predictions, threshold: float) -> dict[str, float]:
    """accuracy_multi at a threshold next to that of predicting nothing, the skill, and mean average precision."""
    reached = float(metrics.accuracy_multi(predictions.probs, predictions.targets, threshold))
    return {
        "threshold": threshold,
        "accuracy_multi": reached,
        "do_nothing_accuracy": float(metrics.do_nothing_accuracy(predictions.targets)),
        "skill": float(metrics.skill(reached, predictions.targets)),
        "mean_average_precision": metrics.mean_average_precision(predictions.probs, predictions.targets),
    }


def _point_scores(predictions: PointPredictions, threshold: float) -> dict[str, float]:
    """Errors in pixels and in percent of the width."""
    errors = error_table(predictions)
    return {
        "median_error_px": float(errors["error_px"].median()),
        "median_error_percent_of_width": float(100 * errors["error_share"].median()),
        "mean_error_px": float(errors["error_px"].mean()),
    }


_SCORES: dict[str, tuple[Callable[[Any, float], dict[str, float]], str]] = {
    SINGLE_LABEL: (_single_label_scores, "most_frequent_accuracy"),
    MULTI_LABEL: (_multi_label_scores, "majority_accuracy"),
    POINTS: (_point_scores, "mean_point_median_error_px"),
}
"""The scores of each task, from predictions and the run's threshold, and what that of the constant is called."""
