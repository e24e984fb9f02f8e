"""Jobs for one device of a machine run one after the other; each person lets one job of each other person pass at most.

Each job that waits has an entry in the queue's folder, next to the user's runs; the entry of a process that is gone is
removed. The job at work holds a lock, which the operating system releases when its process ends, however it ends.

Next comes a job of the person whose last one began longest ago, and of those who had none, the first who came.
Where everything is shared, all are one person, whose jobs keep their order.

A device belongs to one machine, so over a shared folder each machine has queues of its own. Containers of one machine
share them, though they cannot see each other's processes: an entry of another host is never removed, and counts as
long as its process touches it. Only the lock decides who works.
"""

import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from engine import paths
from engine.jobs import process, user_scope
from engine.jobs.cluster import placement
from engine.jobs.job import SILENT_AFTER
from engine.jobs.json_file import read_record, write_record

SECONDS_BETWEEN_LOOKS = 0.3
OF_OTHERS = "another person's job"
SERVED, PLACES_LOCK = "served", "places.lock"
_GPU_DRIVERS = (Path("/dev/nvidiactl"), Path("/dev/dxg"))


def queue_for(device: str) -> str:
    """The queue of a configuration's device, found without loading torch."""
    has_gpu = any(driver.exists() for driver in _GPU_DRIVERS)
    return "cuda" if device == "cuda" or (device == "auto" and has_gpu) else "cpu"


def queue_folder(device: str) -> Path:
    """Where this machine's entries for a device are."""
    return machine_folder() / queue_for(device)


def machine_folder() -> Path:
    """Where this machine's queues are: containers of one machine share them, other machines do not."""
    return paths.runs_folder() / ".queue" / _machine()


@contextmanager
def device_lock(device: str, name: str, waiting: Callable[[list[str]], None]) -> Iterator[None]:
    """Hold a device while the block runs; until then call `waiting` with the names of the jobs ahead.

    Whatever `waiting` raises ends the waiting. A cluster has a queue of its own: its jobs do not wait here.
    """
    if placement.has_own_share():
        yield
        return
    lock = FileLock(queue_folder(device) / "lock")
    entry = _queued(queue_folder(device), name)
    try:
        while (ahead := _ahead_of(entry)) or not _is_acquired(lock):
            waiting(ahead)
            time.sleep(SECONDS_BETWEEN_LOOKS)
            with suppress(OSError):
                os.utime(entry)
        _begin(entry)
        yield
    finally:
        entry.unlink(missing_ok=True)
        lock.release()


@dataclass(frozen=True)
class _Waiting:
    """A job in the queue, by its entry; `is_at_work` says whether it holds the device."""

    entry: Path
    owner: str
    name: str
    is_at_work: bool


def _queued(folder: Path, name: str) -> Path:
    """A new entry, the last one in time; those that come at once come one after the other."""
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / PLACES_LOCK):
        others = _waiting(folder)
        if not others:
            (folder / SERVED).unlink(missing_ok=True)
        latest = max((int(one.entry.stem) for one in others), default=0)
        entry = folder / f"{max(time.time_ns(), latest + 1):020d}.json"  # the clock may have been set back
        write_record(entry, asdict(process.identify()) | {"name": name, "owner": user_scope.owner()})
    return entry


def _begin(entry: Path) -> None:
    """Note that an entry's job is at work; also where that cannot be written, it works."""
    folder = entry.parent
    with suppress(OSError), FileLock(folder / PLACES_LOCK):
        served, owner = _served(folder), user_scope.owner()
        write_record(folder / SERVED, served | {owner: max(served.values(), default=0) + 1})
        write_record(entry, read_record(entry) | {"is_at_work": True})


def _ahead_of(entry: Path) -> list[str]:
    """The jobs that come before an entry's, by name; those of other people have none."""
    line = _in_order(entry.parent)
    own = next((one for one in line if one.entry == entry), None)
    if own is None:
        return []
    return [one.name if one.owner == own.owner else OF_OTHERS for one in line[: line.index(own)]]


def _in_order(folder: Path) -> list[_Waiting]:
    """The job at work, then those that wait, the next one first."""
    every, served = _waiting(folder), _served(folder)
    order, left = ([one for one in every if one.is_at_work is at_work] for at_work in (True, False))
    now = max(served.values(), default=0)
    while left:
        following = min(left, key=lambda one: served.get(one.owner, 0))  # of equals the first who came
        left.remove(following)
        order.append(following)
        served[following.owner] = now = now + 1
    return order


def _served(folder: Path) -> dict[str, int]:
    """When each person's last job began since the queue was empty, counted in jobs."""
    return {owner: at for owner, at in read_record(folder / SERVED).items() if isinstance(at, int)}


def _waiting(folder: Path) -> list[_Waiting]:
    """The jobs in the queue in the order in which they came; entries of processes that are gone are removed."""
    return [one for entry in sorted(folder.glob("[0-9]*.json")) if (one := _read(entry))]


def _read(entry: Path) -> _Waiting | None:
    """The job of an entry; None where there is none, and then the entry is removed."""
    record = read_record(entry)
    holder = process.from_record(record)
    alive = holder.is_alive if holder else False
    if alive is None:
        alive = _is_fresh(entry)
    elif not alive or "name" not in record:
        entry.unlink(missing_ok=True)
        alive = False
    if not alive or not entry.stem.isdecimal():
        return None
    name, owner = str(record.get("name", "another job")), str(record.get("owner", ""))
    return _Waiting(entry, owner, name, record.get("is_at_work") is True)


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
