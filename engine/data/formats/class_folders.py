"""A folder for each class, its name the label; optionally below `train` and `valid` folders that divide them."""

from __future__ import annotations

from pathlib import PurePosixPath

from engine.data.formats.locate_images import PICTURE_FOLDERS
from engine.data.formats.match import Evidence
from engine.data.formats.parsed_source import Found, Row
from engine.data.formats.phrases import counted, some
from engine.data.formats.source import Source

TRAIN_FOLDERS = {"train", "training"}
VALID_FOLDERS = {"valid", "val", "validation"}
PART_FOLDERS = TRAIN_FOLDERS | VALID_FOLDERS | {"test"}


def find(source: Source) -> Evidence | None:
    """Pictures that lie in folders, whatever these are called."""
    pictures = [name for name in source.pictures if "/" in name]
    if not pictures:
        return None
    tops = dict.fromkeys(PurePosixPath(name).parts[0] for name in pictures)
    parts = [top for top in tops if top.lower() in PART_FOLDERS]
    if len(parts) == len(tops):
        labels = {PurePosixPath(name).parts[1] for name in pictures if name.count("/") > 1}
        says = f"The pictures lie in {some(parts)}, and in these in folders, whose names are taken as labels"
        return Evidence((f"{says}: {some(sorted(labels))}.",)) if labels else None
    if not set(tops) - set(PICTURE_FOLDERS):
        return None
    return Evidence((f"The pictures lie in folders, whose names are taken as labels: {some(list(tops))}.",))


def read(source: Source) -> Found:
    """One row for each picture, labelled by the folder it lies in."""
    found = Found(source.listing)
    pictures = source.pictures
    found.has_split = all(PurePosixPath(name).parts[0].lower() in PART_FOLDERS for name in pictures)
    depth = 1 if found.has_split else 0
    for name in pictures:
        _add(found, name, PurePosixPath(name).parts, depth)
    _say_what_is_left_out(found, len(pictures))
    return found


def _add(found: Found, name: str, parts: tuple[str, ...], depth: int) -> None:
    part = parts[0].lower() if depth else ""
    if len(parts) > depth + 1 and part != "test":
        is_valid = part in VALID_FOLDERS if depth else None
        found.rows.append(Row(name, name, labels=(parts[depth],), is_valid=is_valid))


def _say_what_is_left_out(found: Found, pictures: int) -> None:
    if found.has_split and not any(row.is_valid for row in found.rows):
        found.has_split = False
    left_out = pictures - len(found.rows)
    if left_out:
        found.notes.append(f"Left out: {counted(left_out, 'picture')} in no folder of a class.")
