"""How many times as long as on idle cores earlier runs took on this computer, as fast and as busy as it is."""

from collections.abc import Iterable
from contextlib import suppress

from engine.config import QUICK
from engine.jobs.job import HANDLE
from engine.jobs.status import FINISHED
from engine.runs import Run, RunError
from engine.training import time_estimate

HAS_WAITED = "has_waited"
"""In the details of a job's status: it waited in the queue, so its duration says nothing about its work."""

REMEMBERED = 5
"""The newest runs count: a computer is not always as busy."""

_LEAST, _MOST = 0.5, 30.0
"""Features that were cached make a run faster than the next one will be; a computer that slept makes it slower."""


def slowdowns(runs: Iterable[Run], recipe: str = QUICK) -> list[float]:
    """The factors of the newest runs, the newest first; Quick, which loads no torch, is apart from other recipes."""
    handles = [
        (run, run.folder / HANDLE) for run in runs if (run.config.recipe == QUICK) == (recipe == QUICK)
    ]
    with_times = []
    for run, handle in handles:
        with suppress(OSError):
            with_times.append((handle.stat().st_mtime, run))
    factors: list[float] = []
    for began, run in sorted(with_times, key=lambda pair: pair[0], reverse=True):
        factor = _slowdown(run, began)
        if factor is not None:
            factors.append(factor)
        if len(factors) == REMEMBERED:
            break
    return factors


def _slowdown(run: Run, began: float) -> float | None:
    """The factor of one run whose process was started at `began`; None for a run that tells none.

    That is one that has not finished, that waited for others, that ran elsewhere, or that was resumed.
    """
    status = run.job_status
    if status.state != FINISHED or status.details.get(HAS_WAITED) or not status.process.is_here:
        return None
    took = status.heartbeat - began
    try:
        if took < run.metrics.get("seconds", 0.0):
            return None
        idle = time_estimate.seconds(run.config, len(run.images))
    except (RunError, TypeError):
        return None
    return min(max(took / idle, _LEAST), _MOST)
