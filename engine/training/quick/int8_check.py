"""Whether a run's predictions stay the same when its backbone computes in 8-bit integers, which is faster.

A run is checked once, on its validation images, and the result stands in its int8.json. Only a run that passes predicts
in integers.
"""

import json
from pathlib import Path

import numpy as np

from engine import tasks
from engine.functional import loss_registry
from engine.functional.coordinates import pixel_distance, to_px
from engine.jobs.atomic_write import write_text
from engine.runs import PointPredictions, Run, files

FILE, VERSION = files.INT8, 2
LEAST_IMAGES, MOST_IMAGES = 20, 100
_LEAST_ERROR_PX = 1e-3
LEAST_AGREEMENT = 0.995
LEAST_SHARED = 0.98
"""Of the labels that either way predicts, the share that both must predict: in most images most labels are absent, and
that both leave them out says little."""
MOST_MOVED = 0.1
"""How far points may move, as a share of the median error: an independent deviation of a tenth adds half a percent."""


def agreement(run: Run, exact: np.ndarray, rounded: np.ndarray) -> tuple[float, float]:
    """How far two sets of logits (N, C) give the same labels: over all yes/no decisions, and over predicted labels.

    Labels are those above the run's thresholds; for a single label both are the share of images with the same label.
    """
    if tasks.get(run.task).has_one_label:
        same = float((exact.argmax(axis=1) == rounded.argmax(axis=1)).mean())
        return same, same
    thresholds = np.array(list(run.thresholds.values()))
    yes, also = (_probs(run, logits) > thresholds for logits in (exact, rounded))
    predicted = int((yes | also).sum())
    return float((yes == also).mean()), float((yes & also).sum()) / predicted if predicted else 1.0


def moved(run: Run, exact: np.ndarray, rounded: np.ndarray) -> float:
    """The median distance in pixels between two sets of points (N, 2) over -1..1, over the run's median error.

    They are those of the run's first validation images.
    """
    predictions = run.predictions
    assert isinstance(predictions, PointPredictions)
    sizes = predictions.sizes_wh[: len(exact)]
    apart = pixel_distance(to_px(exact.astype(float), sizes), to_px(rounded.astype(float), sizes))
    error = float(np.median(pixel_distance(predictions.points_px, predictions.targets_px)))
    return float(np.median(apart)) / max(error, _LEAST_ERROR_PX)


def _probs(run: Run, logits: np.ndarray) -> np.ndarray:
    calibrated = logits if run.temperatures is None else logits / run.temperatures
    return loss_registry.choice(run.task, run.config.loss).predictions(calibrated)


def write(run: Run, exact: np.ndarray, rounded: np.ndarray) -> None:
    """Keep how far raw outputs (N, n_out) in floats and in integers agree on the first validation images."""
    record: dict[str, float] = {"version": VERSION, "images": len(exact)}
    if tasks.get(run.task).has_points:
        record["moved"] = moved(run, exact, rounded)
    else:
        record["agreement"], record["shared_labels"] = agreement(run, exact, rounded)
    write_text(run.folder / FILE, json.dumps(record, indent=2) + "\n")


def is_passed(folder: Path) -> bool:
    """Whether the run in a folder was checked and predicts the same in integers."""
    try:
        record = json.loads((folder / FILE).read_text(encoding="utf-8"))
        if record["version"] != VERSION:
            return False
        if "moved" in record:
            return float(record["moved"]) <= MOST_MOVED
        same, shared = float(record["agreement"]), float(record["shared_labels"])
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return False
    return same >= LEAST_AGREEMENT and shared >= LEAST_SHARED


def remove(folder: Path) -> None:
    """Forget an earlier check."""
    (folder / FILE).unlink(missing_ok=True)
