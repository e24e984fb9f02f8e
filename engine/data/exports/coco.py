"""COCO: instances_train.json and instances_val.json with pictures, categories and annotations; pictures in images/.

Lin et al., Microsoft COCO: Common Objects in Context, 2014. A label says that something is in the picture, not where,
and COCO asks for a box: that of a label is the whole picture. A point is one keypoint that is there (v = 2).
"""

from __future__ import annotations

import json

from engine import tasks
from engine.data.exports.layout import Contents, placed, short_names
from engine.data.formats import Dataset
from engine.images import ImageError, image_size

POINT = "point"
FILES = {False: "instances_train.json", True: "instances_val.json"}


def coco(dataset: Dataset) -> Contents:
    """Both files, and every picture; where a picture's size cannot be read, it is told as 0 x 0."""
    vocab = dataset.vocab if tasks.get(dataset.task).has_labels else (POINT,)
    held = {part: {"images": [], "annotations": [], "categories": _categories(vocab)} for part in FILES}
    for number, (name, row) in enumerate(
        zip(short_names(dataset), dataset.table.to_dict("records"), strict=True), 1
    ):
        part = held[bool(row["is_valid"])]
        width, height = _size(dataset, row)
        part["images"].append(_image(number, name, width, height, row.get("group")))
        part["annotations"] += _annotations(number, row, vocab, [0, 0, width, height])
    for part in held.values():
        for number, annotation in enumerate(part["annotations"], 1):
            annotation["id"] = number
    texts = {
        FILES[part]: json.dumps(
            {"info": {"description": dataset.name}, "licenses": [], **told}, ensure_ascii=False
        )
        for part, told in held.items()
    }
    return Contents(texts, placed(dataset, "images"))


def _categories(vocab: tuple[str, ...]) -> list[dict]:
    if vocab == (POINT,):
        return [{"id": 1, "name": POINT, "supercategory": POINT, "keypoints": [POINT], "skeleton": []}]
    return [{"id": at, "name": label, "supercategory": ""} for at, label in enumerate(vocab, 1)]


def _image(number: int, name: str, width: int, height: int, group: str | None) -> dict:
    image = {"id": number, "file_name": name, "width": width, "height": height}
    return image | ({"group": group} if group else {})


def _size(dataset: Dataset, row: dict) -> tuple[int, int]:
    if tasks.get(dataset.task).has_points:
        return int(row["width"]), int(row["height"])
    try:
        return image_size(dataset.folder / row["fname"])
    except ImageError:
        return 0, 0


def _annotations(number: int, row: dict, vocab: tuple[str, ...], whole: list[int]) -> list[dict]:
    common = {
        "image_id": number,
        "bbox": whole,
        "area": whole[2] * whole[3],
        "iscrowd": 0,
        "segmentation": [],
    }
    if "x" in row:
        keypoints = [float(row["x"]), float(row["y"]), 2]
        return [common | {"category_id": 1, "keypoints": keypoints, "num_keypoints": 1}]
    return [common | {"category_id": vocab.index(label) + 1} for label in row["labels"]]
