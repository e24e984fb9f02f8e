"""Runs on disk: a run is a folder, described in `engine.runs.run` and `engine.runs.files`."""

from engine.runs.collection import all_runs, create, ready_runs
from engine.runs.errors import RunError
from engine.runs.files import IMPORTED, TENSORBOARD
from engine.runs.predictions import (
    PointPredictions,
    Predictions,
    labels_table,
    points_table,
    save_predictions,
)
from engine.runs.run import USABLE, Run
from engine.runs.table_files import images_table, save_table, without_nan

__all__ = [
    "IMPORTED",
    "TENSORBOARD",
    "USABLE",
    "PointPredictions",
    "Predictions",
    "Run",
    "RunError",
    "all_runs",
    "create",
    "images_table",
    "labels_table",
    "points_table",
    "ready_runs",
    "save_predictions",
    "save_table",
    "without_nan",
]
