"""Any archive, by what its first bytes say it is: zip and tar (plain, gz, bz2, xz) are unpacked, others refused."""

from __future__ import annotations

import zipfile
from pathlib import Path

from engine.data.archives import tars, zips
from engine.data.archives.errors import IncomingError
from engine.data.archives.file_filter import Sorted
from engine.data.archives.limits import Limits
from engine.data.archives.names import ending, shown
from engine.data.archives.progress import Progress, silent
from engine.data.archives.zip_directory import opened_zip

ZIP, TAR = "zip", "tar"
_MAGIC = {b"PK": ZIP, b"\x1f\x8b": TAR, b"BZh": TAR, b"\xfd7zXZ\0": TAR}
_OTHERS = {b"7z\xbc\xaf\x27\x1c": "7z", b"Rar!\x1a\x07": "RAR", b"\x28\xb5\x2f\xfd": "Zstandard"}
ENDINGS = {".zip", ".tar", ".tgz", ".tbz2", ".txz", ".gz", ".bz2", ".xz", ".7z", ".rar", ".zst"}
"""Endings of files that are only ever archives; what they are is told by their bytes."""


RUN_DIRECTORY_BYTES = 64 * 1024
"""The list of files in a run's zip takes no more than that."""


def is_archive(path: Path) -> bool:
    """Whether a file is an archive, also one that is refused, by its ending."""
    return ending(path.name) in ENDINGS and path.is_file()


def look_into(path: Path, most: Limits) -> Sorted:
    """What an archive holds, before anything is unpacked. Raises `IncomingError` with every reason to refuse it."""
    return zips.look_into(path, most) if _kind(path) == ZIP else tars.look_into(path, most)


def unpack(path: Path, found: Sorted, into: Path, most: Limits, progress: Progress = silent) -> None:
    """Write the files that are kept below `into`. Raises `IncomingError` where one is broken."""
    if _kind(path) == ZIP:
        zips.unpack(path, found, into, progress)
    else:
        tars.unpack(path, found, into, most, progress)


def _kind(path: Path) -> str:
    with path.open("rb") as file:
        start = file.read(262)
    for magic, name in _OTHERS.items():
        if start.startswith(magic):
            raise IncomingError(
                f"{shown(path.name)} is a {name} archive, which is not unpacked here; pack the images as .zip."
            )
    for magic, kind in _MAGIC.items():
        if start.startswith(magic):
            return kind
    if start[257:262] == b"ustar" or ending(path.name) == ".tar":
        return TAR
    return ZIP


def is_exported_run(path: Path) -> bool:
    """Whether a file is a zip that holds a trained run, as `runs export` writes it, and no dataset."""
    try:
        with opened_zip(path, RUN_DIRECTORY_BYTES) as archive:
            return {"manifest.json", "config.json"} <= set(archive.namelist())
    except (OSError, zipfile.BadZipFile, ValueError):
        return False
