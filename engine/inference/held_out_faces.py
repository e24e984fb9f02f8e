"""The error of the points model for photographs on faces it has not seen, next to always predicting the mean point."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engine.functional.coordinates import pixel_distance
from engine.runs import PointPredictions
from engine.training.photo_models import files, held_out_points
from engine.training.photo_models.held_out_points import HeldOutPoint

PASTED, CROPS = "pasted", "crops"


@dataclass(frozen=True)
class HeldOutFaces:
    """Held-out predictions for N images with a face, cross-validated by person.

    Attributes:
        predictions: true and predicted points in pixels of each image; the groups are the people.
        baseline_px: (N,) the error of the mean training point of the same kind of image, in the same folds.
        is_found: (N,) whether the model detects a face at all; the errors count all images.
    """

    predictions: PointPredictions
    baseline_px: np.ndarray
    is_found: np.ndarray


def file() -> Path:
    """Where the stored predictions lie."""
    return files.FOLDER / held_out_points.FNAME


def load(kind: str = PASTED) -> HeldOutFaces:
    """The images of a kind: `PASTED` into photographs at any size and place, or the `CROPS` as they are.

    Raises `PhotoModelError` where a file of the model is missing or damaged, ValueError for another kind.
    """
    if kind not in (PASTED, CROPS):
        raise ValueError(f"The kind should be {PASTED!r} or {CROPS!r}, but is {kind!r}.")
    rows = [row for row in held_out_points.read() if row.is_crop == (kind == CROPS)]
    if len({row.fold for row in rows}) < 2:  # none, or no others to take the mean point of
        raise files.damaged(file())
    threshold = files.read(files.FOLDER, "points")["threshold"]
    sizes = np.array([row.size_wh for row in rows], float)
    true, predicted = (np.array([getattr(row, name) for row in rows]) for name in ("true", "predicted"))
    return HeldOutFaces(
        PointPredictions(_names(rows), predicted * sizes, true * sizes, sizes, [row.person for row in rows]),
        pixel_distance(_mean_of_other_folds(rows, true) * sizes, true * sizes),
        np.array([row.face_prob > threshold for row in rows]),
    )


def mean_point_px(size_wh: tuple[int, int]) -> np.ndarray:
    """The mean point (x, y) of all images that the model was fitted with, in pixels of an image of this size.

    Raises `PhotoModelError`.
    """
    return np.array([row.true for row in held_out_points.read()]).mean(axis=0) * size_wh


def _names(rows: Sequence[HeldOutPoint]) -> list[str]:
    counts: dict[str, int] = {}
    names = []
    for row in rows:
        counts[row.person] = counts.get(row.person, 0) + 1
        names.append(f"{row.person}, image {counts[row.person]}")
    return names


def _mean_of_other_folds(rows: Sequence[HeldOutPoint], true: np.ndarray) -> np.ndarray:
    """For each image the mean true point (N, 2) of the images of all other folds, in shares of the sides."""
    fold = np.array([row.fold for row in rows])
    means = {at: true[fold != at].mean(axis=0) for at in set(fold.tolist())}
    return np.array([means[at] for at in fold.tolist()])
