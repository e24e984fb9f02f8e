"""A copy of the bundled models for photographs, to damage; and small ones whose files are valid."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from engine.training.photo_models import files, settings

LABELS = {
    "vocab": ["cat", "dog"],
    "thresholds": [0.3, 0.6],
    "temperature": 1.0,
    "backbones": {"photographs": 150528, "photographs-large": 110592},
}
POINT = {"threshold": 0.5, "area": 50176, "backbones": {"photographs": 50176}}


def label_arrays() -> dict[str, np.ndarray]:
    """Arrays that fit `LABELS`; only the dog has weights on the features."""
    return {
        "group_weights": np.zeros((2, settings.CLASSES), np.float16),
        "score_weight": np.ones(2, np.float32),
        "bias": np.arange(2, dtype=np.float32),
        "feature_weight": np.zeros((2560, 1), np.float16),
        "feature_labels": np.ones(1, np.int32),
    }


def point_arrays() -> dict[str, np.ndarray]:
    """Arrays that fit `POINT`."""
    return {"weight": np.zeros((3, 112, 3, 3), np.float16), "bias": np.arange(3, dtype=np.float16)}


def copy(folder: Path) -> Path:
    """The bundled files in a folder of their own, which is returned."""
    return Path(shutil.copytree(files.FOLDER, folder / "photo_models"))


def change(folder: Path, task: str, changes: Mapping[str, Any], without: tuple[str, ...] = ()) -> None:
    """Change settings in a model's JSON, or leave some out, and nothing else."""
    path = folder / f"{task}.json"
    kept = {name: value for name, value in json.loads(path.read_text()).items() if name not in without}
    path.write_text(json.dumps({**kept, **changes}))
