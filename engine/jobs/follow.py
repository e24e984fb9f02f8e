"""Follow a job that another process does, perhaps on another machine, until it has ended."""

import time

from engine.jobs.job import Job
from engine.jobs.progress import Listener
from engine.jobs.status import Status

SECONDS_BETWEEN_LOOKS = 0.3


def follow(job: Job, listener: Listener) -> Status:
    """Tell a listener how a job goes until it has ended; returns how it ended. Raises what the listener does."""
    message = ""
    while (status := job.status).is_active:
        if status.message and status.message != message:
            listener.note(status.message)
        message = status.message
        if job.stop_requested and job.waits_on_cluster:
            job.request_stop()  # there is no process yet that could heed it
        listener.show(status.progress.text, status.progress.share)
        time.sleep(SECONDS_BETWEEN_LOOKS)
    return status
