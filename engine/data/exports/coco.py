"""COCO: instances_train.json and instances_val.json with images, categories and annotations; images in images/.

Lin et al., Microsoft COCO: Common Objects in Context, 2014. A label says that something is in the image, not where,
and COCO wants a box: that of a label is the whole image. A point is one keypoint that is visible (v = 2).
"""

from __future__ import annotations

import json

from engine import tasks
from engine.data.exports.export_format import Contents, ExportFormat, Limitation
from engine.data.exports.layout import placed, short_names
from engine.data.exports.limitations import point_boxes, turned_images, whole_image_boxes
from engine.data.exports.sizes import size_wh
from engine.data.formats import Dataset

TITLE, POINT = "COCO", "point"
FILES = {False: "instances_train.json", True: "instances_val.json"}


def contents(dataset: Dataset) -> Contents:
    """Both files; an image whose size cannot be read has the size 0 x 0."""
    has_labels = tasks.get(dataset.task).has_labels
    vocab = dataset.vocab if has_labels else (POINT,)
    categories = _categories(vocab) if has_labels else [_category_of_points()]
    parts: dict[bool, dict] = {
        part: {"images": [], "annotations": [], "categories": categories} for part in FILES
    }
    names = short_names(dataset)
    for number, (name, row) in enumerate(zip(names, dataset.table.to_dict("records"), strict=True), 1):
        part = parts[bool(row["is_valid"])]
        width, height = size_wh(dataset, row)
        part["images"].append(_image(number, name, width, height, row.get("group")))
        part["annotations"] += _annotations(number, row, vocab, [0, 0, width, height])
    for part in parts.values():
        for number, annotation in enumerate(part["annotations"], 1):
            annotation["id"] = number
    about = {"info": {"description": dataset.name}, "licenses": []}
    texts = {FILES[part]: json.dumps(about | content, ensure_ascii=False) for part, content in parts.items()}
    images = placed(dataset, [f"images/{name}" for name in names])
    return Contents(texts, images, tuple(_limitations(dataset, has_labels)))


def _limitations(dataset: Dataset, has_labels: bool) -> list[Limitation]:
    if has_labels:
        return whole_image_boxes(dataset, TITLE)
    return [*point_boxes(TITLE, "the whole image"), *turned_images(dataset)]


def _categories(vocab: tuple[str, ...]) -> list[dict]:
    return [{"id": at, "name": label, "supercategory": ""} for at, label in enumerate(vocab, 1)]


def _category_of_points() -> dict:
    return {"id": 1, "name": POINT, "supercategory": POINT, "keypoints": [POINT], "skeleton": []}


def _image(number: int, name: str, width: int, height: int, group: str | None) -> dict:
    image = {"id": number, "file_name": name, "width": width, "height": height}
    return image | ({"group": group} if group else {})


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


COCO = ExportFormat(
    "coco",
    "COCO (JSON)",
    "Two JSON files, `instances_train.json` and `instances_val.json`; images in `images/`.",
    contents,
    keeps_groups=True,
)
