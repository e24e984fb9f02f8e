"""What a folder's name says about training and validation."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from engine.data.formats.parsed_source import Found

TRAIN, VALID, TEST = "train", "valid", "test"
FOLDERS = {
    **dict.fromkeys(("train", "training"), TRAIN),
    **dict.fromkeys(("valid", "val", "validation"), VALID),
    "test": TEST,
}
"""What a folder may be called, in small letters; a year may follow, as in "train2017"."""


def part_of(name: str) -> str | None:
    """The part that a file belongs to by the folders it lies in: "train", "valid", "test", or None.

    >>> part_of("images/train2017/7.jpg"), part_of("images/7.jpg")
    ('train', None)
    """
    for folder in PurePosixPath(name).parts[:-1]:
        part = FOLDERS.get(re.sub(r"\d{4}$", "", folder.lower()))
        if part:
            return part
    return None


def divide_by_folders(found: Found) -> None:
    """Let folders called train and valid divide the rows, where every row lies in one; test is left out."""
    parts = [part_of(row.fname) for row in found.rows]
    if None in parts or VALID not in parts or TRAIN not in parts:
        return
    found.has_split = True
    left_out = parts.count(TEST)
    if left_out:
        found.notes.append(f"Left out: {left_out:,} of the pictures, in the folder for testing.")
    found.for_testing += [row.fname for row, part in zip(found.rows, parts, strict=True) if part == TEST]
    found.rows = [row for row, part in zip(found.rows, parts, strict=True) if part != TEST]
    for row in found.rows:
        row.is_valid = part_of(row.fname) == VALID
