"""CreateML: a JSON list of images, each with its labels, or with labels and the middles of boxes in pixels.

Apple, "Building an object detector data source" and "MLImageClassifier.DataSource.labeledFiles".
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

IMAGE = ("image", "imagefilename")
ANNOTATIONS = ("annotations", "annotation")


def find(source: Source) -> Evidence | None:
    """JSON lists of objects with an image and annotations that are labels, or have labels."""
    count = sum(len(held) for held in sample(source) if _is_createml(held) and isinstance(held, list))
    return (
        Evidence((f"JSON lists {counted(count, 'image')} with annotations, as CreateML does.",))
        if count
        else None
    )


def read(source: Source, task: str) -> ParsedSource:
    """One row for each image, labelled by its annotations; for points, the middle of the only box."""
    return parsed_images(source, list(_images(source)), task)


def _is_createml(held: object) -> bool:
    return isinstance(held, list) and bool(held) and all(_is_image(one) for one in held)


def _is_image(one: object) -> bool:
    if not isinstance(one, dict) or not isinstance(_first(one, IMAGE), str):
        return False
    listed = _first(one, ANNOTATIONS)
    if isinstance(listed, str):
        return True
    return isinstance(listed, list) and all(_label(each) is not None for each in listed)


def _images(source: Source) -> Iterator[Annotated]:
    for file, held in documents(source):
        if not _is_createml(held) or not isinstance(held, list):
            continue
        for at, one in enumerate(held, 1):
            listed = _first(one, ANNOTATIONS)
            annotations = [listed] if isinstance(listed, str) else listed
            names = [_label(each) or "" for each in annotations]
            objects = [_middle(each) for each in annotations]
            where = f"image {at} of “{file}”"
            yield Annotated(_first(one, IMAGE), where, file, unique(names), objects, object_names=names)


def _first(one: dict, keys: tuple[str, ...]) -> Any:
    return next((one[key] for key in keys if key in one), None)


def _label(annotation: object) -> str | None:
    label = annotation.get("label") if isinstance(annotation, dict) else annotation
    return label if isinstance(label, str) else None


def _middle(annotation: object) -> Point | None:
    """The coordinates, which are the middle of the box."""
    where = annotation.get("coordinates") if isinstance(annotation, dict) else None
    try:
        return (finite(where["x"]), finite(where["y"])) if isinstance(where, dict) else None
    except (KeyError, ValueError):
        return None
