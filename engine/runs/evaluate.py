"""How good a run's predictions for its validation images are, each metric next to that of a constant prediction."""

import numpy as np

from engine.functional import metrics
from engine.functional.point_metrics import error_table
from engine.runs import PointPredictions, Predictions, Run
from engine.runs.constant_baselines import best_constant
from engine.tasks import SINGLE_LABEL


def scores(run: Run, predictions: Predictions | PointPredictions) -> dict[str, float]:
    """The metrics of a run's task. Raises `RunError` where its pictures.csv is missing or broken."""
    constant = best_constant(run, predictions)
    if isinstance(predictions, PointPredictions):
        return _point_scores(predictions) | {"mean_point_median_error_px": constant.value}
    if run.task == SINGLE_LABEL:
        reached = float(metrics.accuracy(predictions.probs, predictions.targets.argmax(axis=1)))
        return {"accuracy": reached, "most_frequent_accuracy": constant.value}
    return _multi_label_scores(predictions, run.config.threshold) | {"majority_accuracy": constant.value}


def _multi_label_scores(predictions: Predictions, threshold: float) -> dict[str, float]:
    """accuracy_multi at a threshold next to that of predicting nothing, the skill, and mean average precision."""
    reached = float(metrics.accuracy_multi(predictions.probs, predictions.targets, threshold))
    precisions = np.asarray(metrics.average_precision(predictions.probs, predictions.targets))
    return {
        "threshold": threshold,
        "accuracy_multi": reached,
        "do_nothing_accuracy": float(metrics.do_nothing_accuracy(predictions.targets)),
        "skill": float(metrics.skill(reached, predictions.targets)),
        "mean_average_precision": float(np.nanmean(precisions)),
    }


def _point_scores(predictions: PointPredictions) -> dict[str, float]:
    """Errors in pixels and in percent of the width."""
    errors = error_table(predictions)
    return {
        "median_error_px": float(errors["error_px"].median()),
        "median_error_percent_of_width": float(100 * errors["error_share"].median()),
        "mean_error_px": float(errors["error_px"].mean()),
    }
