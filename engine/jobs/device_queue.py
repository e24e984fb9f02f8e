"""Jobs for the same device of a machine run one after the other, in the order in which they were started.

Each job that waits has an entry in the queue's folder, next to the user's runs; the entry of a process that is gone is
removed. The job at work holds a lock, which the operating system releases when its process ends, however it ends.

A device belongs to one machine, so over a shared folder each machine has queues of its own. Containers of one machine
share them, though they cannot see each other's processes: an entry of another host is never removed, and counts as
long as its process touches it. Only the lock decides who works.
"""

import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path

from filelock import FileLock, Timeout

from engine import paths
from engine.jobs import process
from engine.jobs.job import SILENT_AFTER
from engine.jobs.json_file import read_record, write_record

SECONDS_BETWEEN_LOOKS = 0.3
_GPU_DRIVERS = (Path("/dev/nvidiactl"), Path("/dev/dxg"))


def queue_for(device: str) -> str:
    """The queue of a configuration's device, found without loading torch."""
    has_gpu = any(driver.exists() for driver in _GPU_DRIVERS)
    return "cuda" if device == "cuda" or (device == "auto" and has_gpu) else "cpu"


def queue_folder(device: str) -> Path:
    """Where this machine's entries for a device are."""
    return paths.runs_folder() / ".queue" / _machine() / queue_for(device)


@contextmanager
def device_lock(device: str, name: str, waiting: Callable[[list[str]], None]) -> Iterator[None]:
    """Hold a device while the block runs; until then call `waiting` with the names of the jobs ahead.

    Whatever `waiting` raises ends the waiting.
    """
    folder = queue_folder(device)
    record, lock = asdict(process.identify()) | {"name": name}, FileLock(folder / "lock")
    folder.mkdir(parents=True, exist_ok=True)
    entry = folder / f"{time.time_ns():020d}.json"  # just before it is written: others must not miss it
    write_record(entry, record)
    try:
        while (ahead := _ahead_of(entry)) or not _is_acquired(lock):
            waiting(ahead)
            time.sleep(SECONDS_BETWEEN_LOOKS)
            with suppress(OSError):
                os.utime(entry)
        yield
    finally:
        entry.unlink(missing_ok=True)
        lock.release()


def _ahead_of(entry: Path) -> list[str]:
    earlier = [other for other in sorted(entry.parent.glob("*.json")) if other.name < entry.name]
    return [name for other in earlier if (name := _name_of(other))]


def _name_of(entry: Path) -> str:
    """The name of the job that waits with an entry; "" where none does, and then the entry is removed."""
    record = read_record(entry)
    holder = process.from_record(record)
    alive = holder.is_alive if holder else False
    if alive is None:
        return str(record.get("name", "another job")) if _is_fresh(entry) else ""
    if alive and "name" in record:
        return str(record["name"])
    entry.unlink(missing_ok=True)
    return ""


def _is_fresh(entry: Path) -> bool:
    try:
        return time.time() - entry.stat().st_mtime < SILENT_AFTER
    except OSError:
        return False


def _is_acquired(lock: FileLock) -> bool:
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return False
    return True


def _machine() -> str:
    """What containers of one machine have in common, and no two machines."""
    return re.sub(r"[^\w-]", "_", process.boot() or process.host()) or "machine"
