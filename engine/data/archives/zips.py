"""Zip archives: read without trust in anything that they claim, and unpacked within limits."""

from __future__ import annotations

import shutil
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipInfo

from engine.data.archives.errors import IncomingError
from engine.data.archives.file_filter import Sorted, sort_files
from engine.data.archives.limits import Limits
from engine.data.archives.names import shown
from engine.data.archives.progress import Progress, silent
from engine.data.archives.zip_directory import LongDirectoryError, opened_zip
from engine.data.archives.zip_names import decode_names
from engine.data.formats.phrases import some

MOST_DIRECTORY_BYTES = 32 * 1024**2
CHUNK = 1024**2
MOST_LISTED = 4
"""So many times the files of a dataset may be listed: hidden ones and previews are left out later."""

UNDERSTOOD = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
LOCKED = 0x1
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    struct.error,
)


def look_into(path: Path, most: Limits) -> Sorted:
    """What an archive holds, before anything is unpacked. Raises `IncomingError` with every reason to refuse it."""
    try:
        with opened_zip(path, MOST_DIRECTORY_BYTES) as archive:
            infos = [info for info in archive.infolist() if not info.is_dir()]
    except LongDirectoryError as error:
        raise IncomingError(_too_many(path)) from error
    except (OSError, *_BROKEN) as error:
        raise IncomingError(_no_zip(path)) from error
    if len(infos) > MOST_LISTED * most.files:
        raise IncomingError(_too_many(path))
    names, code_page = decode_names(infos)
    links = [info for info in infos if _is_special(info)]
    files = [info for info in infos if not _is_special(info)]
    found = sort_files(((names[id(info)], info.file_size, info) for info in files), most)
    found.links = [shown(names[id(info)]) for info in links]
    found.code_page = code_page
    problems = _locked(found) + _packed_strangely(found) + _bombs(found, most) + found.problems(most)
    if problems:
        raise IncomingError(problems)
    return found


def unpack(path: Path, found: Sorted, into: Path, progress: Progress = silent) -> None:
    """Write the files that are kept below `into`, none larger than it claimed to be.

    Raises `IncomingError` where a file is broken; what was written until then is the caller's to throw away.
    """
    broken = []
    with opened_zip(path, MOST_DIRECTORY_BYTES) as archive:
        for done, (name, info) in enumerate(found.kept.items()):
            progress(done, len(found.kept))
            place = into / name
            place.parent.mkdir(parents=True, exist_ok=True)
            try:
                with archive.open(info) as packed, place.open("xb") as file:
                    shutil.copyfileobj(packed, file, CHUNK)
            except _BROKEN:
                broken.append(shown(name))
    if broken:
        raise IncomingError(
            f"Files that cannot be unpacked ({len(broken):,}): {some(broken)}; pack it again."
        )


def _too_many(path: Path) -> str:
    return f"{shown(path.name)} lists far too many files; split it up."


def _no_zip(path: Path) -> str:
    with path.open("rb") as file:
        beginning = file.read(4)
    if beginning.startswith(b"PK"):
        return f"{shown(path.name)} is a zip archive that is cut off or damaged; send it again."
    return f"{shown(path.name)} is not a zip archive; pack the images as .zip."


def _is_special(info: ZipInfo) -> bool:
    """A link or a device rather than a file."""
    kind = stat.S_IFMT(info.external_attr >> 16)
    return kind not in (0, stat.S_IFREG)


def _locked(found: Sorted) -> list[str]:
    names = [shown(name) for name, info in found.kept.items() if info.flag_bits & LOCKED]
    return (
        [f"Files locked with a password ({len(names):,}): {some(names)}; pack them without one."]
        if names
        else []
    )


def _packed_strangely(found: Sorted) -> list[str]:
    names = [shown(name) for name, info in found.kept.items() if info.compress_type not in UNDERSTOOD]
    told = (
        f"Files compressed in an unsupported way ({len(names):,}): {some(names)}; pack them as usual "
        "(deflate)."
    )
    return [told] if names else []


def _bombs(found: Sorted, most: Limits) -> list[str]:
    names = [
        shown(name)
        for name, info in _large(found, most)
        if info.file_size > most.ratio * max(1, info.compress_size)
    ]
    told = f"Files that unpack to more than {most.ratio} times their size, as bombs do ({len(names):,}): {some(names)}."
    return [told] if names else []


def _large(found: Sorted, most: Limits) -> Iterator[tuple[str, ZipInfo]]:
    return ((name, info) for name, info in found.kept.items() if info.file_size > most.ratio_from)
