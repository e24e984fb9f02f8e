"""An export as one zip on the disk, written image by image, whole or not at all."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

from engine.data.exports.export_format import ExportError
from engine.data.exports.plan import ExportPlan
from engine.jobs.array_cache import KEPT_FREE
from engine.jobs.atomic_write import trouble, write_whole
from engine.jobs.temporary import sweep_beside

PIECE = 1024**2
PACKED = {".bmp", ".ppm", ".pgm", ".pbm", ".tif", ".tiff"}
"""Images of other kinds are packed already."""


def write_zip(plan: ExportPlan, path: Path, show: Callable[[float], object] = lambda share: None) -> None:
    """Write an export as a zip at `path`; `show` is called with the share done.

    The same plan gives the same bytes. Raises `ExportError` where the disk has not enough room, or where an image
    cannot be read any more.
    """
    try:
        sweep_beside(path)
        _require_room(plan, path)
        write_whole(path, lambda place: _write(place, plan, show))
    except OSError as error:
        raise ExportError(f"The zip could not be written: {trouble(error)}.") from error


def _require_room(plan: ExportPlan, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    needed = plan.size + sum(len(text.encode()) for text in plan.contents.texts.values())
    free = shutil.disk_usage(path.parent).free - KEPT_FREE
    if needed > free:
        raise ExportError(
            f"The zip needs {needed / 1024**2:,.0f} MB, and the disk has room for {max(free, 0) / 1024**2:,.0f} MB."
        )


def _write(place: Path, plan: ExportPlan, show: Callable[[float], object]) -> None:
    made = plan.contents
    with zipfile.ZipFile(place, "w") as packed:
        for name, text in made.texts.items():
            packed.writestr(_entry(name, is_text=True), text)
        for done, (name, fname) in enumerate(made.images.items(), 1):
            with (
                open(plan.dataset.folder / fname, "rb") as source,
                packed.open(_entry(name), "w") as target,
            ):
                shutil.copyfileobj(source, target, PIECE)
            show(done / len(made.images))


def _entry(name: str, is_text: bool = False) -> zipfile.ZipInfo:
    """An entry without a date, so that the same plan gives the same bytes."""
    entry = zipfile.ZipInfo(name)
    is_packed = is_text or Path(name).suffix.lower() in PACKED
    entry.compress_type = zipfile.ZIP_DEFLATED if is_packed else zipfile.ZIP_STORED
    entry.external_attr = 0o644 << 16
    return entry
