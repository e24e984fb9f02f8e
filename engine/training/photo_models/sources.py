"""The two datasets that the models for photographs are fitted on, in their folders; not shipped."""

import csv
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engine.images import open_image
from engine.training.photo_models.face_scenes import Face

_NAME = re.compile(r"^\s+(\d+):\s*(.+?)\s*$")


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

    Raises FileNotFoundError where `data.yaml` or the images are missing.
    """
    lines = (folder / "data.yaml").read_text(encoding="utf-8").splitlines()
    names = [match[2] for match in map(_NAME.match, lines) if match]
    paths = sorted((folder / "images").glob("*/*.jpg"))
    if not paths:
        raise FileNotFoundError(2, "There are no images", str(folder / "images"))
    targets = np.zeros((len(paths), len(names)), np.uint8)
    for row, path in zip(targets, paths, strict=True):
        objects = folder / "labels" / path.parent.name / f"{path.stem}.txt"
        if objects.is_file():
            row[[int(line.split()[0]) for line in objects.read_text().splitlines() if line.strip()]] = 1
    return Photographs(paths, targets, names)


def read_faces(folder: Path) -> list[Face]:
    """A folder with `images/` and `points.csv` (fname, x, y, group). Raises FileNotFoundError where it is missing."""
    with open(folder / "points.csv", newline="", encoding="utf-8") as opened:
        return [
            Face(
                open_image(folder / "images" / row["fname"]),
                (float(row["x"]), float(row["y"])),
                row["group"],
            )
            for row in csv.DictReader(opened)
        ]
