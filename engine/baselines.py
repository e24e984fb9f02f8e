"""What needs no network: for each measure of a run the figure that stands beside it, from the run's own pictures."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from engine import labels, metrics
from engine.point_errors import mean_point_median_px
from engine.runs import Run, RunError
from engine.tasks import MULTI_LABEL, POINTS, SINGLE_LABEL

MEASURES = {SINGLE_LABEL: "accuracy", MULTI_LABEL: "accuracy_multi", POINTS: "median_error_px"}
"""The measure of each task that a run reports after every epoch, as its history calls it."""


@dataclass(frozen=True)
class Baseline:
    """A measure's value without any network, and in a few words what reaches it."""

    value: float
    says: str


def baseline(run: Run) -> Baseline | None:
    """What the `MEASURES` of a run's task is worth without a network; None before the run has read its pictures."""
    try:
        pictures = run.pictures
        valid = pictures[pictures["is_valid"].astype(bool)]
        return _BY_TASK[run.task](valid, run.vocab) if len(valid) else None
    except (RunError, KeyError, ValueError):
        return None


def _most_frequent(valid: pd.DataFrame, vocab: tuple[str, ...]) -> Baseline:
    return Baseline(metrics.most_frequent_accuracy(_targets(valid, vocab)), "always the most frequent class")


def _nothing(valid: pd.DataFrame, vocab: tuple[str, ...]) -> Baseline:
    return Baseline(metrics.do_nothing_accuracy(_targets(valid, vocab)), "doing nothing")


def _mean_point(valid: pd.DataFrame, _) -> Baseline:
    points_px, sizes_wh = valid[["x", "y"]].to_numpy(float), valid[["width", "height"]].to_numpy(float)
    return Baseline(mean_point_median_px(points_px, sizes_wh), "always the mean point")


def _targets(valid: pd.DataFrame, vocab: tuple[str, ...]) -> np.ndarray:
    return labels.encode_all([cell.split("|") if cell else [] for cell in valid["labels"]], vocab)


_BY_TASK = {SINGLE_LABEL: _most_frequent, MULTI_LABEL: _nothing, POINTS: _mean_point}
