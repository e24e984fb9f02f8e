"""What a kill or a full disk left behind, removed when Loss Lab starts next; what a living process works on stays."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

from filelock import FileLock

from engine import paths
from engine.data.imports import import_job
from engine.jobs import temporary

SECONDS_WITHOUT_STATUS = 3600
"""So long an upload may be on its way before its import has a status."""


def sweep() -> list[Path]:
    """Remove temporary files and folders of dead processes, and what interrupted imports had unpacked.

    It looks at the runs, the library and the cache of everybody. Returns what was removed. A second server on the same
    folders may do the same at the same time. Raises `OSError` where the library cannot be locked.
    """
    roots = [paths.runs_folder(), paths.data_folder(), paths.cache_folder()]
    return temporary.sweep(roots) + _imports(paths.data_folder())


def _imports(root: Path) -> list[Path]:
    if not root.is_dir():
        return []
    with FileLock(root / import_job.ROOM_LOCK):
        import_job.throw_away_abandoned(root)
        empty = [one.folder for one in import_job.everywhere(root) if _is_abandoned(one)]
    for folder in empty:
        shutil.rmtree(folder, ignore_errors=True)
    return empty


def _is_abandoned(one: import_job.ImportJob) -> bool:
    """Whether an import never got a status, as on a full disk, and is too old to be on its way."""
    try:
        age = time.time() - one.folder.stat().st_mtime
    except OSError:
        return False
    return not one.job.exists and age > SECONDS_WITHOUT_STATUS
