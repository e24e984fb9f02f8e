"""What fixing labels changes: heads trained on labels as they were and as they are, measured on the same images."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from engine import tasks
from engine.data.formats import Dataset
from engine.experiments.label_review import cross_validation
from engine.experiments.label_review.storage import ReviewError
from engine.functional import metrics
from engine.functional.constant_predictions import majority_predictions, mean_point_px, most_frequent_class
from engine.functional.coordinates import pixel_distance, to_px
from engine.tasks import MULTI_LABEL, POINTS, SINGLE_LABEL

SEEDS = 5
THRESHOLD = 0.5


def difference(
    before: Dataset,
    after: Dataset,
    features: np.ndarray,
    show: Callable[[float], object] = lambda share: None,
    seeds: int = SEEDS,
) -> dict:
    """Train a head on the training part as it was and as it is, for several seeds, and measure both.

    `features` (N, F) are those of `before`, in its order. Both are measured on the validation images of `after` with
    the labels of `after`, what is held to be right now, and neither is trained on any of them. Returns `seeds`,
    `changed` and `validation` (numbers of images), and `measures`: for each its `before` and `after` (a number a
    seed), its `baseline` without a network, and whether `higher` is better. Raises `ReviewError` where nothing can be
    trained or measured.
    """
    rows = {fname: at for at, fname in enumerate(before.table["fname"])}
    after = _in_vocab(after, before, rows)
    truth, trained = after.part(valid=True), after.part(valid=False)
    untrained = set(truth.table["fname"]) | _dropped_from_validation(before, after)
    earlier = replace(before, table=before.table[~before.table["fname"].isin(untrained)])
    if any(part.table.empty for part in (truth, trained, earlier)):
        raise ReviewError("There is nothing to measure: training and validation both need reviewed images.")
    reached: dict[str, list[dict]] = {"before": [], "after": []}
    for seed in range(seeds):
        reached["before"].append(_reached(earlier, truth, features, rows, seed))
        reached["after"].append(_reached(trained, truth, features, rows, seed))
        show((seed + 1) / seeds)
    baseline = _baseline(trained, truth)
    return {
        "seeds": seeds,
        "changed": _changed(before, after),
        "validation": len(truth.table),
        "measures": {
            measure: {name: [one[measure] for one in scores] for name, scores in reached.items()}
            | {"baseline": level, "higher": not measure.endswith("px")}
            for measure, level in baseline.items()
        },
    }


def _in_vocab(after: Dataset, before: Dataset, rows: dict[str, int]) -> Dataset:
    """The images that were looked at, over a vocabulary that holds all labels of both."""
    table = after.table[after.table["fname"].isin(rows)].reset_index(drop=True)
    return replace(after, table=table, vocab=tuple(sorted({*after.vocab, *before.vocab})))


def _dropped_from_validation(before: Dataset, after: Dataset) -> set[str]:
    return set(before.part(valid=True).table["fname"]) - set(after.table["fname"])


def _reached(train: Dataset, truth: Dataset, features: np.ndarray, rows: dict[str, int], seed: int) -> dict:
    """What a head trained on all images of `train` reaches on those of `truth`."""
    table = pd.concat([train.table.reindex(columns=truth.table.columns), truth.table], ignore_index=True)
    seen = np.asarray(features[[rows[fname] for fname in table["fname"]]])
    held_out = np.arange(len(table)) >= len(train.table)
    return _measured(cross_validation.head(replace(truth, table=table), seen, held_out, seed), truth)


def _measured(predictions: np.ndarray, truth: Dataset) -> dict[str, float]:
    return _SCORES[truth.task].reached(predictions, truth)


def _baseline(train: Dataset, truth: Dataset) -> dict[str, float]:
    """The best constant predictions, chosen on the training images; for the mean average precision, guessing."""
    return _SCORES[truth.task].baseline(train, truth)


def _class_accuracy(predictions: np.ndarray, truth: Dataset) -> dict[str, float]:
    return {"accuracy": float((predictions.argmax(axis=1) == truth.targets().argmax(axis=1)).mean())}


def _most_frequent(train: Dataset, truth: Dataset) -> dict[str, float]:
    return {"accuracy": float(truth.targets().mean(axis=0)[most_frequent_class(train.targets())])}


def _label_scores(predictions: np.ndarray, truth: Dataset) -> dict[str, float]:
    targets = truth.targets()
    return {
        "accuracy_multi": metrics.accuracy_multi(np.clip(predictions, 0, 1), targets, THRESHOLD),
        "mean_average_precision": metrics.mean_average_precision(predictions, targets),
    }


def _majority_and_chance(train: Dataset, truth: Dataset) -> dict[str, float]:
    targets = truth.targets()
    shares = targets.mean(axis=0)
    return {
        "accuracy_multi": float((majority_predictions(train.targets()) == (targets == 1)).mean()),
        "mean_average_precision": float(shares[shares > 0].mean()) if shares.any() else float("nan"),
    }


def _point_error(predictions: np.ndarray, truth: Dataset) -> dict[str, float]:
    off = pixel_distance(to_px(predictions, truth.sizes_wh()), truth.points_px())
    return {"median_error_px": float(np.median(off))}


def _mean_point(train: Dataset, truth: Dataset) -> dict[str, float]:
    guesses = mean_point_px(train.points_px(), train.sizes_wh(), truth.sizes_wh())
    return {"median_error_px": float(np.median(pixel_distance(guesses, truth.points_px())))}


@dataclass(frozen=True)
class _Scores:
    """The metrics of a task: what predictions reach on a dataset, and what needs no network."""

    reached: Callable[[np.ndarray, Dataset], dict[str, float]]
    baseline: Callable[[Dataset, Dataset], dict[str, float]]


_SCORES = {
    SINGLE_LABEL: _Scores(_class_accuracy, _most_frequent),
    MULTI_LABEL: _Scores(_label_scores, _majority_and_chance),
    POINTS: _Scores(_point_error, _mean_point),
}


def _changed(before: Dataset, after: Dataset) -> int:
    """How many images have other labels, another point, another part, or are gone."""
    was, now = _known(before), _known(after)
    return sum(now.get(fname) != known for fname, known in was.items())


def _known(data: Dataset) -> dict[str, tuple]:
    """By image, what is known about it; the order of its labels does not matter."""
    cells = [
        [frozenset(cell) if name == "labels" else cell for cell in data.table[name]]
        for name in (*tasks.get(data.task).target_columns, "is_valid")
    ]
    return dict(zip(data.table["fname"], zip(*cells, strict=True), strict=True))
