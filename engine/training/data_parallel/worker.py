"""What each worker of a run does. The first writes the run's folder; the others work in copies that are thrown away.

All of them hold the same network and go through the same epochs, so that none needs to be sent more than gradients.
"""

import shutil
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from engine.jobs.job import Job
from engine.jobs.progress import Listener
from engine.jobs.status import QUEUED
from engine.training import trainer


def work(folder: Path, rank: int, wait_for_all: Callable[[], object]) -> None:
    """Train the run in `folder` to its end, together with the other workers, from its last finished epoch.

    `wait_for_all` returns once every worker has called it. Raises as `trainer.resume` does.
    """
    with TemporaryDirectory() as scratch:
        own = folder if rank == 0 else shutil.copytree(folder, Path(scratch) / folder.name)
        wait_for_all()  # nothing is written before all have their copy
        Job(own).update(state=QUEUED)  # a worker that was killed has left it running
        trainer.resume(own, Listener())
        wait_for_all()
