"""A Quick run: features once per image, a head by cross-validated regularization, and the run's files."""

import json
import time
from pathlib import Path

import numpy as np
import pandas as pd
from safetensors.numpy import save_file

from engine import runs
from engine.data.splits.folds import folds
from engine.datasets import Dataset, DatasetError
from engine.diary import Diary, Listener
from engine.files import write_text, write_whole
from engine.functional.ridge import RidgeModel
from engine.functional.threshold_tuning import choose_thresholds
from engine.points import to_unit
from engine.runs import Run
from engine.tasks import MULTI_LABEL, POINTS
from engine.training import features, finish
from engine.training.backbones import GRID, of_weights, weight_files
from engine.training.quick import label_head, point_head

QUICK_NOTES = "quick.json"
"""The penalties that were tried, with their cross-validated losses."""

MOST_POINT_IMAGES = 3000
"""More training images than these are not fitted to points at once: a seeded sample of them is."""

_LEAST_POSITIVES = 20


class Session:
    """One process's work on a Quick run."""

    def __init__(self, run: Run, dataset: Dataset, listener: Listener):
        self.out, self.config, self.dataset, self.began = run.folder, run.config, dataset, time.monotonic()
        self.diary = Diary(run.folder, listener, run.config.lr)
        self.backbone = of_weights(run.config.weights)
        self.is_valid = dataset.table["is_valid"].to_numpy(bool)

    def train(self) -> tuple[str, str, dict]:
        """The state in which the run ends, a message, and what it reached."""
        if self.config.task == POINTS:
            outputs, head = self._points()
        else:
            outputs, head = self._labels()
        self._write_head(head)
        predictions = finish.predictions_of(outputs[self.is_valid], self.dataset, self.config.loss)
        losses = [
            finish.loss_of(outputs[part], self.dataset, part) for part in (~self.is_valid, self.is_valid)
        ]
        reached = finish.write(self.out, predictions, {"valid_loss": losses[1]}, self._seconds())
        self._write_history(losses, reached)
        return "finished", "", reached

    def _labels(self) -> tuple[np.ndarray, label_head.LabelHead]:
        seen = features.of_dataset(
            self.dataset, self.diary.show, self.backbone, size=self.config.size, resize=self.config.resize
        )
        train = self.dataset.part(valid=False)
        targets = train.targets()
        head = label_head.fit(
            seen[~self.is_valid],
            targets,
            self._folds(train),
            self.config.task,
            self.config.balance,
            lambda share: self.diary.show("fitting the head", share),
        )
        if self.config.task == MULTI_LABEL:
            self._write_thresholds(head.held_out_logits, targets)
        weight, bias = rounded(head)
        return (np.asarray(seen, np.float64) @ weight.T + bias).astype(np.float32), head

    def _points(self) -> tuple[np.ndarray, point_head.PointHead]:
        seen, mirrored = (
            features.of_dataset(
                self.dataset,
                self.diary.show,
                self.backbone,
                size=self.config.size,
                output=GRID,
                mirror=mirror,
            )
            for mirror in (False, True)
        )
        train = self.dataset.part(valid=False)
        rows = np.flatnonzero(~self.is_valid)
        kept = np.arange(len(rows))
        if len(rows) > MOST_POINT_IMAGES:
            kept = np.sort(np.random.default_rng(self.config.seed).permutation(len(rows))[:MOST_POINT_IMAGES])
            self.diary.note(
                f"The head is fitted to {MOST_POINT_IMAGES:,} of the {len(rows):,} training images, chosen at random."
            )
        head = point_head.fit(
            seen[rows[kept]],
            to_unit(train.points_px(), train.sizes_wh())[kept],
            self._folds(train)[kept],
            mirrored[rows[kept]],
            lambda share: self.diary.show("fitting the head", share),
        )
        weight, bias = rounded(head)
        flat = seen.reshape(len(seen), -1)
        outputs = [
            np.asarray(flat[at : at + 256], np.float32) @ weight.T + bias for at in range(0, len(flat), 256)
        ]
        return np.concatenate(outputs).astype(np.float32), head

    def _folds(self, train: Dataset) -> np.ndarray:
        if len(train.table) < 2:
            raise DatasetError("Quick needs at least two training images, to choose how much to regularize.")
        return folds(train, seed=self.config.seed)

    def _write_head(self, head) -> None:
        """The run's weights: the head alone, beside the digest of the backbone that it belongs to."""
        weight, bias = rounded(head)
        layer = "1.2" if self.config.head == "grid" else "1.3"
        tensors = {f"{layer}.weight": weight.astype(np.float16), f"{layer}.bias": bias.astype(np.float32)}
        notes = weight_files.notes_of(self.backbone)
        write_whole(self.out / "weights.safetensors", lambda path: save_file(tensors, path, metadata=notes))
        record = {"version": 1, "penalty": head.penalty, "cross_validated_loss": list(head.tried.items())}
        write_text(self.out / QUICK_NOTES, json.dumps(record, indent=2) + "\n")

    def _write_thresholds(self, logits: np.ndarray, targets: np.ndarray) -> None:
        """Thresholds with the best cross-validated F1: one for all classes, and its own for each frequent class."""
        probs = 0.5 * (1 + np.tanh(0.5 * logits))
        shared = choose_thresholds(probs, targets, "f1", per_class=False)
        own = choose_thresholds(probs, targets, "f1", per_class=True)
        chosen = np.where(targets.sum(axis=0) >= _LEAST_POSITIVES, own, shared)
        named = dict(zip(self.dataset.vocab, np.clip(chosen, 0.02, 0.98).round(4).tolist(), strict=True))
        Run(self.out).save_thresholds(named)

    def _write_history(self, losses: list[float], reached: dict) -> None:
        names = ("accuracy", "accuracy_multi", "median_error_px")
        row = {"epoch": 1, "frozen": True, "train_loss": losses[0], "valid_loss": losses[1]}
        row |= {name: reached[name] for name in names if name in reached}
        runs.save_table(Path(self.out), "history.csv", pd.DataFrame([row]))
        self.diary.listener.epoch(row)

    def _seconds(self) -> float:
        return time.monotonic() - self.began


def rounded(head: label_head.LabelHead | point_head.PointHead | RidgeModel) -> tuple[np.ndarray, np.ndarray]:
    """A head's weight and bias as they are saved, so that what is measured is the saved model."""
    return head.weight.astype(np.float16).astype(np.float64), head.bias.astype(np.float32).astype(np.float64)
