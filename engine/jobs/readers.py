"""The jobs that read a folder now, so that nothing takes it from under them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from engine import paths
from engine.jobs import shares, user_scope
from engine.jobs.job import Job
from engine.jobs.status import STATUS, Status

DATA = "data"
"""The detail of a job's status that names what it reads; otherwise its command does."""


def jobs_reading(folder: Path) -> list[Job]:
    """The active jobs that read a folder or something in it: runs, and what is kept to save time.

    Those of the current user, and everybody's where a teacher shares the folder.
    """
    return [
        job
        for job in _jobs(shares.is_shared(folder))
        if job.is_active and _reads(job.status, folder.resolve())
    ]


def is_own(job: Job) -> bool:
    """Whether the job is the current user's."""
    return job.status.owner == user_scope.owner()


def _jobs(are_all: bool) -> Iterator[Job]:
    for place, depth in ((paths.runs_folder(), "*"), (paths.cache_folder(), "*/*")):
        everybody = sorted((place / user_scope.VISITORS).glob("*")) if are_all else []
        for folder in everybody or [user_scope.own_folder(place)]:
            for file in sorted(folder.glob(f"{depth}/{STATUS}")):
                yield Job(file.parent)


def _reads(status: Status, folder: Path) -> bool:
    named = [str(status.details.get(DATA, "")), *status.command[1:]]
    return any(_lies_in(name, folder) for name in named if os.sep in name)


def _lies_in(name: str, folder: Path) -> bool:
    try:
        return paths.given(name).resolve().is_relative_to(folder)
    except (OSError, ValueError):
        return False
