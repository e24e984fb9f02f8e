"""Runs for the same device train one after the other, in the order in which they asked.

Whoever waits leaves a ticket beside the user's runs; the ticket of a process that is gone counts for nothing. The
one at work holds a lock that the operating system takes back when its process ends, however it ends.
"""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from engine import paths
from engine.jobs import process
from engine.jobs.atomic_write import write_text

SECONDS_BETWEEN_LOOKS = 0.3
_GPU_DRIVERS = (Path("/dev/nvidiactl"), Path("/dev/dxg"))


def line_for(device: str) -> str:
    """The waiting line of a configuration's device, told without loading torch."""
    has_gpu = any(driver.exists() for driver in _GPU_DRIVERS)
    return "cuda" if device == "cuda" or (device == "auto" and has_gpu) else "cpu"


@contextmanager
def turn(device: str, name: str, waiting: Callable[[list[str]], None]) -> Iterator[None]:
    """Hold a device while the block runs; until then call `waiting` with the names of those ahead.

    Whatever `waiting` raises ends the waiting.
    """
    folder = paths.runs_folder() / ".turns" / line_for(device)
    ticket = folder / f"{time.time_ns():020d}.json"
    write_text(ticket, json.dumps(process.mark() | {"name": name}))
    lock = FileLock(folder / "lock")
    try:
        while (ahead := _ahead_of(ticket)) or not _taken(lock):
            waiting(ahead)
            time.sleep(SECONDS_BETWEEN_LOOKS)
        yield
    finally:
        ticket.unlink(missing_ok=True)
        lock.release()


def _ahead_of(ticket: Path) -> list[str]:
    earlier = [other for other in sorted(ticket.parent.glob("*.json")) if other.name < ticket.name]
    return [holder["name"] for other in earlier if (holder := _holder(other))]


def _holder(ticket: Path) -> dict | None:
    """Who holds a ticket; a ticket that nobody holds any more is thrown away."""
    try:
        holder = json.loads(ticket.read_text("utf-8"))
    except (OSError, ValueError):
        return None
    if isinstance(holder, dict) and "name" in holder and process.is_alive(holder):
        return holder
    ticket.unlink(missing_ok=True)
    return None


def _taken(lock: FileLock) -> bool:
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return False
    return True
