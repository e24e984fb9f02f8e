"""Where the pictures of a data set lie in what is exported, and what is written next to them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from engine.data.formats import Dataset
from engine.data.formats.images.locate_images import IMAGE_FOLDERS


@dataclass(frozen=True)
class Contents:
    """What goes into the zip: `texts` by file name, `images` the file of each picture by its name in the zip."""

    texts: dict[str, str]
    images: dict[str, Path]


def short_names(dataset: Dataset) -> list[str]:
    """The name of each picture, seen from the folder that all of them lie in, if that is a usual one ("train/")."""
    names = dataset.table["fname"].tolist()
    usual = next(
        (one for one in IMAGE_FOLDERS if one and all(name.startswith(f"{one}/") for name in names)), None
    )
    return [name.removeprefix(f"{usual}/") if usual else name for name in names]


def placed(dataset: Dataset, folder: str) -> dict[str, Path]:
    """Each picture's file, by its name below `folder` in the zip."""
    names = [f"{folder}/{name}" for name in short_names(dataset)]
    return dict(zip(names, dataset.paths(), strict=True))
