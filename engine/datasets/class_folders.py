"""A folder for each class, its name the label; optionally below `train` and `valid` folders that divide them."""

from __future__ import annotations

from pathlib import PurePosixPath

from engine.datasets.found import Found, Row
from engine.datasets.listing import Listing, is_picture
from engine.datasets.wording import counted

TRAIN_FOLDERS = {"train", "training"}
VALID_FOLDERS = {"valid", "val", "validation"}
PART_FOLDERS = TRAIN_FOLDERS | VALID_FOLDERS | {"test"}


def is_class_folders(listing: Listing) -> bool:
    """Whether pictures lie in folders, whatever these are called."""
    return any("/" in name and is_picture(name) for name in listing.names)


def read_class_folders(listing: Listing) -> Found:
    """One row for each picture, labelled by the folder it lies in."""
    found = Found(listing)
    pictures = [name for name in listing.names if is_picture(name)]
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
