"""The race over photographs: features of images that are not shipped, their targets, and the example photographs.

Two files in `sample_data/race_photographs/`, written by `photograph_features.py`: `labels` (COCO photographs with the
12 labels of the drawn scenes) and `points` (face crops with the point between the eyes). Each holds features `pooled`
(N, 1280) float16, `points` also `grid` (N, 5488); `is_valid` (N,); and the targets: `labels` (N, C) of 0 and 1, or
`points_px` and `sizes_wh` (N, 2). `example_pooled` and `example_grid` are the features of E example photographs. The
metadata names the files, the vocabulary, the groups and the examples.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image
from safetensors import SafetensorError, safe_open
from safetensors.numpy import load_file, save_file

from engine import paths
from engine.data.formats import Dataset, DatasetError
from engine.experiments.loss_race.config import RaceConfig
from engine.experiments.loss_race.task_data import Course
from engine.jobs.atomic_write import write_whole
from engine.tasks import MULTI_LABEL, POINTS
from engine.training.backbones import PHOTOGRAPHS

VERSION = "1"
FILES = {MULTI_LABEL: "labels.safetensors", POINTS: "points.safetensors"}
NAMES = {MULTI_LABEL: "photographs of COCO", POINTS: "face crops"}
POOLED, GRID = "pooled", "grid"
"""The inputs of the heads: the mean of each channel over the whole image, or over each of 7 x 7 parts of it."""
PARTS = 7
_NAMED = ("fnames", "vocab", "groups", "examples")


def folder() -> Path:
    """The folder of the two files."""
    return paths.SAMPLE_DATA / "race_photographs"


@dataclass(frozen=True)
class PhotographCourse:
    """A course over photographs, and the features (F,) of each example photograph by its file name."""

    course: Course
    examples: dict[str, np.ndarray]


def of_image(image: Image.Image, sees: str = POOLED) -> np.ndarray:
    """The features (F,) float32 of an upright RGB image, `POOLED` or `GRID`. Raises `WeightsError`."""
    from engine.images.resize import to_square
    from engine.training import features
    from engine.training.backbones import GRID as GRID_OUTPUT

    if sees == POOLED:
        pooled = features.of_image(image, PHOTOGRAPHS)
        return pooled[len(pooled) // 2 :]  # the first half is the maximum of each channel
    grid = features.of_squares([to_square(image, PHOTOGRAPHS.size)], PHOTOGRAPHS, GRID_OUTPUT)[0]
    channels, side, _ = grid.shape
    cells = grid.reshape(channels, PARTS, side // PARTS, PARTS, side // PARTS)
    return cells.mean(axis=(2, 4)).ravel()


def write(task: str, arrays: Mapping[str, np.ndarray], names: Mapping[str, Sequence[str]], to: Path) -> None:
    """Write a task's file into the folder `to`, with its arrays and the names that belong to their rows."""
    metadata = {"version": VERSION} | {name: json.dumps(list(names.get(name, ()))) for name in _NAMED}
    contiguous = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    write_whole(_file(to, task), lambda temporary: save_file(contiguous, temporary, metadata=metadata))


def load(task: str, sees: str = POOLED, source: Path | None = None) -> PhotographCourse:
    """The course of a task; `GRID` exists for points only.

    Raises `DatasetError` where the task's file is missing, damaged, or of another version.
    """
    path = _file(source or folder(), task)
    if not path.is_file():
        raise DatasetError(
            f"{path.name} is missing from {path.parent.name}/: restore it from the repository."
        )
    try:
        arrays, names = _read(path)
        dataset = _DATASETS[task](arrays, names)
        course = Course.of(dataset, arrays[sees].astype(np.float32))
        examples = dict(zip(names["examples"], arrays[f"example_{sees}"].astype(np.float32), strict=True))
    except (SafetensorError, OSError, ValueError, KeyError, TypeError, IndexError) as error:
        raise DatasetError(f"{path.name} is damaged: restore it from the repository.") from error
    watched = course.standardised(np.stack(list(examples.values())))
    return PhotographCourse(replace(course, watched_features=watched), examples)


def start(task: str) -> RaceConfig:
    """The initial settings of the race: larger learning rates overfit so few faces immediately."""
    return _START[task]


def _file(source: Path, task: str) -> Path:
    return source / FILES[task]


def _read(path: Path) -> tuple[dict[str, np.ndarray], dict[str, list[str]]]:
    with safe_open(path, "numpy") as opened:
        metadata = opened.metadata() or {}
        if metadata.get("version") != VERSION:
            raise ValueError(f"version {metadata.get('version')}")
    return load_file(path), {name: json.loads(metadata[name]) for name in _NAMED}


def _labelled(arrays: Mapping[str, np.ndarray], names: Mapping[str, list[str]]) -> Dataset:
    vocab = np.array(names["vocab"])
    table = pd.DataFrame(
        {
            "fname": names["fnames"],
            "labels": [tuple(map(str, vocab[row == 1])) for row in arrays["labels"]],
            "is_valid": arrays["is_valid"].astype(bool),
        }
    )
    return Dataset(NAMES[MULTI_LABEL], MULTI_LABEL, folder(), table, tuple(names["vocab"]))


def _pointed(arrays: Mapping[str, np.ndarray], names: Mapping[str, list[str]]) -> Dataset:
    points, sizes = arrays["points_px"], arrays["sizes_wh"]
    table = pd.DataFrame(
        {
            "fname": names["fnames"],
            "x": points[:, 0].astype(float),
            "y": points[:, 1].astype(float),
            "width": sizes[:, 0].astype(int),
            "height": sizes[:, 1].astype(int),
            "is_valid": arrays["is_valid"].astype(bool),
            "group": names["groups"],
        }
    )
    return Dataset(NAMES[POINTS], POINTS, folder(), table)


_DATASETS: dict[str, Callable[..., Dataset]] = {MULTI_LABEL: _labelled, POINTS: _pointed}
_START = {MULTI_LABEL: RaceConfig(MULTI_LABEL), POINTS: RaceConfig(POINTS, lr=1e-4)}
