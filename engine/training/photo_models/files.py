"""The files of the models for photographs: readable settings as JSON, and arrays as safetensors."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from engine import paths
from engine.jobs.atomic_write import write_text, write_whole

VERSION = 2
"""Raised whenever a model's files would be read differently: its weights fit one way to compute the scores."""
FOLDER = paths.SAMPLE_DATA / "photo_models"


class PhotoModelError(Exception):
    """A file of a model is missing or damaged. The message is one plain sentence that says what to do."""


def write(folder: Path, task: str, settings: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> None:
    """Write `<task>.json`, and `<task>.safetensors` where there are arrays."""
    text = json.dumps({"version": VERSION, "task": task, **settings}, indent=1, ensure_ascii=False)
    if arrays:
        contiguous = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
        write_whole(folder / f"{task}.safetensors", lambda temporary: save_file(contiguous, temporary))
    write_text(folder / f"{task}.json", text + "\n")


def read(folder: Path, task: str) -> dict[str, Any]:
    """The settings of a task's model. Raises `PhotoModelError`."""
    path = folder / f"{task}.json"
    try:
        settings = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise _missing(path) from error
    except (OSError, ValueError) as error:
        raise _damaged(path) from error
    if not isinstance(settings, dict) or settings.get("task") != task:
        raise _damaged(path)
    if settings.get("version") != VERSION:
        raise PhotoModelError(
            f"{path.name} has version {settings.get('version')}, but this Loss Lab reads version {VERSION}: "
            f"restore {path.parent.name}/ from the repository, or fit the models again."
        )
    return settings


def read_arrays(
    folder: Path, task: str, shapes: Mapping[str, tuple[int | None, ...]]
) -> dict[str, np.ndarray]:
    """The arrays of a task's model in float32, of these shapes (None: any length). Raises `PhotoModelError`."""
    path = folder / f"{task}.safetensors"
    if not path.is_file():
        raise _missing(path)
    try:
        arrays = {name: np.asarray(array, np.float32) for name, array in load_file(path).items()}
    except (SafetensorError, OSError, ValueError) as error:
        raise _damaged(path) from error
    for name, shape in shapes.items():
        array = arrays.get(name)
        if array is None or not _fits(array, shape):
            raise _damaged(path)
    return arrays


def _fits(array: np.ndarray, shape: tuple[int | None, ...]) -> bool:
    lengths_match = len(array.shape) == len(shape) and all(
        expected in (None, length) for length, expected in zip(array.shape, shape, strict=True)
    )
    return lengths_match and bool(np.isfinite(array).all())


def _missing(path: Path) -> PhotoModelError:
    return PhotoModelError(
        f"{path.name} is missing from {path.parent.name}/: restore it from the repository."
    )


def _damaged(path: Path) -> PhotoModelError:
    return PhotoModelError(f"{path.name} is damaged: restore it from the repository.")
