"""The files of the models for photographs: readable settings as JSON, and arrays as safetensors.

The JSON holds the SHA-256 of the arrays it was written with, so two files that do not belong together are refused.
"""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load, save

from engine import paths
from engine.jobs.atomic_write import write_text, write_whole
from engine.training.photo_models import settings as model_settings

VERSION = 2
"""Raised whenever a model's files would be read differently: its weights fit one way to compute the scores."""
FOLDER = paths.SAMPLE_DATA / "photo_models"
_UNREADABLE = (SafetensorError, OSError, ValueError, KeyError, TypeError)


class PhotoModelError(ValueError):
    """A file of a model is missing or damaged. The message is one plain sentence that says what to do."""


def write(folder: Path, task: str, settings: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> None:
    """Write `<task>.safetensors` where there are arrays, then `<task>.json` with their digest.

    What stops in between leaves a pair that does not belong together, which `read_arrays` refuses. Raises ValueError,
    before anything is written, where a number is not finite.
    """
    written = {"version": VERSION, "task": task, **settings}
    data = array_bytes(arrays) if arrays else b""
    if data:
        written[model_settings.DIGEST] = hashlib.sha256(data).hexdigest()
    text = json.dumps(written, indent=1, ensure_ascii=False, allow_nan=False)
    if data:
        write_whole(folder / f"{task}.safetensors", lambda temporary: temporary.write_bytes(data))
    write_text(settings_file(task, folder), text + "\n")


def array_bytes(arrays: Mapping[str, np.ndarray], metadata: dict[str, str] | None = None) -> bytes:
    """Arrays in the format of safetensors. Raises ValueError where a number is not finite."""
    for name, array in arrays.items():
        if not np.isfinite(array).all():
            raise ValueError(f"The array {name} holds a number that is not finite.")
    # safetensors writes raw memory: a transposed array would be scrambled
    return save({name: np.ascontiguousarray(array) for name, array in arrays.items()}, metadata)


def settings_file(task: str, folder: Path | None = None) -> Path:
    """Where the settings of a task's model lie; `folder` is by default that of the bundled models."""
    return (folder or FOLDER) / f"{task}.json"


def read(folder: Path, task: str) -> dict[str, Any]:
    """The settings of a task's model, complete and of the right types. Raises `PhotoModelError`."""
    path = settings_file(task, folder)
    try:
        settings = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise missing(path) from error
    except (OSError, ValueError, RecursionError) as error:
        raise damaged(path) from error
    if not isinstance(settings, dict) or settings.get("task") != task:
        raise damaged(path)
    version = settings.get("version")
    if not isinstance(version, int):
        raise damaged(path)
    if version != VERSION:
        raise PhotoModelError(
            f"{path.name} has version {version}, but this Loss Lab reads version {VERSION}: "
            f"restore {path.parent.name}/ from the repository, or fit the models again."
        )
    if not model_settings.are_valid(task, settings):
        raise damaged(path)
    return settings


def identity(settings: Mapping[str, Any]) -> str:
    """A digest of all settings of a model, and so of its arrays: models that predict otherwise have another."""
    return hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()


def read_arrays(folder: Path, settings: Mapping[str, Any]) -> dict[str, np.ndarray]:
    """The arrays that belong to the settings of a model: indices as integers, all others in float32.

    Raises `PhotoModelError`.
    """
    path = folder / f"{settings['task']}.safetensors"
    if not path.is_file():
        raise missing(path)
    try:
        data = path.read_bytes()
        arrays = load(data)
    except _UNREADABLE as error:
        raise damaged(path) from error
    if hashlib.sha256(data).hexdigest() != settings[model_settings.DIGEST]:
        raise foreign(path, settings["task"])
    if not _fit(arrays, model_settings.shapes(settings)):
        raise damaged(path)
    indices = arrays.pop("feature_labels", None)
    floats = {name: np.asarray(array, np.float32) for name, array in arrays.items()}
    if indices is None:
        return floats
    if not _are_indices(indices, len(settings["vocab"])):
        raise damaged(path)
    return floats | {"feature_labels": indices.astype(int)}


def _fit(arrays: Mapping[str, np.ndarray], shapes: Mapping[str, tuple[int | str, ...]]) -> bool:
    """Whether all arrays are there, finite, and of lengths that agree with each other."""
    lengths: dict[str, int] = {}
    for name, shape in shapes.items():
        array = arrays.get(name)
        if array is None or array.ndim != len(shape) or not np.isfinite(array).all():
            return False
        for length, expected in zip(array.shape, shape, strict=True):
            if length != (lengths.setdefault(expected, length) if isinstance(expected, str) else expected):
                return False
    return True


def _are_indices(array: np.ndarray, count: int) -> bool:
    """Whether an array holds different integers from 0 to `count - 1`."""
    is_whole = np.issubdtype(array.dtype, np.integer)
    return is_whole and len(np.unique(array)) == len(array) and bool(((array >= 0) & (array < count)).all())


def missing(path: Path) -> PhotoModelError:
    """The error where a file is not there."""
    return PhotoModelError(
        f"{path.name} is missing from {path.parent.name}/: restore it from the repository."
    )


def damaged(path: Path) -> PhotoModelError:
    """The error where a file cannot be used."""
    return PhotoModelError(f"{path.name} is damaged: restore it from the repository.")


def foreign(path: Path, task: str) -> PhotoModelError:
    """The error where a file was not written with the JSON of a task's model."""
    return PhotoModelError(
        f"{path.name} does not belong to {task}.json: restore both from the repository, or fit the model again."
    )
