"""Room for new jobs: of the folders of one kind of job only the most recent stay."""

import os
import shutil
from pathlib import Path

from engine.jobs.job import Job


def evict_oldest(parent: Path, keep: int, except_for: Path | None = None) -> None:
    """Remove the folders that were left untouched for longest until `keep` are left; active jobs stay.

    `except_for`, a folder that is about to be used, counts as one of them and stays.
    """
    if not parent.is_dir():
        return
    others = [folder for folder in parent.iterdir() if folder.is_dir() and folder != except_for]
    newest_first = sorted(others, key=_touched, reverse=True)
    for folder in newest_first[keep - (except_for is not None) :]:
        if not Job(folder).is_active:
            remove(folder)


def remove(folder: Path) -> None:
    """Remove a job's folder; it is gone for readers at once. Raises `OSError` where it cannot be moved aside."""
    aside = folder.with_name(f".{folder.name}.{os.getpid()}")
    os.rename(folder, aside)
    shutil.rmtree(aside, ignore_errors=True)


def _touched(folder: Path) -> float:
    try:
        return folder.stat().st_mtime
    except OSError:
        return 0.0
