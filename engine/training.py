"""One run from pictures to a finished folder: decode once, train, measure what was saved, write it down."""

import json
import os
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from engine import learners, metrics, paths, runs, weights
from engine.config import TrainConfig
from engine.datasets import Dataset, DatasetError, load
from engine.files import write_text
from engine.images import ImageError, open_image
from engine.point_errors import error_table
from engine.points import to_px
from engine.preprocess import squeeze
from engine.tasks import POINTS, SINGLE_LABEL


class Listener:
    """Who is told how a run goes; this one keeps silent."""

    def show(self, activity: str, share: float) -> None:
        """A share (0 to 1) of an activity is done."""

    def epoch(self, row: dict) -> None:
        """An epoch is finished."""

    def note(self, sentence: str) -> None:
        """Something was decided that a person should know."""


def train(config: TrainConfig, out: Path, listener: Listener) -> dict[str, float]:
    """Train one run into the new folder `out` and return what it reached.

    Raises `DatasetError`, `learners.LearnerError`, `weights.WeightsError` or `runs.RunError`, each with one
    plain sentence; the run's status then says the same.
    """
    started = time.perf_counter()
    if (out / "config.json").exists():
        raise runs.RunError(f"There is a run in {out} already: choose another --out, or delete that folder.")
    dataset = load(resolve(config.data), config.task, seed=config.seed)
    for sentence in dataset.notes:
        listener.note(sentence)
    config = replace(config, data=_portable(resolve(config.data)))
    write_text(out / "config.json", config.to_json())
    _set_status(out, "running")
    try:
        reached = _train(config, dataset, out, listener)
        reached["seconds"] = round(time.perf_counter() - started, 2)
        write_text(out / "metrics.json", json.dumps(reached, indent=2) + "\n")
    except BaseException as error:
        _set_status(out, "failed", str(error) or type(error).__name__)
        raise
    _set_status(out, "finished")
    return reached


def resolve(data: str) -> Path:
    """The folder or table that `--data` names: a path, or one of the chapter's data sets, downloaded once."""
    if data in learners.ARCHIVES:
        return learners.fetch(data)
    given = Path(data).expanduser()
    return given if given.is_absolute() or given.exists() else paths.ROOT / given


def _portable(path: Path) -> str:
    path = path.resolve()
    return path.relative_to(paths.ROOT).as_posix() if path.is_relative_to(paths.ROOT) else str(path)


def _train(config, dataset, out, listener) -> dict[str, float]:
    pictures = decode(dataset, config.size, listener)
    write_text(out / "vocab.json", json.dumps(dataset.vocab) + "\n")
    dls = learners.data_loaders(dataset, pictures, config)
    learn = learners.learner(dls, config, n_out=len(dataset.vocab) or 2)
    history: list[dict] = []

    def keep(row: dict) -> None:
        history.append(row)
        runs.save_table(out, "history.csv", pd.DataFrame(history))
        listener.epoch(row)

    learners.fit(learn, config, lambda share: listener.show("training", share), keep)
    weights.round_to_saved(learn.model)
    weights.save(learn.model, out / "weights.safetensors", on_bundled_body=config.weights == "bundled")
    return _measure(learn, dataset, out, config)


def decode(dataset: Dataset, size: int, listener: Listener) -> np.ndarray:
    """Every picture of a data set, once: (N, size, size, 3) uint8. Names all unreadable ones together."""
    pictures, problems = np.empty((len(dataset.table), size, size, 3), np.uint8), []

    def decode_one(item: tuple[int, Path]) -> None:
        index, path = item
        try:
            pictures[index] = squeeze(open_image(path), size)
        except ImageError as error:
            problems.append(str(error))

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for done, _ in enumerate(pool.map(decode_one, enumerate(dataset.paths())), start=1):
            listener.show("reading pictures", done / len(pictures))
    if problems:
        raise DatasetError(sorted(problems))
    return pictures


def _measure(learn, dataset, out, config) -> dict[str, float]:
    """Answer the validation part with the weights as saved; keep the answers and say how good they are."""
    outputs, valid_loss = learners.validation_outputs(learn)
    valid, reached = dataset.part(valid=True), {"valid_loss": valid_loss, "valid_pictures": len(outputs)}
    if config.task == POINTS:
        return reached | _measure_points(outputs.numpy(), valid, out)
    predictions = runs.Predictions(
        valid.table["fname"].tolist(), outputs.numpy(), valid.targets(), dataset.vocab, config.task
    )
    runs.save_table(out, "predictions.csv", runs.labels_table(predictions))
    measure = single_label_scores if config.task == SINGLE_LABEL else multi_label_scores
    return reached | measure(predictions, config.threshold)


def single_label_scores(predictions: runs.Predictions, threshold: float = 0.5) -> dict[str, float]:
    """Accuracy, beside that of always answering the most frequent class."""
    return {
        "accuracy": float(metrics.accuracy(predictions.probs, predictions.targets.argmax(axis=1))),
        "most_frequent_accuracy": float(predictions.targets.mean(axis=0).max()),
    }


def multi_label_scores(predictions: runs.Predictions, threshold: float) -> dict[str, float]:
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


def _measure_points(outputs: np.ndarray, valid: Dataset, out: Path) -> dict[str, float]:
    sizes = valid.sizes_wh()
    groups = valid.table["group"].astype(str).tolist() if "group" in valid.table else [""] * len(outputs)
    predictions = runs.PointPredictions(
        valid.table["fname"].tolist(), to_px(outputs.astype(float), sizes), valid.points_px(), sizes, groups
    )
    runs.save_table(out, "predictions.csv", runs.points_table(predictions))
    return point_scores(predictions)


def point_scores(predictions: runs.PointPredictions) -> dict[str, float]:
    """Errors in pixels and in percent of the width, beside always answering the one mean point."""
    errors = error_table(predictions)
    return {
        "median_error_px": float(errors["error_px"].median()),
        "median_error_percent_of_width": float(100 * errors["error_share"].median()),
        "mean_error_px": float(errors["error_px"].mean()),
        "mean_point_median_error_px": float(errors["baseline_px"].median()),
    }


def _set_status(out: Path, state: str, message: str = "") -> None:
    write_text(
        out / "status.json", json.dumps({"state": state, "message": message, "pid": os.getpid()}) + "\n"
    )
