"""cluster.json in a job's folder: which attempt at the job counts, where it runs, and whether it has ended.

The supervisor on the node writes it; every process that sees the folder reads it, without asking Ray. A node that was
only cut off may come back while the job goes on elsewhere: its process finds that a later attempt counts, and ends.
"""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

from engine.jobs.json_file import read_record, write_record

FILE = "cluster.json"
SECONDS_BETWEEN_BEATS = 5.0
FRESH_SECONDS = 20.0
"""So long after the last beat an attempt is taken to go on without asking Ray; clocks may differ by as much."""

SILENT_SECONDS = 180.0
"""So long after the last beat an attempt is gone where its cluster does not answer: nodes end without their head."""


@dataclass(frozen=True)
class Attempt:
    """One process's work on a job.

    Attributes: `actor`, Ray's name of the supervisor; `number`, from 1, one more for each node that was lost; `host`,
    where it runs; `beat`, when the supervisor was last heard of; `is_ended`, whether its process is gone for good.
    """

    actor: str
    number: int
    host: str
    beat: float = field(default_factory=time.time)
    is_ended: bool = False

    @property
    def is_silent(self) -> bool:
        """Whether it was not heard of for so long that it has ended, unless Ray says otherwise."""
        return abs(time.time() - self.beat) > SILENT_SECONDS

    @property
    def is_fresh(self) -> bool:
        return abs(time.time() - self.beat) < FRESH_SECONDS


def latest(folder: Path) -> Attempt | None:
    """The attempt that counts at the job in a folder; None before the first."""
    record = read_record(folder / FILE)
    try:
        number, beat = int(record["number"]), float(record["beat"])
        return Attempt(record["actor"], number, str(record["host"]), beat, record["is_ended"] is True)
    except (KeyError, TypeError, ValueError, OverflowError):
        return None


def read(folder: Path, actor: str) -> Attempt | None:
    """The same, where an actor has made that attempt; None where another has, for a job that was started again."""
    found = latest(folder)
    return found if found is not None and found.actor == actor else None


def is_replaced(folder: Path, actor: str, number: int) -> bool:
    """Whether another attempt than an actor's of that number counts by now; not where a slow disk shows none."""
    found = latest(folder)
    return found is not None and (found.actor != actor or found.number > number)


def write(folder: Path, attempt: Attempt) -> None:
    """Let an attempt be the one that counts. Raises `OSError`."""
    write_record(folder / FILE, asdict(attempt))
