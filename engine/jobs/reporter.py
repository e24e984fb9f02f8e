"""How a job's own process reports: progress at every step, written a few times a second, and how it ended."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from engine.jobs.atomic_write import REFUSED, trouble
from engine.jobs.job import Job, JobStopped
from engine.jobs.status import FAILED, FINISHED, RUNNING, STOPPED, Progress

SECONDS_BETWEEN_WRITES = 0.3


class Reporter:
    """Writes a job's progress at most every `SECONDS_BETWEEN_WRITES`, and at once when the activity changes."""

    def __init__(self, job: Job):
        self.job = job
        self.details: dict[str, Any] = {}
        """What to add to the status with the next write."""
        self._text, self._began, self._first_share = "", time.monotonic(), 0.0
        self._written = float("-inf")
        self._unwritten: float | None = None

    def show(self, text: str, share: float) -> None:
        """Report that a share (0 to 1) of an activity is done."""
        if self.is_due(text, share):
            self.flush()

    def says(self, text: str) -> bool:
        """Whether an activity is what was reported last."""
        return text == self._text

    def is_due(self, text: str, share: float) -> bool:
        """Take in that a share (0 to 1) of an activity is done; whether it is time to write that."""
        if text != self._text:
            self._text, self._began, self._first_share = text, time.monotonic(), share
            self._written = float("-inf")
        self._unwritten = share
        return time.monotonic() - self._written >= SECONDS_BETWEEN_WRITES or share >= 1

    def flush(self) -> None:
        """Write what was reported last."""
        if self._unwritten is None:
            return
        share, self._unwritten, self._written = self._unwritten, None, time.monotonic()
        progress = Progress(self._text, share, self._first_share, self._written - self._began)
        self.job.update(progress=progress, details=self.details)


def failure_sentence(error: BaseException) -> str:
    """One sentence for a person; whatever is not an error of the engine's own is named by its type."""
    if isinstance(error, OSError) and error.errno in REFUSED:
        return f"{trouble(error).capitalize()}, then try again."
    if isinstance(error, MemoryError):
        return "It needs more memory than there is."
    first_line = (str(error).splitlines() or [""])[0]
    is_own = type(error).__module__.startswith("engine.")
    return str(error) if is_own else f"{type(error).__name__}: {first_line}"


@contextmanager
def working(
    job: Job, sentence: Callable[[BaseException], str] = failure_sentence, **details: Any
) -> Iterator[Reporter]:
    """Claim a job for this process while the block runs, and write how it ended, whichever way it does.

    `JobStopped` makes it `stopped`, any other error `failed` with a sentence; both are raised again. `details` and what
    the block puts into `Reporter.details` are kept in the status.
    """
    job.folder.mkdir(parents=True, exist_ok=True)
    job.update(state=RUNNING, message="", details=details)
    reporter = Reporter(job)
    try:
        with job.heartbeat():
            yield reporter
    except BaseException as error:
        is_stop = isinstance(error, JobStopped | KeyboardInterrupt)
        message = sentence(error) if isinstance(error, Exception) else "stopped before the end"
        with suppress(OSError):  # on a full disk: without a last word, the job is shown as interrupted
            _end(reporter, STOPPED if is_stop else FAILED, message)
        raise
    _end(reporter, FINISHED, "")


def _end(reporter: Reporter, state: str, message: str) -> None:
    reporter.flush()
    reporter.job.update(state=state, message=message, details=reporter.details)
