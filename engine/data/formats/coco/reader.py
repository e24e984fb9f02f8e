"""COCO: JSON files with images, categories, and an annotation for each object.

Lin et al., Microsoft COCO: Common Objects in Context, 2014. A box is [left, top, width, height] in pixels, keypoints
are x, y, v for each, where v = 0 means that it is not there. As published, instances_*.json hold the objects and
person_keypoints_*.json the same images again with keypoints.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.data.formats.coco.file import Faults, is_coco, keypoint_names, objects, read_images
from engine.data.formats.coco.points import middles_of_lone_boxes, place_points
from engine.data.formats.coco.rows import Listed, listed_twice, part_of_file, place
from engine.data.formats.evidence import Evidence
from engine.data.formats.files.json_documents import MOST_HELD, documents, json_names, sample
from engine.data.formats.objects.lone_objects import wants_points
from engine.data.formats.parsed_source import ParsedSource, Problem
from engine.data.formats.phrases import counted, some
from engine.data.formats.record import DatasetError
from engine.data.formats.source import Source
from engine.data.formats.splits.folders import part_of
from engine.data.formats.splits.rows import split_rows
from engine.data.formats.tables.text_table import MOST_ROWS

MOST_IMAGES, MOST_ANNOTATIONS = MOST_ROWS, 5 * MOST_ROWS
OBJECTS, KEYPOINTS, OTHERS = (
    "instances_",
    "person_keypoints_",
    ("stuff_", "captions_", "panoptic_", "image_info_"),
)


def find(source: Source) -> Evidence | None:
    """JSON files that hold images, annotations and categories."""
    held = [one for one in sample(source) if is_coco(one)]
    if not held:
        return None
    names = json_names(source)
    if len(names) > MOST_HELD:
        return Evidence((f"{counted(len(names), 'JSON file')} list images and annotations, as COCO does.",))
    files = [(name, one) for name, one in documents(source) if isinstance(one, dict) and is_coco(one)]
    images, annotations = (
        sum(len(objects(one[key])) for _, one in files) for key in ("images", "annotations")
    )
    told = [f"“{name}”" for name, _ in files]
    _not_too_many(images, annotations, told)
    verb = "lists" if len(files) == 1 else "list"
    says = f"{some(told)} {verb} {counted(images, 'image')} and"
    return Evidence((f"{says} {counted(annotations, 'annotation')}, as COCO does.",))


def read(source: Source, task: str, keypoint: str | None = None) -> ParsedSource:
    """One row for each image that is listed, labelled by the names of its categories.

    For points, where an image has exactly one annotation: the keypoint that is meant, or the middle of the box. Several
    files divide the images where their names say train, val and test; of files that list the same images, those with
    objects or keypoints count, as the task needs. Raises `DatasetError` where files say different things of an image.
    """
    parsed, faults = ParsedSource(source.listing), Faults()
    listed = [_listed(file, held, faults) for file, held in _chosen(parsed, source, wants_points(task))]
    images = [image for one in listed for image in one.images]
    _not_too_many(len(images), sum(len(one.objects) for one in images), [f"“{one.file}”" for one in listed])
    rows = place(parsed, listed)
    listed_twice(parsed, rows, wants_points(task))
    if wants_points(task):
        names = next((one.keypoint_names for one in listed if one.keypoint_names), [])
        place_points(parsed, rows, names, keypoint)
    else:
        _set_torn_aside(parsed, rows)
        middles_of_lone_boxes(rows)
    parsed.problems += faults.problems(wants_points(task))
    parsed.notes += faults.set_aside()
    if not parsed.rows and (faults.lost or faults.nameless):
        parsed.problems += faults.set_aside()
    _divide(parsed, source, {row.fname: file for row, _, file in rows})
    return parsed


def _listed(file: str, held: dict, faults: Faults) -> Listed:
    return Listed(file, read_images(file, held, faults), keypoint_names(held))


def _chosen(parsed: ParsedSource, source: Source, for_points: bool) -> Iterator[tuple[str, dict]]:
    """The files to read. Those that publish the same images for another task are left out, and that is told."""
    unwanted = (OBJECTS, *OTHERS) if for_points else (KEYPOINTS, *OTHERS)
    wanted = KEYPOINTS if for_points else OBJECTS
    has_wanted = any(_base(name).startswith(wanted) for name in json_names(source))
    ignored = []
    for name, held in documents(source):
        if not is_coco(held) or not isinstance(held, dict):
            continue
        if has_wanted and _base(name).startswith(unwanted):
            ignored.append(name)
            continue
        parsed.files_read.add(name)
        yield name, held
    if ignored:
        parsed.files_read |= {*ignored}
        parsed.assume("ignored files", some(ignored), f"{wanted}*.json lists the same images for this task")


def _not_too_many(images: int, annotations: int, files: list[str]) -> None:
    if images > MOST_IMAGES or annotations > MOST_ANNOTATIONS:
        raise DatasetError(
            f"More than {MOST_IMAGES:,} images or {MOST_ANNOTATIONS:,} annotations are too many for one dataset:"
            f" {some(files)}; split it up."
        )


def _set_torn_aside(parsed: ParsedSource, rows: list) -> None:
    """Images with an object of an unknown category: a label would be missing."""
    torn = {row.fname: image for row, image, _ in rows if image.is_torn}
    if not torn:
        return
    told = tuple((fname, image.where) for fname, image in torn.items())
    says = lambda told: (  # noqa: E731
        f"Set aside: images with an annotation of a category that is not listed ({len(told):,}): {some(told)}."
    )
    problem = Problem("unknown category", told, says)
    if len(torn) == len(parsed.rows):
        parsed.problems.append(problem)
        return
    parsed.set_aside.append(problem)
    parsed.rows = [row for row in parsed.rows if row.fname not in torn]


def _divide(parsed: ParsedSource, source: Source, files: dict[str, str]) -> None:
    """The names of the files, or the folders of the images, say which part each image belongs to."""
    if source.file:
        return
    parts = [part_of_file(files[row.fname]) or part_of(row.fname) for row in parsed.rows]
    split_rows(parsed, parts, "the names of files and folders")


def _base(name: str) -> str:
    return name.rpartition("/")[2].lower()
