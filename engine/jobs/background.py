"""The main function of a module that a job's process runs in the background."""

from collections.abc import Callable
from pathlib import Path

from engine.jobs import process
from engine.jobs.job import Job, JobStopped
from engine.jobs.reporter import Reporter, working


def run(folder: Path, work: Callable[[Path, Reporter], None], *expected: type[Exception]) -> int:
    """Do the work of the job in `folder` for a person who waits for it, and return the exit status.

    0 where it finished or was stopped; 1 where an `expected` error or an `OSError` ended it, whose sentence is in the
    job's status. Any other error is raised, for the log.
    """
    process.lower_priority(process.WAITED_FOR)
    try:
        with working(Job(folder)) as report:
            work(folder, report)
    except JobStopped:
        return 0
    except Exception as error:
        if isinstance(error, (OSError, *expected)):
            return 1
        raise
    return 0
