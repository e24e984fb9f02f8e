"""Label Studio: its exports JSON, JSON-MIN and CSV.

labelstud.io/guide/export. JSON keeps every annotation of a task with its results; JSON-MIN and CSV have an object or
a row for each annotation, with the results in columns called as the tags that made them.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from engine.data.formats.assumptions import AmbiguousError
from engine.data.formats.evidence import Evidence
from engine.data.formats.files.json_documents import documents
from engine.data.formats.objects.lone_objects import wants_points
from engine.data.formats.parsed_source import ParsedSource
from engine.data.formats.phrases import counted, some
from engine.data.formats.read_options import ReadOptions
from engine.data.formats.source import Source
from engine.data.formats.tools.annotated_images import Annotated, Point, parsed_images, unique
from engine.data.formats.tools.label_studio_names import image_in, on_disk
from engine.data.formats.tools.label_studio_results import Result, results_of, results_of_column

ABOUT = {
    *("id", "annotation_id", "annotator", "annotators", "created_at", "updated_at", "lead_time", "agreement"),
    *("annotation_created_at", "annotation_updated_at", "comment", "unread_comment_count", "file_upload"),
}
"""The columns of JSON-MIN and CSV that are about the annotation itself."""
MARKS = ("annotation_id", "annotator", "lead_time")


@dataclass(frozen=True)
class Annotation:
    """One annotation of one image: the results by the names of the tags that made them."""

    image: str
    where: str
    file: str
    results: tuple[Result, ...]
    is_labelled: bool = True
    fault: str = ""


def find(source: Source) -> Evidence | None:
    """JSON of tasks with annotations, or JSON or a table with the columns that Label Studio adds to annotations."""
    files = list(_files(source))
    if not files:
        return None
    count = counted(sum(len(rows) for _, rows, _ in files), "task")
    return Evidence((f"{some([f'“{name}”' for name, *_ in files])}: {count} of Label Studio.",))


def read(source: Source, task: str, options: ReadOptions) -> ParsedSource:
    """One row for each annotated image, labelled by choices and by labels of regions.

    `label_columns` names the tags that count, where there are several. Annotators who disagree about an image set it
    aside. For points, the place of the only region.
    """
    by_image: dict[str, list[Annotation]] = defaultdict(list)
    for name, rows, is_min in _files(source):
        for annotation in _annotations(source, name, rows, is_min):
            by_image[annotation.image].append(annotation)
    tags = _tags([one for ones in by_image.values() for one in ones], options, wants_points(task))
    images = [_image(annotations, tags) for annotations in by_image.values()]
    return parsed_images(source, images, task, unit="percent")


def _files(source: Source) -> Iterator[tuple[str, list[dict[str, Any]], bool]]:
    """Each file with its tasks or rows, and whether it is JSON-MIN or CSV."""
    for name, held in documents(source):
        if not isinstance(held, list) or not held or not all(isinstance(one, dict) for one in held):
            continue
        if all(
            isinstance(one.get("annotations"), list) and isinstance(one.get("data"), dict) for one in held
        ):
            yield name, held, False
        elif _is_min(held[0]):
            yield name, held, True
    for table in source.tables:
        rows = (dict(zip(table.header, cells, strict=True)) for _, cells in table.rows)
        first = next(rows, None)
        if first and _is_min(first) and not table.path.name.lower().endswith(".json"):
            unpacked = [{key: _unpacked(cell) for key, cell in row.items()} for row in (first, *rows)]
            yield source.name_of(table), unpacked, True


def _is_min(row: dict) -> bool:
    return sum(mark in row for mark in MARKS) >= 2 and image_in(_data(row)) is not None


def _data(row: dict) -> dict:
    return {key: value for key, value in row.items() if key not in ABOUT}


def _unpacked(cell: str) -> Any:
    """What a cell holds: JSON, where it is a list or object."""
    if not cell.lstrip().startswith(("[", "{")):
        return cell
    try:
        return json.loads(cell)
    except (ValueError, RecursionError):
        return cell


def _annotations(source: Source, file: str, rows: Sequence[dict], is_min: bool) -> Iterator[Annotation]:
    for at, row in enumerate(rows, 1):
        where = f"task {row.get('id', at)} of “{file}”"
        data = _data(row) if is_min else row["data"]
        key = image_in(data)
        image = on_disk(source, str(data[key])) if key else where
        if is_min:
            columns = [(name, value) for name, value in data.items() if name != key]
            yield Annotation(
                image, where, file, tuple(r for n, v in columns for r in results_of_column(n, v))
            )
            continue
        made = [one for one in row["annotations"] if isinstance(one, dict) and not one.get("was_cancelled")]
        for one in made:
            listed = one.get("result")
            is_broken = not isinstance(listed, list) or not all(isinstance(held, dict) for held in listed)
            fault = "its result is not a list of objects" if is_broken else ""
            yield Annotation(image, where, file, tuple(results_of(listed)), fault=fault)
        if not made:
            yield Annotation(image, where, file, (), is_labelled=False)


def _tags(annotations: Sequence[Annotation], options: ReadOptions, for_points: bool) -> set[str]:
    """The names of the tags or columns that count: those that were said, or the only one."""
    made = sorted({result.tag for annotation in annotations for result in annotation.results})
    if options.label_columns:
        return set(options.label_columns)
    if len(made) > 1 and not for_points:
        told = ", ".join(f"“{name}”" for name in made)
        raise AmbiguousError(
            f"Label Studio's export has several kinds of labels for each image: {told}.",
            ["label_columns"],
            [{"label_columns": (name,)} for name in made],
        )
    return set(made)


def _image(annotations: Sequence[Annotation], tags: set[str]) -> Annotated:
    """The labels of an image, where all who annotated it agree."""
    made = [one for one in annotations if one.is_labelled]
    first = annotations[0]
    labels = [_labels(one, tags) for one in made]
    fault = "" if len({frozenset(one) for one in labels}) < 2 else f"its {len(made)} annotations disagree"
    fault = next((one.fault for one in made if one.fault), fault)
    results = [result for result in (made[0].results if made else ()) if result.tag in tags]
    regions = [result for result in results if result.is_region] if len(made) == 1 else []
    objects: list[Point | None] = [result.place for result in regions]
    return Annotated(
        first.image,
        first.where,
        first.file,
        labels[0] if labels else (),
        objects,
        fault=fault,
        is_labelled=bool(made),
        object_names=[(result.labels or ("",))[0].strip() for result in regions],
    )


def _labels(annotation: Annotation, tags: set[str]) -> tuple[str, ...]:
    return unique([label for result in annotation.results if result.tag in tags for label in result.labels])
