"""Read a dataset for a page: at once where that takes a moment, else in a process with limits.

A moment is at most `QUICK_FILES` files, at most `QUICK_DEPTH` folders deep, none of them packed, whose descriptions
have at most `QUICK_BYTES`. Whatever those bytes hold, reading them takes a few seconds at worst.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar, TypeVarTuple

from engine.data.archives import archive
from engine.data.downloads import catalog
from engine.data.formats import DatasetError
from engine.data.formats.dataset_manifest import is_in_library, read_manifest
from engine.data.formats.files.file_index import is_image
from engine.functional.label_text import visible
from engine.jobs import access, bounded_call
from engine.jobs.resource_limits import OutOfTime

QUICK_FILES, QUICK_BYTES, QUICK_DEPTH = 3_000, 512 * 1024, 16
PACKED = {".xlsx", ".parquet", *archive.ENDINGS}
"""A small file of these kinds may hold much."""

Arguments = TypeVarTuple("Arguments")
Result = TypeVar("Result")


def read(data: str | Path, function: Callable[[*Arguments], Result], *arguments: *Arguments) -> Result:
    """What a function of the engine returns that reads the dataset `data`; its arguments name the dataset again.

    Raises what the function raises, and `DatasetError` where it needs more than `bounded_call.USUAL_LIMITS`.
    """
    if is_quick(str(data)):
        return function(*arguments)
    try:
        return bounded_call.call(f"{function.__module__}:{function.__name__}", *arguments)
    except (OutOfTime, MemoryError) as error:
        raise DatasetError(
            f"“{visible(Path(data).name)}” takes too much time or memory to read: split it up."
        ) from error


def is_quick(data: str) -> bool:
    """Whether a dataset is read in a moment. Also where nothing can be said of it, because reading it fails at once."""
    if not data.strip():
        return True
    try:
        at = access.locate(data)
        at = access.authorize(read_manifest(at).data_of(at)) if is_in_library(at) else at
        folder = at if at.is_dir() else at.parent
        return Path(at.name).suffix.lower() not in PACKED and _is_small(folder)
    except (DatasetError, access.AccessError, OSError, ValueError):
        return True


def named(data: str) -> str:
    """What names a dataset in a process that may run in another folder."""
    return data if data in catalog.DOWNLOAD_MB else str(access.locate(data).absolute())


def _is_small(folder: Path) -> bool:
    files = described = 0
    highest = len(folder.parts)
    for inside, _, names in os.walk(folder):
        if len(Path(inside).parts) - highest > QUICK_DEPTH:
            return False
        for name in names:
            files += 1
            if Path(name).suffix.lower() in PACKED:
                return False
            if not is_image(name):
                described += os.stat(os.path.join(inside, name), follow_symlinks=False).st_size
            if files > QUICK_FILES or described > QUICK_BYTES:
                return False
    return True
