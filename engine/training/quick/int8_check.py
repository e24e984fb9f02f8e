"""Whether a run's labels stay the same when its backbone computes in 8-bit integers, which is faster.

A Quick run on labels is checked once, on its validation images, and the result stands in its int8.json. Only a run that
passes predicts in integers.
"""

import json
from pathlib import Path

import numpy as np

from engine import tasks
from engine.functional import loss_registry
from engine.jobs.atomic_write import write_text
from engine.runs import Run

FILE, VERSION = "int8.json", 1
LEAST_IMAGES, MOST_IMAGES = 20, 100
LEAST_AGREEMENT = 0.995
LEAST_SHARED = 0.98
"""Of the labels that either way predicts, the share that both must predict: in most images most labels are absent, and
that both leave them out says little."""


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


def _probs(run: Run, logits: np.ndarray) -> np.ndarray:
    calibrated = logits if run.temperatures is None else logits / run.temperatures
    return loss_registry.choice(run.task, run.config.loss).predictions(calibrated)


def write(run: Run, exact: np.ndarray, rounded: np.ndarray) -> None:
    """Keep how far logits (N, C) in floats and in integers agree."""
    same, shared = agreement(run, exact, rounded)
    record = {"version": VERSION, "images": len(exact), "agreement": same, "shared_labels": shared}
    write_text(run.folder / FILE, json.dumps(record, indent=2) + "\n")


def is_passed(folder: Path) -> bool:
    """Whether the run in a folder was checked and predicts the same labels in integers."""
    try:
        record = json.loads((folder / FILE).read_text(encoding="utf-8"))
        known, same, shared = (float(record[key]) for key in ("version", "agreement", "shared_labels"))
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return False
    return known == VERSION and same >= LEAST_AGREEMENT and shared >= LEAST_SHARED


def remove(folder: Path) -> None:
    """Forget an earlier check."""
    (folder / FILE).unlink(missing_ok=True)
