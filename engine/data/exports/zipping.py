"""An export as one zip on the disk, written picture by picture, whole or not at all."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

from engine.data.exports.forms import ExportError, contents
from engine.data.formats import Dataset
from engine.jobs.array_cache import KEPT_FREE
from engine.jobs.atomic_write import write_whole

PIECE = 1024**2
PACKED = {".bmp", ".ppm", ".pgm", ".pbm", ".tif", ".tiff"}
"""Pictures of other kinds are packed already."""


def export(
    dataset: Dataset, form: str, path: Path, show: Callable[[float], object] = lambda share: None
) -> None:
    """Write a data set in a form of `engine.data.exports.FORMS` as a zip at `path`; `show` is told the share done.

    The same record gives the same bytes. Raises `ExportError` where the form cannot hold it, where the disk has not
    enough room, or where a picture cannot be read any more.
    """
    made = contents(dataset, form)
    _require_room(dataset, path)
    try:
        write_whole(path, lambda place: _write(place, made, show))
    except OSError as error:
        raise ExportError(f"The zip could not be written: {error.strerror or error}.") from error


def total_bytes(dataset: Dataset) -> int:
    """How many bytes the pictures have together; those that are gone count for nothing."""
    return sum(file.stat().st_size for file in dataset.paths() if file.is_file())


def _require_room(dataset: Dataset, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    needed, free = total_bytes(dataset), shutil.disk_usage(path.parent).free - KEPT_FREE
    if needed > free:
        raise ExportError(
            f"The pictures have {needed / 1024**2:,.0f} MB, and the disk has room for {max(free, 0) / 1024**2:,.0f} MB."
        )


def _write(place: Path, made, show: Callable[[float], object]) -> None:
    with zipfile.ZipFile(place, "w") as packed:
        for name, text in made.texts.items():
            packed.writestr(_entry(name), text)
        for done, (name, file) in enumerate(made.images.items(), 1):
            with open(file, "rb") as source, packed.open(_entry(name), "w") as target:
                shutil.copyfileobj(source, target, PIECE)
            show(done / len(made.images))


def _entry(name: str) -> zipfile.ZipInfo:
    """An entry without a date, so that the same record gives the same bytes."""
    entry = zipfile.ZipInfo(name)
    is_packed = Path(name).suffix.lower() in PACKED or name.endswith((".csv", ".json"))
    entry.compress_type = zipfile.ZIP_DEFLATED if is_packed else zipfile.ZIP_STORED
    entry.external_attr = 0o644 << 16
    return entry
