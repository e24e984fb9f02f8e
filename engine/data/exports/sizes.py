"""The sizes of images, for formats that write them down."""

from __future__ import annotations

from engine import tasks
from engine.data.formats import Dataset
from engine.images import ImageError, image_size


def size_wh(dataset: Dataset, row: dict) -> tuple[int, int]:
    """Width and height in pixels of a row's upright image; (0, 0) where they cannot be read."""
    if tasks.get(dataset.task).has_points:
        return int(row["width"]), int(row["height"])
    try:
        return image_size(dataset.folder / row["fname"])
    except ImageError:
        return 0, 0
