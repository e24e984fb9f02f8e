"""Write a backup while the app runs: each file is read once, and the zip appears when it has been read back whole."""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
from pathlib import Path

from engine.jobs import user_scope
from engine.jobs.atomic_write import trouble
from engine.jobs.backup.contents import (
    BLOCK,
    LIST,
    VERSION,
    BackupError,
    Entry,
    files_of,
    items,
    read_list,
    roots,
)
from engine.jobs.temporary import temporary_name


def write(file: Path) -> dict[str, Entry]:
    """Write all datasets and runs into a new zip, check it, and return what it holds.

    A file that is being written is taken as it is at that moment; Loss Lab writes files in one step or adds whole
    lines. One that vanishes meanwhile is left out. Raises `BackupError`, and leaves nothing behind then.
    """
    must_be_owner()
    if file.exists():
        raise BackupError(f"There is a {file.name} already: choose another name.")
    if any(file.resolve().is_relative_to(root.resolve()) for root in roots().values()):
        raise BackupError("The backup must be outside the folders that it holds: choose another folder.")
    temporary = file.with_name(temporary_name(file.name))
    try:
        entries = _written(temporary)
        verify(temporary)
        _put_in_place(temporary, file)
    except FileExistsError as error:
        raise BackupError(f"There is a {file.name} already: choose another name.") from error
    except OSError as error:
        raise BackupError(f"The backup could not be written: {trouble(error)}.") from error
    finally:
        temporary.unlink(missing_ok=True)
    return entries


def _put_in_place(temporary: Path, file: Path) -> None:
    """Give the zip its name, but never that of a file that has appeared meanwhile."""
    try:
        os.link(temporary, file)
    except FileExistsError:
        raise
    except OSError:  # a disk without links, such as a memory stick's
        if file.exists():
            raise FileExistsError(file) from None
        os.rename(temporary, file)


def must_be_owner() -> None:
    """Raise `BackupError` for a visitor: only who runs the app may read or replace what belongs to all."""
    if user_scope.owner():
        raise BackupError("Only the owner of the app can back up and restore.")


def verify(file: Path) -> None:
    """Read a backup and compare every file with its digest. Raises `BackupError`."""
    try:
        with zipfile.ZipFile(file) as zipped:
            for name, entry in read_list(zipped).items():
                with zipped.open(name) as source:
                    if digest(source) != (entry.sha256, entry.size):
                        raise BackupError(f"{name} is damaged in the backup: get another copy of it.")
    except (zipfile.BadZipFile, NotImplementedError) as error:
        raise BackupError(f"{file.name} is not a complete backup of Loss Lab.") from error


def digest(source, target=None) -> tuple[str, int]:
    """The SHA-256 and the bytes of a stream, which is copied on the way where a target is given."""
    read, size = hashlib.sha256(), 0
    while block := source.read(BLOCK):
        read.update(block)
        size += len(block)
        if target is not None:
            target.write(block)
    return read.hexdigest(), size


def _written(file: Path) -> dict[str, Entry]:
    entries: dict[str, Entry] = {}
    with file.open("xb") as opened:
        os.chmod(file, 0o600)
        with zipfile.ZipFile(opened, "w", zipfile.ZIP_STORED) as zipped:
            for root, folder in roots().items():
                for place in (file for item in items(folder) for file in files_of(item)):
                    name = f"{root}/{place.relative_to(folder).as_posix()}"
                    if entry := _added(zipped, place, name):
                        entries[name] = entry
            zipped.writestr(LIST, json.dumps({"version": VERSION, "files": entries}))
        opened.flush()
        os.fsync(opened.fileno())
    return entries


def _added(zipped: zipfile.ZipFile, place: Path, name: str) -> Entry | None:
    try:
        source = place.open("rb")
    except FileNotFoundError:
        return None
    with source:
        changed = os.fstat(source.fileno()).st_mtime
        with zipped.open(zipfile.ZipInfo(name), "w", force_zip64=True) as target:
            return Entry(*digest(source, target), changed)
