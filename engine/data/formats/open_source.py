"""The one way in: a folder, a table, an archive or a Parquet file, as the source that every reader takes."""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from engine import paths
from engine.data.archives import archive
from engine.data.archives.errors import IncomingError
from engine.data.archives.limits import limits
from engine.data.formats.files import parquet_images
from engine.data.formats.read_options import ReadOptions
from engine.data.formats.record import DatasetError
from engine.data.formats.source import Source, descend, source_of
from engine.jobs import access, user_scope
from engine.jobs.temporary import temporary_name

UNPACKED = "unpacked"
KEPT_SECONDS = 14 * 24 * 3600
"""How long what was unpacked is kept after it was last used."""


def open_source(path: Path, options: ReadOptions | None = None) -> Source:
    """The source at a path. Archives and Parquet files with images are unpacked into the cache first.

    Raises `DatasetError` where nothing is there, where the current user may not read it, or for an archive that is
    refused.
    """
    path = access.authorize(path, DatasetError)
    if archive.is_archive(path):
        path = descend(_once(path, _unpack))
    source = source_of(path, options)
    if images_in := parquet_images.files_with_images(path, source.listing):
        return source_of(_once(path, parquet_images.extract, images_in), options)
    return source


def _unpack(path: Path, into: Path) -> None:
    most = limits()
    try:
        archive.unpack(path, archive.look_into(path, most), into, most)
    except IncomingError as error:
        raise DatasetError(error.problems) from error


def _once(path: Path, make: Callable[[Path, Path], None], files: Sequence[Path] = ()) -> Path:
    """The folder that `make(path, folder)` fills, made again only where the files have changed."""
    unpacked = user_scope.own_folder(paths.cache_folder()) / UNPACKED
    place = unpacked / _digest(files or [path])
    if place.is_dir():
        os.utime(place)
        return place
    building = unpacked / temporary_name("building")
    building.mkdir(parents=True)
    try:
        make(path, building)
        if not place.is_dir():
            os.rename(building, place)
    finally:
        shutil.rmtree(building, ignore_errors=True)
    _throw_away_old(unpacked)
    return place


def _digest(files: Sequence[Path]) -> str:
    """A name for the state of files: their paths, sizes and times."""
    about = [f"{file.resolve()} {file.stat().st_size} {file.stat().st_mtime_ns}" for file in files]
    return hashlib.sha256(os.fsencode("\n".join(about))).hexdigest()[:24]


def _throw_away_old(unpacked: Path) -> None:
    for one in unpacked.iterdir():
        if time.time() - one.stat().st_mtime > KEPT_SECONDS:
            shutil.rmtree(one, ignore_errors=True)
