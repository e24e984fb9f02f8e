"""How a job stands: the content of status.json, with one set of states for every kind of job."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from engine.jobs import process
from engine.jobs.json_file import read_record, write_record
from engine.jobs.process import ProcessId

VERSION = 1
STATUS = "status.json"

QUEUED, RUNNING, FINISHED = "queued", "running", "finished"
STOPPED, FAILED, INTERRUPTED = "stopped", "failed", "interrupted"
STATES = (QUEUED, RUNNING, FINISHED, STOPPED, FAILED, INTERRUPTED)
"""`queued` until it starts and its device is free; `stopped` by a person; `interrupted`: its process is gone."""
ACTIVE = (QUEUED, RUNNING)
MISSING = "its status.json is missing or broken"


@dataclass(frozen=True)
class Progress:
    """How far an activity is.

    Attributes: `text`, what is being done, "" before anything is; `share`, from 0 to 1, that is done; `first_share`,
    what was done when the activity began in this process; `seconds` since then.
    """

    text: str = ""
    share: float = 0.0
    first_share: float = 0.0
    seconds: float = 0.0

    @property
    def seconds_left(self) -> float | None:
        """About how many seconds the activity still takes; None where that cannot be estimated."""
        gained = self.share - self.first_share
        return self.seconds * (1 - self.share) / gained if gained > 0 else None


@dataclass(frozen=True)
class Status:
    """What a job's status.json says.

    Attributes: `state`, one of `STATES`; `message`, one sentence or ""; `command`, what follows `python -m`; `owner`,
    the user it works for ("" while everything is shared); `process`, the one that reports; `heartbeat`, when it last
    did, in seconds since 1970; `details`, what one kind of job adds.
    """

    state: str
    message: str = ""
    command: tuple[str, ...] = ()
    owner: str = ""
    process: ProcessId = field(default_factory=process.not_started)
    heartbeat: float = field(default_factory=time.time)
    progress: Progress = Progress()
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_active(self) -> bool:
        return self.state in ACTIVE


def write(folder: Path, status: Status) -> None:
    """Write a job's status in one step. Raises `OSError`."""
    write_record(folder / STATUS, {"version": VERSION} | asdict(status))


def read(folder: Path) -> Status:
    """The status in a job's folder as it was written; `failed`, and why, where the file cannot be used."""
    record = read_record(folder / STATUS)
    version = record.get("version", VERSION)
    if version != VERSION:
        sentence = f"its status.json has version {version}, and this Loss Lab reads {VERSION}: start it again"
        return Status(FAILED, sentence)
    try:
        return _parsed(record)
    except (AttributeError, KeyError, TypeError, ValueError, OverflowError):
        return Status(FAILED, MISSING)


def _parsed(record: dict) -> Status:
    if record["state"] not in STATES:
        raise ValueError(record["state"])
    details = record.get("details", {})
    return Status(
        record["state"],
        str(record.get("message", "")),
        tuple(map(str, record.get("command", ()))),
        str(record.get("owner", "")),
        process.from_record(record.get("process")) or process.not_started(),
        _number(record.get("heartbeat", 0.0)),
        _progress(record.get("progress", {})),
        details if isinstance(details, dict) else {},
    )


def _progress(record: dict) -> Progress:
    share, first, seconds = (_number(record.get(name, 0.0)) for name in ("share", "first_share", "seconds"))
    return Progress(str(record.get("text", "")), min(max(share, 0.0), 1.0), first, seconds)


def _number(value: object) -> float:
    number = float(value) if isinstance(value, int | float) else math.nan
    if not math.isfinite(number):
        raise ValueError(f"{value!r} is not a number")
    return number
