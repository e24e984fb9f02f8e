"""The rows of COCO files: each listed image, in the folder where it lies."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from engine.data.formats.coco.file import Image
from engine.data.formats.files.file_index import Listing
from engine.data.formats.files.json_documents import MOST_HELD
from engine.data.formats.images.locate_images import place_images
from engine.data.formats.parsed_source import ParsedSource, Row
from engine.data.formats.phrases import counted
from engine.data.formats.record import DatasetError
from engine.data.formats.splits.folders import part_of
from engine.data.formats.tables.cells import PARTS

Placed = list[tuple[Row, Image, str]]
"""Each row with its image and the file that lists it."""


@dataclass
class Listed:
    """What a file lists."""

    file: str
    images: list[Image]
    keypoint_names: list[str] = field(default_factory=list)


def part_of_file(file: str) -> str | None:
    """The part that the name of a file says: "annotations/instances_val2017.json" is for validation.

    >>> part_of_file("annotations/instances_val2017.json"), part_of_file("latest.json")
    ('valid', None)
    """
    words = re.findall("[a-z]+", PurePosixPath(file).stem.lower())
    return next((PARTS[word] for word in words if word in PARTS), None) or part_of(file)


def place(parsed: ParsedSource, listed: list[Listed]) -> Placed:
    """A row for each image, added to the rows of `parsed`.

    A file of which no image is there is left out where those of other files are.
    """
    together = [
        [
            (Row(image.name, image.where, _labels(image), group=image.group), image, file)
            for file, image in group
        ]
        for group in _groups(listed)
    ]
    there = []
    for placed in together:
        _place(parsed, [row for row, *_ in placed], placed[0][2])
        there.append(any(row.fname in parsed.listing.known for row, *_ in placed))
    for placed, is_there in zip(together, there, strict=True):
        if not is_there and any(there):
            gone = counted(len(placed), "image")
            parsed.notes.append(f"Left out: {gone} of “{placed[0][2]}”, none of which is there.")
    kept = [
        one
        for placed, is_there in zip(together, there, strict=True)
        if is_there or not any(there)
        for one in placed
    ]
    parsed.rows += [row for row, *_ in kept]
    return kept


def _labels(image: Image) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.category for one in image.objects if one.category))


def _groups(listed: list[Listed]) -> Iterable[list[tuple[str, Image]]]:
    """The images that lie together: those of a file, or of all files in a folder where each is for one image."""
    groups: dict[str, list[tuple[str, Image]]] = defaultdict(list)
    for one in listed:
        home = one.file if len(listed) <= MOST_HELD else str(PurePosixPath(one.file).parent)
        groups[home] += [(one.file, image) for image in one.images]
    return [group for group in groups.values() if group]


def _place(parsed: ParsedSource, rows: list[Row], file: str) -> None:
    """Names of images in the folder of their part, where one holds them all; otherwise wherever they are."""
    folder = _folder_of_part(parsed.listing, [row.fname for row in rows], part_of_file(file))
    if folder is not None:
        for row in rows:
            row.fname = f"{folder}/{row.fname}"
        parsed.place = folder
        return
    placed, home = ParsedSource(parsed.listing, rows), str(PurePosixPath(file).parent)
    place_images(placed, "" if home == "." else home)
    parsed.place = placed.place
    parsed.problems += placed.problems
    parsed.assumptions += [one for one in placed.assumptions if one not in parsed.assumptions]


def _folder_of_part(listing: Listing, names: list[str], part: str | None) -> str | None:
    """The folder of a part that holds all images: another part may have images of the same names."""
    folders = [folder for folder in listing.folders if part and part_of(f"{folder}/x") == part]
    return next((one for one in folders if all(f"{one}/{name}" in listing.known for name in names)), None)


def listed_twice(parsed: ParsedSource, rows: Placed, for_points: bool) -> None:
    """One row for an image that two files list alike. Raises `DatasetError` where they list it differently."""
    first: dict[str, tuple[Row, Image, str]] = {}
    doubled = set()
    for row, image, file in rows:
        other = first.setdefault(row.fname, (row, image, file))
        if other[2] == file:
            continue
        if image.objects != other[1].objects if for_points else {*row.labels} != {*other[0].labels}:
            raise DatasetError(
                f"“{other[2]}” and “{file}” contradict each other about “{row.fname}”; choose one of the "
                "files as the dataset, or remove the other."
            )
        doubled.add(id(row))
    if doubled:
        parsed.assume(
            "files",
            "one row for each image",
            f"{counted(len(doubled), 'image')} are listed by two files alike",
        )
        rows[:] = [one for one in rows if id(one[0]) not in doubled]
        parsed.rows = [row for row in parsed.rows if id(row) not in doubled]
