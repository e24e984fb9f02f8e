"""Dataset checks as background jobs: a process decodes every image once, and what it found is kept for all."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from engine import paths
from engine.jobs import user_scope
from engine.jobs.job import Job
from engine.jobs.status import Progress

QUICK_BYTES = 32 * 1024**2
"""So many bytes of images are checked in about a second: not worth the start of a process."""


def start(path: Path, task: str) -> None:
    """Check the images of a dataset in a process of its own, unless one does so already."""
    job = job_for(path)
    if not job.is_active:
        job.start("engine", "check", "--task", task, "--job", str(job.folder), str(path))


def progress(path: Path) -> Progress | None:
    """How far a check is while it is under way; None where none is."""
    job = job_for(path)
    return job.status.progress if job.is_active else None


def log(path: Path) -> str:
    """The end of what the last check printed."""
    return job_for(path).log


def job_for(path: Path) -> Job:
    """The check of a dataset, by its resolved path; there may be none yet."""
    digest = hashlib.sha256(os.fsencode(Path(path).resolve())).hexdigest()[:16]
    return Job(user_scope.own_folder(paths.cache_folder()) / "checks" / digest)
