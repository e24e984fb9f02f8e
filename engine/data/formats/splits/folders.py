"""What a folder's name says about training, validation and test."""

from __future__ import annotations

import re
from functools import lru_cache

from engine.data.formats.parsed_source import ParsedSource
from engine.data.formats.phrases import counted
from engine.data.formats.splits.column import divide
from engine.data.formats.tables.cells import PARTS, TEST, TRAIN, VALID, part_named


def is_whole_name(folder: str) -> bool:
    """Whether a folder's whole name is that of a part; a number may follow.

    >>> is_whole_name("train2017"), is_whole_name("train_station")
    (True, False)
    """
    return re.sub(r"[\W\d_]+$", "", folder.lower()) in PARTS


def part_of(name: str) -> str | None:
    """The part that a file belongs to by the folders it lies in: "train", "valid", "test", or None.

    >>> part_of("images/train2017/7.jpg"), part_of("images/7.jpg")
    ('train', None)
    """
    return _part_of_folders(name.rpartition("/")[0])


@lru_cache(maxsize=10_000)
def _part_of_folders(path: str) -> str | None:
    return next((part for folder in path.split("/") if (part := part_named(folder))), None)


def divide_by_folders(parsed: ParsedSource) -> None:
    """Let folders called train and valid divide the rows, where every row lies in one; test is left out.

    Rows in a folder for test are also left out where other rows lie in no folder of a part.
    """
    parts = [part_of(row.fname) for row in parsed.rows]
    if None not in parts and TRAIN in parts and {VALID, TEST} & set(parts):
        divide(parsed, [part or TRAIN for part in parts], "the folders")
    elif TEST in parts and set(parts) != {TEST}:
        tests = [row for row, part in zip(parsed.rows, parts, strict=True) if part == TEST]
        parsed.notes.append(f"Left out: {counted(len(tests), 'image')} in a test folder.")
        parsed.for_testing += [row.fname for row in tests]
        parsed.rows = [row for row, part in zip(parsed.rows, parts, strict=True) if part != TEST]
