"""Hugging Face ImageFolder: train/ and validation/, each with its images and a metadata.jsonl.

huggingface.co/docs/datasets/image_dataset: metadata.jsonl has an object on each line, whose "file_name" is relative to
the file itself; other keys become columns. Folders called train and validation become the splits.
"""

from __future__ import annotations

import json

from engine import tasks
from engine.data.exports.export_format import Contents, ExportFormat
from engine.data.exports.layout import into_parts, names_in_parts, placed
from engine.data.exports.limitations import turned_images
from engine.data.formats import Dataset
from engine.data.formats.tables.cells import is_missing

TRAIN, VALID = "train", "validation"
SEPARATORS = set(",;|[](){}")
"""Signs in a cell that may stand between labels."""


def contents(dataset: Dataset) -> Contents:
    """Both parts. A column "label" holds one label; "labels" a list, where images have any number of them."""
    names = names_in_parts(dataset)
    has_points = tasks.get(dataset.task).has_points
    is_single = not has_points and _have_one_plain_label(dataset)
    lines: dict[bool, list[str]] = {False: [], True: []}
    for name, row in zip(names, dataset.table.to_dict("records"), strict=True):
        record = {"file_name": name, **_target(row, is_single)}
        record |= {"group": row["group"]} if "group" in row else {}
        lines[bool(row["is_valid"])].append(json.dumps(record, ensure_ascii=False) + "\n")
    texts = {f"{VALID if part else TRAIN}/metadata.jsonl": "".join(held) for part, held in lines.items()}
    limitations = turned_images(dataset) if has_points else []
    return Contents(texts, placed(dataset, into_parts(dataset, names, TRAIN, VALID)), tuple(limitations))


def _target(row: dict, is_single: bool) -> dict:
    if "x" in row:
        return {key: float(row[key]) for key in ("x", "y")} | {
            key: int(row[key]) for key in ("width", "height")
        }
    return {"label": row["labels"][0]} if is_single else {"labels": list(row["labels"])}


def _have_one_plain_label(dataset: Dataset) -> bool:
    """Whether every image has one label, and none could be read as a list or as a missing value."""
    if any(is_missing(label) or set(label) & SEPARATORS for label in dataset.vocab):
        return False
    return all(len(labels) == 1 for labels in dataset.table["labels"])


HUGGING_FACE = ExportFormat(
    "hugging-face",
    "Hugging Face ImageFolder (JSON lines)",
    '`load_dataset("imagefolder", data_dir=…)` reads it: images in `train/` and `validation/`, with a'
    " `metadata.jsonl` in each.",
    contents,
    keeps_groups=True,
)
