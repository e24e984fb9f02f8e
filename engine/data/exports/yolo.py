"""YOLO: folders of classes for one label per image; text files for several labels, and for points as a pose.

docs.ultralytics.com/datasets: classify, detect and pose. Coordinates are shares of the upright image.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePosixPath

import yaml

from engine.data.exports.export_format import Contents, ExportError, ExportFormat, Limitation
from engine.data.exports.layout import into_parts, names_in_parts, placed, with_own_stems
from engine.data.exports.limitations import (
    empty_files,
    point_boxes,
    turned_images,
    unused_images,
    whole_image_boxes,
)
from engine.data.formats import Dataset
from engine.data.formats.phrases import some

TITLE, CONFIG = "YOLO", "data.yaml"
TRAIN, VALID = "train", "val"
WHOLE_IMAGE = "0.5 0.5 1 1"
CORNER = 1e-9
"""A keypoint at (0, 0) means that it is not labelled; this share of a side is written for 0."""


def classes(dataset: Dataset) -> Contents:
    """train/<class>/ and val/<class>/. Raises `ExportError` for a class that cannot be the name of a folder."""
    if impossible := [f"“{label}”" for label in dataset.vocab if not _may_be_folder(label)]:
        raise ExportError(
            f"A class is a folder in YOLO classification, and no folder can be called {some(impossible)}: rename it,"
            " or choose another format."
        )
    unused = unused_images(dataset, "YOLO classification")
    table = dataset.table
    names = zip(into_parts(dataset, names_in_parts(dataset), TRAIN, VALID), table["labels"], strict=True)
    images = {
        _in_class(name, labels[0]): fname
        for (name, labels), fname in zip(names, table["fname"], strict=True)
        if len(labels) == 1
    }
    _require_all(images, [labels for labels in table["labels"] if len(labels) == 1])
    return Contents({}, images, tuple(unused))


def boxes(dataset: Dataset) -> Contents:
    """A line for each label of an image, with the whole image as its box; an empty file without a label."""
    number = {label: at for at, label in enumerate(dataset.vocab)}
    limitations = [
        *whole_image_boxes(dataset, TITLE),
        *empty_files(dataset, TITLE, "an empty text file, as for a background image, is written"),
    ]
    return _with_text_files(
        dataset,
        lambda row: "".join(f"{number[label]} {WHOLE_IMAGE}\n" for label in row["labels"]),
        {"names": dict(enumerate(dataset.vocab))},
        limitations,
    )


def pose(dataset: Dataset) -> Contents:
    """One object with one visible keypoint for each image; its box is the whole image."""
    about = {"names": {0: "object"}, "kpt_shape": [1, 3], "flip_idx": [0], "kpt_names": {0: ["point"]}}
    limitations = [*point_boxes(TITLE, "the whole image"), *turned_images(dataset)]
    return _with_text_files(dataset, _keypoint, about, limitations)


def _with_text_files(
    dataset: Dataset, lines: Callable[[dict], str], about: dict, limitations: list[Limitation]
) -> Contents:
    """images/ and labels/, each with a folder for each part, and data.yaml."""
    names, other_names = with_own_stems(names_in_parts(dataset), TITLE)
    names = [f"images/{name}" for name in into_parts(dataset, names, TRAIN, VALID)]
    rows = dataset.table.to_dict("records")
    texts = {_label_file(name): lines(row) for name, row in zip(names, rows, strict=True)}
    config = {"train": f"images/{TRAIN}", "val": f"images/{VALID}", **about}
    texts[CONFIG] = yaml.safe_dump(config, allow_unicode=True, sort_keys=False, width=1000)
    return Contents(texts, placed(dataset, names), (*limitations, *other_names))


def _keypoint(row: dict) -> str:
    x, y = (max(float(row[axis]) / row[side], CORNER) for axis, side in (("x", "width"), ("y", "height")))
    return f"0 {WHOLE_IMAGE} {x!r} {y!r} 2\n"


def _label_file(image: str) -> str:
    """Where YOLO looks for the text file: the last folder called images becomes labels."""
    path = PurePosixPath(image)
    folders = list(path.parts[:-1])
    folders[len(folders) - 1 - folders[::-1].index("images")] = "labels"
    return "/".join([*folders, f"{path.stem}.txt"])


def _in_class(name: str, label: str) -> str:
    """The name below the folder of its class, which is not repeated where the image lies in one already."""
    part, _, inside = name.partition("/")
    return f"{part}/{label}/{inside.removeprefix(f'{label}/')}"


def _may_be_folder(label: str) -> bool:
    return not (set(label) & {"/", "\\", "\0"} or label.startswith(".") or label != label.strip())


def _require_all(images: dict, rows: list) -> None:
    if len(images) != len(rows):
        raise ExportError(
            "Two images of a class would have the same name; rename one, or choose another format."
        )


CLASSES = ExportFormat(
    "yolo",
    "YOLO (classification)",
    "A folder for each class below `train/` and `val/`, as Ultralytics and torchvision's ImageFolder read it.",
    classes,
)
BOXES = ExportFormat(
    "yolo",
    "YOLO (detection)",
    "`data.yaml`, images in `images/train/` and `images/val/`, and a text file for each in `labels/`, with a line for"
    " each label.",
    boxes,
)
POSE = ExportFormat(
    "yolo",
    "YOLO (pose)",
    "`data.yaml` with `kpt_shape: [1, 3]`, images in `images/train/` and `images/val/`, and a text file for each in"
    " `labels/`, with one keypoint.",
    pose,
)
