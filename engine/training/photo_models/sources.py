"""The two datasets that the models for photographs are fitted on, in their folders; not shipped."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from pathlib import Path

import numpy as np
import yaml
from PIL import Image

from engine.images import ImageError, open_image
from engine.training.photo_models.face_scenes import Face
from engine.training.photo_models.folds import FOLDS

LEAST_IMAGES = 2 * FOLDS
"""Folds are made among the images of all other folds, too."""
_JPEG = (".jpg", ".jpeg")


class SourceError(ValueError):
    """A dataset cannot be fitted on. The message is one plain sentence that names the file."""


@dataclass(frozen=True)
class Photographs:
    """Photographs with the labels of the objects in them: paths (N), targets (N, C) of 0 or 1, and the C names."""

    paths: list[Path]
    targets: np.ndarray
    names: list[str]

    def of(self, labels: list[str]) -> np.ndarray:
        """The targets (N, K) of these labels."""
        return self.targets[:, [self.names.index(label) for label in labels]]

    def without(self, labels: list[str]) -> list[Path]:
        """The photographs in which none of these labels is."""
        return [path for path, row in zip(self.paths, self.of(labels), strict=True) if not row.any()]


def read_coco(folder: Path) -> Photographs:
    """A folder in YOLO's layout: `data.yaml`, `images/<split>/`, `labels/<split>/`. No label file: no objects.

    Raises FileNotFoundError where `data.yaml` or the images are missing, and `SourceError` where a file is damaged.
    """
    names = _names(folder / "data.yaml")
    paths = sorted(path for path in (folder / "images").glob("*/*") if path.suffix.lower() in _JPEG)
    if not paths:
        raise FileNotFoundError(2, "There are no images", str(folder / "images"))
    targets = np.zeros((len(paths), len(names)), np.uint8)
    for row, path in zip(targets, paths, strict=True):
        _opened(path)
        objects = folder / "labels" / path.parent.name / f"{path.stem}.txt"
        if objects.is_file():
            row[_classes(objects, len(names))] = 1
    if not targets.any():
        raise SourceError("No file in labels/ marks an object: copy the labels of the images there.")
    return Photographs(paths, targets, names)


def check_labels(photographs: Photographs, labels: Sequence[str]) -> None:
    """Raise `SourceError` where photographs are too few, or a label is not named or in none of them."""
    unnamed = [label for label in labels if label not in photographs.names]
    if unnamed:
        raise SourceError(f"data.yaml does not name the label {unnamed[0]}: use the names of COCO.")
    if len(photographs.paths) < LEAST_IMAGES:
        raise SourceError(
            f"images/ should hold at least {LEAST_IMAGES} photographs, but holds {len(photographs.paths)}."
        )
    for label, positives in zip(labels, photographs.of(list(labels)).sum(0), strict=True):
        if not positives:
            raise SourceError(f"No photograph in images/ shows the label {label}: add some that do.")


def check_faces(photographs: Photographs, faces: Sequence[Face]) -> None:
    """Raise `SourceError` where people, or photographs without people, are fewer than the folds."""
    if "person" not in photographs.names:
        raise SourceError("data.yaml does not name the label person: use the names of COCO.")
    people, without = len({face.person for face in faces}), len(photographs.without(["person"]))
    if people < FOLDS:
        raise SourceError(
            f"points.csv names too few people ({people} of at least {FOLDS}): add faces of others."
        )
    if without < FOLDS:
        raise SourceError(
            f"images/ should hold at least {FOLDS} photographs without people, but holds {without}."
        )


def read_faces(folder: Path) -> list[Face]:
    """A folder with `images/` and `points.csv` (fname, x, y, group).

    Raises FileNotFoundError where `points.csv` is missing, and `SourceError` where it or an image cannot be used.
    """
    path = folder / "points.csv"
    try:
        with open(path, newline="", encoding="utf-8") as opened:
            rows = [
                (row["fname"], float(row["x"]), float(row["y"]), row["group"])
                for row in csv.DictReader(opened)
            ]
    except (ValueError, KeyError, TypeError, csv.Error) as error:
        raise SourceError(
            f"{path.name} cannot be used: it should hold fname, x, y and group in every row."
        ) from error
    for fname, x, y, _ in rows:
        if not (isfinite(x) and isfinite(y)):
            raise SourceError(f"{path.name} gives {fname} no finite point: correct that row.")
    return [Face(_opened(folder / "images" / fname), (x, y), person) for fname, x, y, person in rows]


def _names(path: Path) -> list[str]:
    """The names of the classes in `data.yaml`, which are a list or numbered from 0."""
    try:
        record = yaml.safe_load(path.read_bytes())
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise SourceError(f"{path.name} cannot be read as YAML in UTF-8: correct it.") from error
    names = record.get("names") if isinstance(record, dict) else None
    if isinstance(names, dict) and set(names) == set(range(len(names))):
        names = [names[number] for number in range(len(names))]
    if not isinstance(names, list) or not names or not all(isinstance(name, str) for name in names):
        raise SourceError(f"{path.name} should list the names of the classes under names.")
    return names


def _classes(path: Path, count: int) -> list[int]:
    """The class of each object in a label file."""
    try:
        words = [line.split()[0] for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    except ValueError as error:
        raise SourceError(f"{path.name} in labels/ is not UTF-8: restore it.") from error
    for word in words:
        if not (word.isascii() and word.isdigit() and len(word) < 10 and int(word) < count):
            raise SourceError(
                f"{path.name} in labels/ has the class {word[:20]!r}, but classes go from 0 to {count - 1}."
            )
    return [int(word) for word in words]


def _opened(path: Path) -> Image.Image:
    try:
        return open_image(path)
    except (ImageError, OSError) as error:
        raise SourceError(f"{path.name} in images/ cannot be read: restore or remove it.") from error
