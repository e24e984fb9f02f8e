"""A bundle from anywhere: hostile until checked. Only known pieces, of known size, with the promised SHA-256."""

import errno
import hashlib
import json
import os
import shutil
import stat
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from engine.data.archives.zip_directory import LongDirectoryError, opened_zip
from engine.data.formats.phrases import some
from engine.export.bundle import contents
from engine.export.bundle.contents import LARGEST, MANIFEST, NEEDED, BundleError
from engine.jobs import access
from engine.jobs.array_cache import KEPT_FREE
from engine.jobs.atomic_write import REFUSED, trouble

MOST_DIRECTORY_BYTES = 64 * 1024
MOST_PACKED = 100
"""A piece of more than a megabyte that unpacks to more than so many times its size is a bomb."""

_BLOCK = 1 << 20
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    struct.error,
    ValueError,
)


def unpack(file: Path, folder: Path, pieces: frozenset[str] | None = None) -> dict:
    """Check a zip as a whole, write the wanted `pieces` (all, if None) into `folder`, and return its manifest.

    What is not wanted is read and checked all the same, and never written. Raises `BundleError` with every
    problem; nothing is written outside `folder`, and never more than `contents.LARGEST` says.
    """
    with _opened(file) as zipped:
        entries = _checked_entries(zipped, file)
        manifest = _manifest(zipped, entries, file)
        _require_room(folder, sum(about.file_size for about in entries.values()))
        problems = []
        for name, about in entries.items():
            place = folder / name if pieces is None or name in pieces else None
            if name != MANIFEST and _copied(zipped, about, place) != manifest["files"][name]["sha256"]:
                problems.append(f"{name} does not match the manifest")
    _raise(problems, file)
    return manifest


def examine(file: Path) -> None:
    """Raise `BundleError` for a file whose list of files is not that of a run's zip; nothing is unpacked."""
    access.authorize(file, BundleError)
    with _opened(file) as zipped:
        _checked_entries(zipped, file)


@contextmanager
def _opened(file: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with opened_zip(file, MOST_DIRECTORY_BYTES) as zipped:
            yield zipped
    except BundleError:
        raise
    except LongDirectoryError as error:
        raise BundleError(
            f"{file.name} holds far more files than a run has: choose a zip that Loss Lab made of a run."
        ) from error
    except (*_DAMAGE, OSError) as error:
        if isinstance(error, OSError) and error.errno in (errno.ENOENT, errno.EISDIR, *REFUSED):
            raise BundleError(f"{file.name} cannot be opened: {trouble(error)}.") from error
        raise BundleError(
            f"{file.name} is not a zip file, or is damaged or cut off ({error}): choose a complete zip "
            "that Loss Lab made of a run."
        ) from error


def _checked_entries(zipped: zipfile.ZipFile, file: Path) -> dict[str, zipfile.ZipInfo]:
    entries = zipped.infolist()
    counts = Counter(about.filename for about in entries)
    if MANIFEST not in counts:
        raise BundleError(
            f"{file.name} is not a run of Loss Lab, because it has no {MANIFEST}: choose a zip that "
            "Loss Lab made of a run."
        )
    problems = [f"it contains {name} {count} times" for name, count in counts.items() if count > 1]
    strange = [repr(about.orig_filename)[1:-1] for about in entries if not _is_known(about)]
    if strange:
        problems.append(f"no run has {some(strange)}")
    if missing := [name for name in NEEDED if name not in counts]:
        problems.append(f"it lacks {', '.join(missing)}")
    problems += [problem for about in entries if _is_known(about) for problem in _problems_of(about)]
    _raise(problems, file)
    return {about.filename: about for about in entries}


def _is_known(about: zipfile.ZipInfo) -> bool:
    return about.filename in LARGEST and about.orig_filename == about.filename


def _problems_of(about: zipfile.ZipInfo) -> Iterator[str]:
    mode = stat.S_IFMT(about.external_attr >> 16)
    if mode not in (0, stat.S_IFREG):
        yield f"{about.filename} is a link, not a file"
    if about.flag_bits & 1:
        yield f"{about.filename} is locked with a password"
    if about.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        yield f"{about.filename} is packed in an unusual way"
    if about.file_size > LARGEST[about.filename]:
        yield f"{about.filename} would unpack to {about.file_size / 1024**2:,.0f} MB"
    elif about.file_size > max(_BLOCK, MOST_PACKED * about.compress_size):
        yield f"{about.filename} would unpack to {about.file_size // max(1, about.compress_size):,} times its size"


def _manifest(zipped: zipfile.ZipFile, entries: dict[str, zipfile.ZipInfo], file: Path) -> dict:
    with zipped.open(entries[MANIFEST]) as piece:
        text = piece.read(LARGEST[MANIFEST] + 1)
    try:
        record = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BundleError(f"{file.name} has a broken {MANIFEST}: get a complete copy of it.") from error
    if not isinstance(record, dict) or record.get("format") != contents.FORMAT:
        raise BundleError(f"{file.name} is not a run of Loss Lab: its {MANIFEST} does not say so.")
    if record.get("version") != contents.VERSION:
        raise BundleError(
            f"{file.name} was made by another version of Loss Lab (form {record.get('version')!r}; this one reads "
            f"{contents.VERSION}): update Loss Lab, or export the run again."
        )
    digests = record.get("files")
    digests = digests if isinstance(digests, dict) else {}
    untold = [name for name in entries if name != MANIFEST and not _tells_digest(digests.get(name))]
    problems = [f"the manifest does not give the SHA-256 of {some(untold)}"] if untold else []
    problems += [f"it lacks {name}" for name in digests if name not in entries and name in LARGEST]
    if not isinstance(record.get("run"), str):
        problems.append("the manifest does not name the run")
    _raise(problems, file)
    return record


def _tells_digest(digest: object) -> bool:
    return isinstance(digest, dict) and isinstance(digest.get("sha256"), str)


def _require_room(folder: Path, needed: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(folder).free - KEPT_FREE
    if needed > free:
        raise BundleError(
            f"The disk has too little room for the run: {needed / 1024**2:,.0f} MB are needed and "
            f"{max(0, free) / 1024**2:,.0f} MB can be used."
        )


def _copied(zipped: zipfile.ZipFile, about: zipfile.ZipInfo, place: Path | None) -> str:
    """The SHA-256 of a piece, written to `place` on the way; never more bytes than it may have."""
    digest, count = hashlib.sha256(), 0
    if place:
        place.parent.mkdir(parents=True, exist_ok=True)
    with zipped.open(about) as piece, open(place or os.devnull, "wb") as opened:
        while block := piece.read(_BLOCK):
            count += len(block)
            if count > LARGEST[about.filename]:
                raise BundleError(
                    f"{about.filename} unpacks to more than it says: the zip is not to be trusted."
                )
            digest.update(block)
            opened.write(block)
    return digest.hexdigest()


def _raise(problems: list[str], file: Path) -> None:
    if problems:
        raise BundleError(f"{file.name} cannot be imported: {'; '.join(problems)}.")
