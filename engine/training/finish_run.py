"""The end of every run, whatever trained it: predictions, calibration, metrics and the verdict are written down."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np

from engine import runs, tasks
from engine.data import target_encoding
from engine.data.formats import Dataset
from engine.functional import loss_registry
from engine.functional.coordinates import to_px
from engine.jobs.atomic_write import write_text
from engine.runs import Run, files, verdict
from engine.runs.calibration import calibrate_run
from engine.runs.evaluate import scores

AnyPredictions = runs.Predictions | runs.PointPredictions


def predictions_of(outputs: np.ndarray, dataset: Dataset, loss: str) -> AnyPredictions:
    """The raw outputs (N, n_out) for a dataset's validation part, as a run keeps them."""
    valid = dataset.part(valid=True)
    fnames = valid.table["fname"].tolist()
    if tasks.get(valid.task).has_labels:
        return runs.Predictions(fnames, outputs, valid.targets(), valid.vocab, valid.task, loss)
    groups = valid.table["group"].astype(str).tolist() if "group" in valid.table else [""] * len(fnames)
    sizes = valid.sizes_wh()
    return runs.PointPredictions(
        fnames, to_px(outputs.astype(float), sizes), valid.points_px(), sizes, groups
    )


def loss_of(outputs: np.ndarray, dataset: Dataset, rows: np.ndarray) -> float:
    """The mean loss of raw outputs (N, n_out) for some rows of a dataset, by the loss that fastai picks."""
    part = replace(dataset, table=dataset.table[rows])
    loss = loss_registry.choice(dataset.task, tasks.get(dataset.task).losses[0])
    return float(loss.function(outputs, target_encoding.encode(part)))


def write(folder: Path, predictions: AnyPredictions, reached: dict, seconds: float, remark: str = "") -> dict:
    """Write predictions.csv and metrics.json of a run's folder, and return the metrics with the verdict.

    `remark` is a sentence that the verdict ends with.
    """
    runs.save_predictions(folder, predictions)
    reached = reached | {"valid_pictures": len(predictions.fnames)} | calibrate_run(folder)
    run = Run(folder)
    reached |= scores(run, run.predictions)
    reached |= verdict.metrics_of(verdict.judge(run, remark))
    reached["seconds"] = round(seconds, 2)
    write_text(folder / files.METRICS, json.dumps(runs.without_nan(reached), indent=2) + "\n")
    return reached
