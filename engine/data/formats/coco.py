"""COCO: one JSON file with pictures, categories, and an annotation for each object.

Lin et al., Microsoft COCO: Common Objects in Context, 2014. A box is [left, top, width, height] in pixels,
keypoints are x, y, v for each, where v = 0 means that it is not there.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from engine.data.formats.locate_images import place_pictures
from engine.data.formats.match import Evidence
from engine.data.formats.parsed_source import Found, Row
from engine.data.formats.phrases import counted, some
from engine.data.formats.record import DatasetError
from engine.data.formats.source import Source
from engine.data.formats.split_folders import TEST, TRAIN, VALID, part_of
from engine.data.formats.text_table import MOST_ROWS
from engine.data.formats.voc import keep_lone_objects
from engine.tasks import POINTS

MOST_PICTURES, MOST_ANNOTATIONS = MOST_ROWS, 5 * MOST_ROWS


@dataclass
class Faults:
    """What is wrong with the entries of all files together, so that each kind is told once."""

    nameless: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    boxless: list[str] = field(default_factory=list)

    def sentences(self) -> list[str]:
        told = {
            "Pictures without a file name": self.nameless,
            "Annotations of a picture that is not listed": self.lost,
            "Annotations of a category that is not listed": self.unknown,
            "Annotations whose box or keypoints are not numbers": self.boxless,
        }
        return [f"{kind} ({len(where):,}): {some(where)}." for kind, where in told.items() if where]


def find(source: Source) -> Evidence | None:
    """JSON files that hold pictures, annotations and categories."""
    files = _files(source)
    if not files:
        return None
    pictures, annotations = _counts(files)
    verb = "lists" if len(files) == 1 else "list"
    says = f"{some([f'“{name}”' for name in files])} {verb} {counted(pictures, 'picture')} and"
    return Evidence((f"{says} {counted(annotations, 'annotation')}, as COCO does.",))


def read(source: Source, task: str) -> Found:
    """One row for each picture that is listed, labelled by the names of its categories.

    For points, where a picture has exactly one annotation: its first keypoint that is there, or the box's middle.
    Several files divide the pictures where their names say train and val.
    """
    found, faults = Found(source.listing), Faults()
    for name, held in _files(source).items():
        found.rows += _rows_of(found, name, held, faults)
    found.problems += faults.sentences()
    _divide(found)
    if task == POINTS:
        keep_lone_objects(found)
        found.notes += (
            ["Where there are keypoints, the first one is the point."] if _has_keypoints(source) else []
        )
    return found


def _files(source: Source) -> dict[str, dict]:
    """What each COCO file holds, by name. Raises `DatasetError` where they list too much for one data set."""
    files = {name: held for name, held in source.jsons.items() if _is_coco(held)}
    pictures, annotations = _counts(files)
    if pictures > MOST_PICTURES or annotations > MOST_ANNOTATIONS:
        raise DatasetError(
            f"More than {MOST_PICTURES:,} pictures or {MOST_ANNOTATIONS:,} annotations are too many for one data set:"
            f" {some([f'“{name}”' for name in files])}; divide it."
        )
    return files


def _counts(files: dict[str, dict]) -> tuple[int, int]:
    """How many pictures and how many annotations the files list together."""
    images, annotations = ([len(held[key]) for held in files.values()] for key in ("images", "annotations"))
    return sum(images), sum(annotations)


def _is_coco(held) -> bool:
    return isinstance(held, dict) and all(
        isinstance(held.get(key), list) for key in ("images", "annotations", "categories")
    )


def _has_keypoints(source: Source) -> bool:
    return any(
        isinstance(one, dict) and one.get("keypoints")
        for held in _files(source).values()
        for one in held["annotations"]
    )


def _rows_of(found: Found, file: str, held: dict, faults: Faults) -> list[Row]:
    names = {one.get("id"): str(one.get("name", "")).strip() for one in _objects(held["categories"])}
    rows = _pictures(found, file, held, faults)
    objects = defaultdict(list)
    for at, one in enumerate(_objects(held["annotations"]), 1):
        where = f"annotation {at} of “{file}”"
        picture, category = _hashable(one.get("image_id")), _hashable(one.get("category_id"))
        if picture not in rows:
            faults.lost.append(where)
        elif not names.get(category):
            faults.unknown.append(where)
        else:
            objects[picture].append((names[category], one, where))
    for picture, row in rows.items():
        row.labels = tuple(dict.fromkeys(name for name, *_ in objects[picture]))
        if len(objects[picture]) == 1:
            _, one, where = objects[picture][0]
            row.point_px = _point(one, where, faults)
    return list(rows.values())


def _pictures(found: Found, file: str, held: dict, faults: Faults) -> dict:
    """A row for each picture by its id, placed in the folder."""
    rows = {}
    for at, one in enumerate(_objects(held["images"]), 1):
        name, where = one.get("file_name"), f"picture {at} of “{file}”"
        if not isinstance(name, str) or not name.strip():
            faults.nameless.append(where)
            continue
        group = one.get("group") if isinstance(one.get("group"), str) else None
        rows[_hashable(one.get("id"))] = Row(name, where, group=group)
    placed = Found(found.listing, list(rows.values()))
    folder = str(PurePosixPath(file).parent)
    place_pictures(placed, "" if folder == "." else folder)
    found.place = placed.place
    return rows


def _point(one: dict, where: str, faults: Faults) -> tuple[float, float] | None:
    try:
        keypoints = one.get("keypoints") or ()
        for x, y, there in zip(keypoints[::3], keypoints[1::3], keypoints[2::3], strict=True):
            if there:
                return _finite(x), _finite(y)
        left, top, width, height = map(_finite, one["bbox"])
        return left + width / 2, top + height / 2
    except KeyError:
        return None
    except (TypeError, ValueError):
        faults.boxless.append(where)
        return None


def _finite(value) -> float:
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(value)
    return number


def _objects(listed: list) -> list[dict]:
    return [one for one in listed if isinstance(one, dict)]


def _hashable(value):
    return value if isinstance(value, str | int) else repr(value)[:80]


def _divide(found: Found) -> None:
    """The names of the files, or the folders of the pictures, say which part each picture belongs to."""
    parts = [_part_of_file(row) or part_of(row.fname) for row in found.rows]
    if None in parts or not {TRAIN, VALID} <= set(parts):
        return
    found.has_split = True
    if left_out := parts.count(TEST):
        found.notes.append(f"Left out: {counted(left_out, 'picture')} for testing.")
    found.for_testing += [row.fname for row, part in zip(found.rows, parts, strict=True) if part == TEST]
    kept = [(row, part) for row, part in zip(found.rows, parts, strict=True) if part != TEST]
    for row, part in kept:
        row.is_valid = part == VALID
    found.rows = [row for row, _ in kept]


def _part_of_file(row: Row) -> str | None:
    """The part that the file which lists a picture names: "instances_val2017.json" is for validation."""
    file = row.where.partition("“")[2].rstrip("”").lower()
    words = [
        file[: -len(".json")].rstrip("0123456789").endswith(word)
        for word in ("train", "val", "valid", "test")
    ]
    named = next((part for part, yes in zip((TRAIN, VALID, VALID, TEST), words, strict=True) if yes), None)
    return named or part_of(file)
