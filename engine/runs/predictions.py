"""The predictions of a run for its validation images, and the tables that they are saved in."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from engine import tasks
from engine.config import TrainConfig
from engine.functional import loss_registry
from engine.functional.decisions import decide
from engine.runs import files
from engine.runs.table_files import save_table


@dataclass(frozen=True)
class Predictions:
    """A run's outputs for its validation images: `logits` (N, C), `targets` (N, C) of 0/1."""

    fnames: list[str]
    logits: np.ndarray
    targets: np.ndarray
    vocab: tuple[str, ...]
    task: str
    loss: str = ""
    temperatures: np.ndarray | None = None

    @cached_property
    def probs(self) -> np.ndarray:
        """(N, C): sigmoids or softmax, as the run's loss has it, of the logits divided by their `temperatures` (C,)."""
        logits = self.logits if self.temperatures is None else self.logits / self.temperatures
        return loss_registry.choice(self.task, self.loss or tasks.get(self.task).losses[0]).predictions(
            logits
        )

    def decisions(self, thresholds: Mapping[str, float]) -> np.ndarray:
        """(N, C) bool: the labels that are predicted, given a threshold for each of them."""
        return decide(self.task, self.probs, [thresholds[label] for label in self.vocab])

    def with_temperatures(self, temperatures: np.ndarray | None) -> "Predictions":
        """The same with other temperatures (C,), or uncalibrated."""
        return replace(self, temperatures=temperatures)


@dataclass(frozen=True)
class PointPredictions:
    """Predicted and true points (N, 2) in pixels of each image, whose sizes are `sizes_wh` (N, 2)."""

    fnames: list[str]
    points_px: np.ndarray
    targets_px: np.ndarray
    sizes_wh: np.ndarray
    groups: list[str]


def labels_table(predictions: Predictions) -> pd.DataFrame:
    """The table that `Run.predictions` reads back for labels."""
    columns: dict[str, object] = {"fname": predictions.fnames}
    columns |= {f"logit:{label}": predictions.logits[:, i] for i, label in enumerate(predictions.vocab)}
    columns |= {f"target:{label}": predictions.targets[:, i] for i, label in enumerate(predictions.vocab)}
    return pd.DataFrame(columns)


def points_table(predictions: PointPredictions) -> pd.DataFrame:
    """The table that `Run.predictions` reads back for points."""
    columns: dict[str, object] = {"fname": predictions.fnames, "group": predictions.groups}
    for kind, points in (("predicted", predictions.points_px), ("target", predictions.targets_px)):
        columns |= {f"{kind}_x": points[:, 0], f"{kind}_y": points[:, 1]}
    return pd.DataFrame(columns | {"width": predictions.sizes_wh[:, 0], "height": predictions.sizes_wh[:, 1]})


def read_labels(table: pd.DataFrame, vocab: tuple[str, ...], config: TrainConfig) -> Predictions:
    """What `labels_table` was made of, uncalibrated. Raises KeyError or ValueError where a column is missing."""
    logits = table[[f"logit:{label}" for label in vocab]].to_numpy(np.float32)
    targets = table[[f"target:{label}" for label in vocab]].to_numpy(np.uint8)
    return Predictions(table["fname"].tolist(), logits, targets, vocab, config.task, config.loss)


def read_points(table: pd.DataFrame) -> PointPredictions:
    """What `points_table` was made of. Raises KeyError or ValueError where a column is missing."""
    predicted, target = (
        table[[f"{kind}_x", f"{kind}_y"]].to_numpy(float) for kind in ("predicted", "target")
    )
    sizes_wh = table[["width", "height"]].to_numpy(float)
    return PointPredictions(table["fname"].tolist(), predicted, target, sizes_wh, table["group"].tolist())


def save_predictions(folder: Path, predictions: Predictions | PointPredictions) -> None:
    """Write what `Run.predictions` reads back."""
    table = labels_table(predictions) if isinstance(predictions, Predictions) else points_table(predictions)
    save_table(folder, files.PREDICTIONS, table)
