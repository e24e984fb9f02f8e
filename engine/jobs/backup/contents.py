"""What a backup holds: `data/` and `runs/` as they lie on the disk, and last `backup.json`, which lists every file.

The files are stored as they are, without compression: images and weights would not get smaller, and a small backup
cannot unpack to more than its own size.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from engine import paths
from engine.jobs.shares import FILE as SHARED
from engine.jobs.temporary import is_temporary
from engine.jobs.user_scope import VISITORS

LIST, VERSION = "backup.json", 1
DATA, RUNS = "data", "runs"
ELSEWHERE = "_decisions"
BLOCK = 1 << 20
LONGEST_LIST = 512 * 1024**2
"""Bytes of `backup.json`: some millions of files."""


class BackupError(ValueError):
    """A backup that cannot be made or restored, in one sentence."""


class Entry(NamedTuple):
    """A file of a backup: its digest, its size in bytes, and when it was changed (seconds)."""

    sha256: str
    size: int
    changed: float


def roots() -> dict[str, Path]:
    """The folders that are backed up, by their names in the backup."""
    return {DATA: paths.data_folder(), RUNS: paths.runs_folder()}


def items(root: Path) -> list[Path]:
    """The datasets or runs of all in a root, the decisions kept outside of datasets, and what teachers share."""
    found = []
    for library in (root, *sorted((root / VISITORS).glob("*"))):
        for place in sorted(library.iterdir()) if library.is_dir() and not library.is_symlink() else []:
            if place.is_symlink() or (library == root and place.name == VISITORS):
                continue
            if place.name == ELSEWHERE and place.is_dir():
                found += [one for one in sorted(place.iterdir()) if one.is_dir()]
            elif place.name == SHARED or not place.name.startswith("."):
                found.append(place)
    return found


def files_of(item: Path) -> Iterator[Path]:
    """Every file of an item: no link, no lock and nothing half written."""
    if item.is_symlink() or item.name.endswith(".lock") or is_temporary(item):
        return
    if item.is_dir():
        for place in sorted(item.iterdir()):
            yield from files_of(place)
    elif item.is_file():
        yield item


def checked_name(name: str) -> str:
    """The name of a file of a backup. Raises `BackupError` for one that would lie anywhere but below the roots."""
    parts = name.split("/")
    is_plain = all(part not in ("", ".", "..") for part in parts)
    if not is_plain or len(parts) < 2 or parts[0] not in (DATA, RUNS) or set(name) & set("\\:\0"):
        raise BackupError(
            f"It holds a file called {name[:80]!r}, which no backup has: get another copy of it."
        )
    return name


def read_list(zipped: zipfile.ZipFile) -> dict[str, Entry]:
    """The list of a backup's files. Raises `BackupError` where the zip is none, or of another version, or cut."""
    try:
        about = zipped.getinfo(LIST)
        if about.file_size > LONGEST_LIST or about.compress_type != zipfile.ZIP_STORED:
            raise ValueError("too long")
        record = json.loads(zipped.read(about))
        version = record["version"]
        entries = {str(name): Entry(str(a), int(b), float(c)) for name, (a, b, c) in record["files"].items()}
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError, zipfile.BadZipFile) as error:
        raise BackupError(f"It is not a complete backup of Loss Lab: its {LIST} cannot be read.") from error
    if version != VERSION:
        raise BackupError("The backup was made by another version of Loss Lab: restore it with that one.")
    names = [one.filename for one in zipped.infolist() if one.filename != LIST]
    if len(names) != len(set(names)) or set(names) != set(entries):
        raise BackupError("The backup does not hold the files that it lists: get a complete copy of it.")
    stored = sum(one.file_size for one in zipped.infolist() if one.compress_type == zipfile.ZIP_STORED)
    plain = all(
        one.compress_type == zipfile.ZIP_STORED and not one.flag_bits & 1 for one in zipped.infolist()
    )
    if not plain or stored > Path(zipped.filename or "").stat().st_size:
        raise BackupError("The zip was not written by Loss Lab, which stores files as they are.")
    for name in names:
        checked_name(name)
    return entries
