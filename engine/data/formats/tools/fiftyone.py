"""FiftyOne: labels.json next to a folder data/ of images.

FiftyOneImageClassificationDataset gives each image a class or several, FiftyOneImageDetectionDataset objects with boxes
[left, top, width, height] in shares of the image. (docs.voxel51.com, "Exporting FiftyOne datasets")
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from engine.data.formats.evidence import Evidence
from engine.data.formats.files.json_documents import documents, sample
from engine.data.formats.objects.numbers import finite
from engine.data.formats.parsed_source import ParsedSource
from engine.data.formats.phrases import counted
from engine.data.formats.source import Source
from engine.data.formats.tools.annotated_images import Annotated, Point, parsed_images, unique


def find(source: Source) -> Evidence | None:
    """A JSON file of labels for each image by its name."""
    count = sum(
        len(held["labels"]) for held in sample(source) if isinstance(held, dict) and _is_fiftyone(held)
    )
    return (
        Evidence((f"“labels” of {counted(count, 'image')} by their names, as in FiftyOne.",))
        if count
        else None
    )


def read(source: Source, task: str) -> ParsedSource:
    """One row for each image that has labels; for points, the middle of the only box."""
    return parsed_images(source, list(_images(source)), task, unit="fractions")


def _is_fiftyone(held: object) -> bool:
    if not isinstance(held, dict) or not isinstance(held.get("labels"), dict):
        return False
    classes = held.get("classes")
    return (classes is None or isinstance(classes, list)) and all(map(_is_label, held["labels"].values()))


def _is_label(value: object) -> bool:
    listed = value if isinstance(value, list) else [value]
    return all(
        isinstance(one, str | int | type(None)) or (isinstance(one, dict) and "label" in one)
        for one in listed
    )


def _images(source: Source) -> Iterator[Annotated]:
    for file, held in documents(source):
        if not _is_fiftyone(held) or not isinstance(held, dict):
            continue
        classes = held.get("classes") or []
        for name, value in held["labels"].items():
            listed = [one for one in (value if isinstance(value, list) else [value]) if one is not None]
            names = [_name(one, classes) for one in listed]
            fault = "a label is not the number of a class" if None in names else ""
            yield Annotated(
                name,
                f"“{name}” in “{file}”",
                file,
                unique([one or "" for one in names]),
                [_middle(one) for one in listed],
                fault=fault,
                is_labelled=value is not None,
                object_names=[one or "" for one in names],
            )


def _name(one: Any, classes: list) -> str | None:
    """The name of a class that is given by itself, or by its place in the list."""
    label = one["label"] if isinstance(one, dict) else one
    if isinstance(label, str):
        return label
    is_place = isinstance(label, int) and not isinstance(label, bool) and 0 <= label < len(classes)
    return str(classes[label]) if is_place else None


def _middle(one: Any) -> Point | None:
    try:
        left, top, width, height = map(finite, one["bounding_box"])
    except (KeyError, TypeError, ValueError):
        return None
    return left + width / 2, top + height / 2
