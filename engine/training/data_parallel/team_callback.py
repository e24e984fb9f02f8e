"""What Ray Train's controller does when a worker is lost: the run's status says so until the next team begins."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ray.train import UserCallback

from engine.jobs.job import Job
from engine.jobs.status import QUEUED


class LostWorkers(UserCallback):
    """Lets the run in a folder wait for a new team, and say so by a message."""

    def __init__(self, folder: str, message: str):
        self.folder, self.message = folder, message

    def after_exception(self, run_context: Any, worker_exceptions: dict[int, Exception]) -> None:
        job = Job(Path(self.folder))
        if job.is_active:
            job.update(state=QUEUED, message=self.message)
