"""Bundles as background jobs: a process makes and verifies a run's zip in a folder of the cache.

There is one folder for each run. The job's details hold `stamp`, what the zip was made of; NAME.zip is there once it is
verified.
"""

import hashlib
import json
from pathlib import Path

from engine import paths
from engine.export.bundle import contents
from engine.jobs import executors, user_scope
from engine.jobs.eviction import evict_oldest, remove
from engine.jobs.job import Job
from engine.jobs.reporter import working
from engine.jobs.status import FINISHED, INTERRUPTED, Status
from engine.runs import Run

KEPT = 6
"""Bundles of so many runs stay in the cache; the longest unused give way."""

_MADE_OF = (
    *(contents.CONFIG, contents.VOCAB, contents.THRESHOLDS, contents.WEIGHTS, contents.PREDICTIONS),
    *(contents.METRICS, contents.HISTORY, contents.LOSSES, contents.PICTURES),
)


class BundleJob:
    """The bundle of a run: not made yet, being made, ready, or why there can be none."""

    def __init__(self, run: Run):
        self.run = run
        digest = hashlib.sha256(str(run.folder.resolve()).encode()).hexdigest()[:16]
        self.job = Job(_bundles() / digest)
        self.file = self.job.folder / f"{run.name}.zip"

    @property
    def status(self) -> Status | None:
        """How the job stands; None where there is none, or where the run or the zip has changed since it ended."""
        status = self.job.status if self.job.exists else None
        if status is None or status.is_active or status.state == INTERRUPTED:
            return status
        is_current = status.details.get("stamp") == stamp(self.run)
        has_file = status.state != FINISHED or self.file.is_file()
        return status if is_current and has_file else None

    @property
    def is_active(self) -> bool:
        return self.job.is_active

    def start(self) -> None:
        """Make the zip in a process of its own, unless one is at it. Raises `OSError`."""
        if self.is_active:
            return
        evict_oldest(_bundles(), KEPT, except_for=self.job.folder)
        if self.job.folder.exists():
            remove(self.job.folder)
        command = ("engine.export.bundle", str(self.run.folder.resolve()), str(self.job.folder.resolve()))
        self.job.start(*command, executor=executors.chosen())


def stamp(run: Run) -> str:
    """What a zip is made of: it changes with the run's thresholds, weights and everything else that goes in."""
    files = [run.folder / name for name in _MADE_OF]
    seen = [(file.name, *_of(file)) for file in files]
    return hashlib.sha256(json.dumps([contents.VERSION, run.name, seen]).encode()).hexdigest()


def _of(file: Path) -> tuple[int, int]:
    try:
        about = file.stat()
    except OSError:
        return 0, 0
    return about.st_mtime_ns, about.st_size


def make(run: Run, folder: Path) -> int:
    """What the job's process does: make the zip; 0 where it is verified, else 1, and the status says why."""
    from engine.export.bundle import write

    try:
        with working(Job(folder), stamp=stamp(run)) as report:
            write.make(run, folder / f"{run.name}.zip", report.show)
    except (ValueError, RuntimeError, OSError, MemoryError):
        return 1
    return 0


def _bundles() -> Path:
    return user_scope.own_folder(paths.cache_folder()) / "bundles"
