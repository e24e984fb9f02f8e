"""Short jobs share a few places: as many of them work at once as the machine has cores, and the others wait.

When a class imports its photographs in the same minute, thirty processes at once would each take thirty times as long,
hold thirty times the memory, and leave little of the processor to the pages. In places, the first are done at once and
the last no later. A job that has waited for `MOST_SECONDS` begins all the same: a long one must not hold up the rest.

A place is a lock on a file next to the user's runs, which all servers on the same folders share and the operating
system releases when the process ends.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

from filelock import FileLock, Timeout

from engine.jobs import device_queue
from engine.jobs.cluster import placement
from engine.jobs.job import JobStopped
from engine.jobs.reporter import Reporter

MOST_SECONDS = 120.0
SECONDS_BETWEEN_LOOKS = 0.5
WAITING = "Waiting for other jobs"
IMPORT, LOOK = "imports", "looks"
"""The kinds of jobs that have places; one kind does not wait for the other."""


@contextmanager
def place(kind: str, report: Reporter) -> Iterator[None]:
    """Hold a place for a kind of job while the block runs; until there is one, say so in the job's progress.

    Raises `JobStopped` where the job is stopped meanwhile. A cluster has a queue of its own: its jobs do not wait.
    """
    lock = None if placement.has_own_share() else _taken(kind, report)
    try:
        yield
    finally:
        if lock is not None:
            lock.release()


def _taken(kind: str, report: Reporter) -> FileLock | None:
    """A place, or None where patience is over or the disk refuses."""
    until = time.monotonic() + MOST_SECONDS
    try:
        folder = device_queue.machine_folder() / kind
        folder.mkdir(parents=True, exist_ok=True)
        while (lock := _free(folder, os.cpu_count() or 1)) is None and time.monotonic() < until:
            if not report.says(WAITING):
                report.show(WAITING, 0.0)
            if report.job.stop_requested:
                raise JobStopped("stopped before the end")
            time.sleep(SECONDS_BETWEEN_LOOKS)
    except OSError:
        return None
    return lock


def _free(folder: os.PathLike, places: int) -> FileLock | None:
    """A place that was free, taken now; None where all are taken."""
    for number in range(places):
        lock = FileLock(os.path.join(folder, f"{number}.lock"))
        try:
            lock.acquire(timeout=0)
        except Timeout:
            continue
        return lock
    return None
