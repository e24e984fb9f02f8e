"""Pascal VOC: an XML file for each picture with its named objects, and lists that divide the pictures.

As published: JPEGImages/, Annotations/*.xml, ImageSets/Main/*.txt. Tools that draw boxes write the XML files beside the
pictures or into a folder of any name; these are read, too.

Everingham et al., The Pascal Visual Object Classes (VOC) Challenge, 2010.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from engine.data.formats.file_index import Listing
from engine.data.formats.match import Evidence
from engine.data.formats.parsed_source import Found, Problem, Row
from engine.data.formats.phrases import counted, some
from engine.data.formats.sidecars import sidecars
from engine.data.formats.source import Source
from engine.data.formats.split_folders import divide_by_folders
from engine.tasks import POINTS

PICTURES, ANNOTATIONS, SETS = "JPEGImages", "Annotations", "ImageSets/Main"
CORNERS = ("xmin", "ymin", "xmax", "ymax")
MOST_BYTES = 8 * 1024**2
TRIED = 5
BROKEN = (ElementTree.ParseError, DefusedXmlException, ValueError, OSError, LookupError, RecursionError)


@dataclass(frozen=True)
class Object:
    """One object of a picture: its name, and the corners of its box in pixels (xmin, ymin, xmax, ymax) if given."""

    name: str
    box: tuple[float, ...] | None


def find(source: Source) -> Evidence | None:
    """The folders of Pascal VOC, or XML annotations that bear the names of pictures."""
    if is_published(source.listing):
        return Evidence((f"There are the folders “{PICTURES}” and “{ANNOTATIONS}” of Pascal VOC.",))
    pairs = sidecars(source.pictures, _annotations(source.listing))
    if not pairs or not any(
        _is_annotation(source.listing.folder / name) for name in list(pairs.values())[:TRIED]
    ):
        return None
    says = f"{counted(len(pairs), 'picture')} of {len(source.pictures):,} have an XML file of the same name"
    return Evidence((f"{says} with objects, as in Pascal VOC.",))


def is_published(listing: Listing) -> bool:
    """Whether a folder has the two folders that make it Pascal VOC as it was published."""
    return PICTURES in listing.folders and ANNOTATIONS in listing.folders


def read(source: Source, task: str) -> Found:
    """One row for each picture of the training and validation lists; without lists, for each annotation.

    The labels of a picture are the names of its objects, difficult ones too, in the order of the file. For points,
    the middle of the box, where a picture has exactly one object.
    """
    found = _read_published(source.listing) if is_published(source.listing) else _read_sidecars(source)
    if task == POINTS:
        keep_lone_objects(found)
    return found


def _annotations(listing: Listing) -> list[str]:
    return [name for name in listing.names if name.lower().endswith(".xml")]


def _is_annotation(path: Path) -> bool:
    try:
        return path.stat().st_size <= MOST_BYTES and ElementTree.parse(path).getroot().tag == "annotation"
    except BROKEN:
        return False


def _read_sidecars(source: Source) -> Found:
    found = Found(source.listing)
    unread: list[tuple[str, str]] = []
    for picture, annotation in sidecars(source.pictures, _annotations(source.listing)).items():
        _add_row(found, annotation, picture, None, unread)
    _say_what_is_unread(found, unread)
    alone = len(source.pictures) - len(found.rows) - len(unread)
    if alone:
        found.notes.append(f"Left out: {counted(alone, 'picture')} without an XML file.")
    divide_by_folders(found)
    return found


def _read_published(listing: Listing) -> Found:
    found = Found(listing)
    annotated = {
        PurePosixPath(name).stem: name for name in listing.folders[ANNOTATIONS] if name.endswith(".xml")
    }
    pictures = {PurePosixPath(name).stem: name for name in listing.pictures_in(PICTURES)}
    parts = _parts(found, listing, pictures)
    wanted = {**dict.fromkeys(annotated)} if parts is None else parts
    _say_what_is_missing(found, wanted, annotated, pictures)
    found.has_split = parts is not None and any(parts.values())
    unread: list[tuple[str, str]] = []
    for stem in sorted(name for name in wanted if name in annotated and name in pictures):
        _add_row(found, annotated[stem], pictures[stem], wanted[stem], unread)
    _say_what_is_unread(found, unread)
    return found


def _say_what_is_unread(found: Found, unread: list[tuple[str, str]]) -> None:
    if unread:
        says = lambda told: f"{counted(len(told), 'annotation')} cannot be read: {some(told)}."  # noqa: E731
        found.problems.append(Problem("unread annotation", tuple(unread), says))


def _parts(found: Found, listing: Listing, pictures: dict[str, str]) -> dict[str, bool] | None:
    """For each name in the lists whether it is for validation; `None` without lists."""
    lists = {part: _read_list(listing, part) for part in ("train", "val", "trainval", "test")}
    train, val = lists["train"], lists["val"]
    both = sorted(train & val)
    if both:
        found.problems.append(f"Pictures that are in both train.txt and val.txt: {some(both)}.")
    named = train | val | lists["trainval"]
    if not named:
        return None
    held_back = lists["test"] - named
    if held_back:
        found.notes.append(f"Left out: {counted(len(held_back), 'picture')} of test.txt.")
        found.for_testing += sorted(pictures[name] for name in held_back if name in pictures)
    return {name: name in val for name in named}


def _read_list(listing: Listing, part: str) -> set[str]:
    name = f"{SETS}/{part}.txt"
    if name not in listing.known:
        return set()
    text = (listing.folder / name).read_text(encoding="utf-8", errors="replace")
    return {line.split()[0] for line in text.splitlines() if line.strip()}


def _say_what_is_missing(found: Found, wanted, annotated, pictures) -> None:
    for there, what, folder in ((annotated, "annotation", ANNOTATIONS), (pictures, "picture", PICTURES)):
        absent = sorted(name for name in wanted if name not in there)
        if absent:
            told = tuple((pictures.get(name) or annotated.get(name) or name, name) for name in absent)
            found.problems.append(Problem(f"missing {what}", told, partial(_says_missing, what, folder)))


def _says_missing(what: str, folder: str, names: list[str]) -> str:
    return f"“{folder}” has no {what} for {counted(len(names), 'name')} of the data set: {some(names)}."


def _add_row(found: Found, annotation: str, picture: str, is_valid: bool | None, unread: list) -> None:
    try:
        objects = read_annotation(_xml(found.folder / annotation))
    except BROKEN as error:
        unread.append((picture, f"“{annotation}” ({' '.join(str(error).split())})"))
        return
    row = Row(
        picture, annotation, labels=tuple(dict.fromkeys(thing.name for thing in objects)), is_valid=is_valid
    )
    if len(objects) == 1 and objects[0].box:
        left, top, right, bottom = objects[0].box
        row.point_px = ((left + right) / 2, (top + bottom) / 2)
    found.rows.append(row)


def _xml(path: Path) -> bytes:
    if path.stat().st_size > MOST_BYTES:
        raise ValueError(f"it has more than {MOST_BYTES // 1024**2} MB")
    return path.read_bytes()


def read_annotation(xml: bytes) -> list[Object]:
    """The objects of one annotation. Raises ValueError for an object without a name or with a box of no numbers."""
    return [_object(element) for element in ElementTree.fromstring(xml).findall("object")]


def _object(element) -> Object:
    name = (element.findtext("name") or "").strip()
    if not name:
        raise ValueError("an object has no name")
    corners = [element.findtext(f"bndbox/{corner}") for corner in CORNERS]
    if None in corners:
        return Object(name, None)
    box = tuple(float(corner) for corner in corners)
    if not all(math.isfinite(corner) for corner in box):
        raise ValueError(f"the box of “{name}” has a corner that is no number")
    return Object(name, box)


def keep_lone_objects(found: Found) -> None:
    """Keep the rows with a point: pictures with exactly one box, whose middle it is."""
    rows = [row for row in found.rows if row.point_px]
    left_out = len(found.rows) - len(rows)
    if left_out:
        found.notes.append(f"Left out: {counted(left_out, 'picture')} without exactly one boxed object.")
        found.notes.append("The point is the middle of the box.")
    found.rows = rows
