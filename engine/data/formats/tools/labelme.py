"""LabelMe: a JSON file next to each image, with shapes and flags.

Wada, labelme: Image Polygonal Annotation with Python, https://github.com/wkentaro/labelme. A shape has a label, a type
and points in pixels; flags are marks on the whole image, which `--flags` offers for classification.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

from engine.data.formats.assumptions import AmbiguousError
from engine.data.formats.evidence import Evidence
from engine.data.formats.files.json_documents import documents, json_names, sample
from engine.data.formats.objects.lone_objects import wants_points
from engine.data.formats.objects.numbers import finite
from engine.data.formats.parsed_source import ParsedSource
from engine.data.formats.phrases import counted
from engine.data.formats.read_options import ReadOptions
from engine.data.formats.source import Source
from engine.data.formats.tools.annotated_images import Annotated, Point, middle, parsed_images, unique

SHAPES, FLAGS = "shapes", "flags"


def find(source: Source) -> Evidence | None:
    """JSON files with shapes and the path of their image."""
    if not any(_is_labelme(held) for held in sample(source)):
        return None
    files = counted(len(json_names(source)), "JSON file")
    return Evidence((f"{files} with “shapes” and “imagePath”, as LabelMe writes them.",))


def read(source: Source, task: str, options: ReadOptions) -> ParsedSource:
    """One row for each file, labelled by its shapes, or by its flags where no image has a shape.

    For points, the place of the only shape: a point, a circle's middle, or the middle of the box around it. Raises
    `AmbiguousError` for labels where there are both shapes and flags; the option `label_columns` names one of them.
    """
    files = [(name, _trimmed(held)) for name, held in documents(source) if _is_labelme(held)]
    use = _which(files, options.label_columns, wants_points(task))
    parsed = parsed_images(source, list(_images(source, files, use)), task)
    if not wants_points(task):
        parsed.assume(
            "labels",
            use,
            "LabelMe keeps labels in shapes, and those of a whole image in flags",
            "label_columns",
        )
    return parsed


def _is_labelme(held: object) -> bool:
    return isinstance(held, dict) and isinstance(held.get(SHAPES), list) and "imagePath" in held


def _trimmed(held: Any) -> dict[str, Any]:
    """What is needed of a file: it may hold the image itself, which would fill the memory."""
    return {key: held.get(key) for key in (SHAPES, FLAGS, "imagePath")}


def _which(files: list[tuple[str, dict]], said: tuple[str, ...], for_points: bool) -> str:
    if for_points or said == (SHAPES,):
        return SHAPES
    has_shapes = any(held[SHAPES] for _, held in files)
    has_flags = any(_marks(held) for _, held in files)
    if said == (FLAGS,) or not has_shapes:
        return FLAGS if has_flags else SHAPES
    if has_flags:
        raise AmbiguousError(
            f"LabelMe's files have shapes and flags, and both can be the labels: name “{SHAPES}” or “{FLAGS}”.",
            ["label_columns"],
            [{"label_columns": (name,)} for name in (SHAPES, FLAGS)],
        )
    return SHAPES


def _marks(held: dict) -> list[str]:
    flags = held[FLAGS] if isinstance(held[FLAGS], dict) else {}
    return [str(name) for name, is_set in flags.items() if is_set is True]


def _images(source: Source, files: list[tuple[str, dict]], use: str) -> Iterator[Annotated]:
    by_stem = {name.rpartition(".")[0]: name for name in source.images}
    known = {PurePosixPath(name).name for name in source.images}
    for file, held in files:
        shapes = [shape for shape in held[SHAPES] if isinstance(shape, dict)]
        names = [str(shape.get("label") or "").strip() for shape in shapes]
        labels = _marks(held) if use == FLAGS else names
        beside = by_stem.get(file.rpartition(".")[0])
        said = PurePosixPath(str(held["imagePath"]).replace("\\", "/")).name
        name = beside or said
        fault = "a shape has no label" if use == SHAPES and not all(label.strip() for label in labels) else ""
        if beside and PurePosixPath(beside).name != said and said in known:
            fault = f"it lies next to “{PurePosixPath(beside).name}” and names “{said}”"
        yield Annotated(
            name,
            f"“{file}”",
            file,
            unique(labels),
            [_place(shape) for shape in shapes],
            fault=fault,
            object_names=names,
        )


def _place(shape: dict) -> Point | None:
    try:
        points = [(finite(x), finite(y)) for x, y in shape["points"]]
    except (KeyError, TypeError, ValueError):
        return None
    if not points:
        return None
    return points[0] if shape.get("shape_type") in ("point", "circle") else middle(points)
