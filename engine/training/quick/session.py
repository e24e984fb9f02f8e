"""A Quick run: features once per image, a head by cross-validated regularization, and the run's files."""

import json
import time
from pathlib import Path

import numpy as np
import pandas as pd
from safetensors.numpy import save_file

from engine import runs, tasks
from engine.data.formats import Dataset, DatasetError
from engine.functional.threshold_tuning import choose_thresholds
from engine.jobs.atomic_write import write_text, write_whole
from engine.jobs.progress import Listener
from engine.runs import Run, files
from engine.training import drawn, familiarity, finish_run
from engine.training.backbones import get, graphs, weight_files
from engine.training.quick import int8_check
from engine.training.quick.fitting import Head, fit_head, outputs_in_int8, rounded
from engine.training.quick.label_head import LabelHead
from engine.training.run_logger import RunLogger

QUICK_NOTES = "quick.json"
"""The penalties that were tried, with their cross-validated losses."""

_LEAST_POSITIVES = 20


class Session:
    """One process's work on a Quick run."""

    def __init__(self, run: Run, dataset: Dataset, listener: Listener):
        self.out, self.config, self.dataset, self.began = run.folder, run.config, dataset, time.monotonic()
        self.logger = RunLogger(run.folder, listener, run.config.lr)
        self.backbone = get(run.config.weights)
        self.is_valid = dataset.table["is_valid"].to_numpy(bool)

    def train(self) -> tuple[str, str, dict]:
        """The state in which the run ends, a message, and what it reached."""
        int8_check.remove(self.out)
        head, outputs, seen = fit_head(self.dataset, self.config, self.logger.show, self.logger.note)
        if isinstance(head, LabelHead) and tasks.get(self.config.task).allows_several_labels:
            self._write_thresholds(head.held_out_logits, self.dataset.part(valid=False).targets())
        self._write_head(head)
        predictions = finish_run.predictions_of(outputs[self.is_valid], self.dataset, self.config.loss)
        losses = [
            finish_run.loss_of(outputs[part], self.dataset, part) for part in (~self.is_valid, self.is_valid)
        ]
        known = familiarity.fit_run(
            self.out,
            seen[~self.is_valid],
            seen[self.is_valid],
            self._groups(),
            self.config.seed,
            self.backbone.texture_columns,
            drawn.of(self.backbone),
        )
        reached = finish_run.write(self.out, predictions, {"valid_loss": losses[1]} | known, self._seconds())
        self._write_history(losses, reached)
        self._check_int8(head, outputs)
        return "finished", "", reached

    def _check_int8(self, head: Head, outputs: np.ndarray) -> None:
        """Note whether the validation images get the same predictions when the backbone computes in 8-bit integers."""
        rows = np.flatnonzero(self.is_valid)[: int8_check.MOST_IMAGES]
        if len(rows) < int8_check.LEAST_IMAGES or not graphs.has_int8(self.backbone):
            return
        try:
            in_integers = outputs_in_int8(self.dataset, rows, self.config, head)
        except DatasetError:  # images were removed since they were read: the run is whole without this check
            self.logger.note(
                "Images were removed during training, so the run was not checked in 8-bit integers."
            )
            return
        int8_check.write(Run(self.out), outputs[rows], in_integers)

    def _groups(self) -> np.ndarray | None:
        """The group of each training image, where groups are known."""
        table = self.dataset.table
        return table["group"].astype(str).to_numpy()[~self.is_valid] if "group" in table else None

    def _write_head(self, head: Head) -> None:
        """The run's weights: the head alone, with the digest of the backbone that it belongs to."""
        weight, bias = rounded(head)
        layer = "1.2" if self.config.head == "grid" else "1.3"
        # safetensors writes the memory as it lies: a transposed array would come back scrambled
        tensors: dict[str, np.ndarray] = {
            f"{layer}.weight": np.ascontiguousarray(weight, np.float16),
            f"{layer}.bias": np.ascontiguousarray(bias, np.float32),
        }
        notes = weight_files.notes_of(self.backbone)
        write_whole(self.out / files.WEIGHTS, lambda path: save_file(tensors, path, metadata=notes))
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
        runs.save_table(Path(self.out), files.HISTORY, pd.DataFrame([row]))
        self.logger.listener.epoch(row)

    def _seconds(self) -> float:
        return time.monotonic() - self.began
