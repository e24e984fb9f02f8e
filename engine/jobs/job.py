"""A background job: a command, a folder, and one status.json in it that any process may read.

status.json    how it stands (see `engine.jobs.status`); while it is active, only its own process writes it
executor.json  how its executor finds the process again
log.txt        what the process printed
stop           asks the process to stop at the next good moment
.start.lock    held while a process is started, so that two servers do not start two

cluster.json   which attempt of a cluster at the job counts (see `engine.jobs.cluster.attempt`)

A process of this machine that is gone makes an active job `interrupted`. A process of another machine cannot be seen
over a shared folder, and a slow network is no reason to call it dead: such a job stays as it said, and where its
heartbeat is old the message says since when. The executor of a job on a cluster knows more: such a job goes on while
its cluster is about to move it from a dead node to another.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from filelock import FileLock

from engine.jobs import process, user_scope
from engine.jobs import status as status_file
from engine.jobs.atomic_write import trouble
from engine.jobs.executors import EXECUTORS, LOCAL, Executor, Handle
from engine.jobs.json_file import read_record, write_record
from engine.jobs.log_tail import last_lines
from engine.jobs.status import FAILED, INTERRUPTED, QUEUED, STATUS, STOPPED, Status

HANDLE, LOG, STOP, START_LOCK = "executor.json", "log.txt", "stop", ".start.lock"
SECONDS_TO_START = 60
"""So long a job whose executor said nothing may be queued without a process."""
SECONDS_BETWEEN_HEARTBEATS = 5.0
FRESH_SECONDS = 20.0
"""A job of another machine that was heard of so recently runs, whatever a cluster knows of it."""
SILENT_AFTER = 180.0
"""Seconds without a heartbeat after which a job of another machine is said to give no sign of life."""
STOPPED_IN_QUEUE = "stopped before it was its turn"
STOPPED_WITHOUT_CLUSTER = "stopped before it was its turn; its cluster did not answer"
NO_CLUSTER = (
    "no sign of life from its cluster since {since}: start the cluster's head again, or stop this job"
)
EXITED = "its process exited unexpectedly"
_writing = threading.RLock()


class JobStopped(Exception):
    """The job was asked to stop; one sentence."""


@dataclass(frozen=True)
class Job:
    """A job by its folder; whether there is one yet is `exists`."""

    folder: Path

    @property
    def exists(self) -> bool:
        return (self.folder / STATUS).is_file()

    @property
    def status(self) -> Status:
        """How it stands now; `failed` where there is no usable status.json."""
        status = status_file.read(self.folder)
        if not status.is_active:
            return status
        alive = self._is_alive(status)
        if alive is None and (silent := time.time() - status.heartbeat) > SILENT_AFTER:
            return replace(status, message=_no_sign_of_life(status, silent))
        return replace(status, state=INTERRUPTED, message=EXITED) if alive is False else status

    @property
    def state(self) -> str:
        """One of `engine.jobs.status.STATES`."""
        return self.status.state

    @property
    def is_active(self) -> bool:
        return self.exists and self.status.is_active

    @property
    def is_claimed(self) -> bool:
        """Whether a process works on it, or on another machine may still do so."""
        status = self.status
        return status.is_active and status.process.pid != process.NOT_STARTED

    @property
    def trouble(self) -> str:
        """One sentence why it failed or was interrupted; "" where neither happened."""
        if not self.exists or (status := self.status).state not in (FAILED, INTERRUPTED):
            return ""
        if status.state == FAILED:
            return status.message
        lines = self.log.strip().splitlines()
        return f"It ended early: {lines[-1][:300] if lines else status.message}"

    @property
    def waits_on_cluster(self) -> bool:
        """Whether it waits for a node of a cluster, where it has no process yet that could heed a stop."""
        status, executor = self.status, self._executor
        is_started = status.process.pid != process.NOT_STARTED
        return status.is_active and not is_started and executor is not None and executor.waiting != ""

    @property
    def _executor(self) -> Executor | None:
        """The executor that has started it; None before one has."""
        return EXECUTORS.get(str(read_record(self.folder / HANDLE).get("executor")))

    @property
    def _has_process(self) -> bool:
        """Whether a process other than this one works on it, or has been started for it."""
        status = self.status
        is_started = self.is_claimed or (self.folder / HANDLE).is_file()
        return status.is_active and is_started and not status.process.is_this

    @property
    def log(self) -> str:
        """The last lines that it printed."""
        return last_lines(self.folder / LOG)

    @property
    def stop_requested(self) -> bool:
        return (self.folder / STOP).exists()

    def create(self, command: Sequence[str] = (), message: str = "", **details: Any) -> None:
        """Write that the job is queued, before a process works on it; an earlier one's progress is forgotten."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for name in (STOP, HANDLE):
            (self.folder / name).unlink(missing_ok=True)
        status_file.write(
            self.folder, Status(QUEUED, message, tuple(command), user_scope.owner(), details=details)
        )

    def start(self, *command: str, executor: str = LOCAL, device: str = "cpu", **details: Any) -> bool:
        """Queue the job and let an executor run `python -m` with a command: a module and its arguments.

        It runs where there is such a device; "auto" is a GPU where the executor has one. Where a process works on it
        already, such as one that another server has just started, it stays as it is, and the result is False. Raises
        `OSError` where the disk, the system or the cluster refuses.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with FileLock(self.folder / START_LOCK, timeout=SECONDS_TO_START):
            if self._has_process:
                return False
            place = EXECUTORS[executor]
            self.create(command, place.waiting, **details)
            handle = self._started(place, command, device)
            write_record(self.folder / HANDLE, {"executor": executor, "device": device} | dict(handle))
            return True

    def _started(self, place: Executor, command: Sequence[str], device: str) -> Handle:
        """The handle of a new process; a job that an executor does not take has failed."""
        try:
            return place.start(command, self.folder / LOG, device)
        except OSError as error:
            with suppress(OSError):
                self.update(state=FAILED, message=f"it could not be started: {trouble(error)}")
            raise

    def resume(self) -> None:
        """Start the command of an ended job once more; what the job left in its folder tells it where to go on."""
        status = self.status
        if status.is_active or not status.command:
            raise ValueError(f"The job in {self.folder} is {status.state} and cannot be resumed.")
        handle = read_record(self.folder / HANDLE)
        executor, device = str(handle.get("executor", LOCAL)), str(handle.get("device", "cpu"))
        self.start(*status.command, executor=executor, device=device, **status.details)

    def request_stop(self) -> None:
        """Ask an active job to stop at the next good moment and keep what it has.

        One that still waits for a node of a cluster leaves the queue at once, also where the cluster does not answer:
        should it come back, it starts no job that was stopped.
        """
        if self.is_active:
            (self.folder / STOP).touch()
        if self.waits_on_cluster:
            message = STOPPED_IN_QUEUE if self.kill() else STOPPED_WITHOUT_CLUSTER
            left = status_file.read(self.folder)
            if left.is_active and left.process.pid == process.NOT_STARTED:
                self.update(state=STOPPED, message=message)

    def kill(self) -> bool:
        """End the job's process at once; False where it runs on a machine that this one cannot reach."""
        handle = read_record(self.folder / HANDLE)
        executor = EXECUTORS.get(str(handle.get("executor")))
        return executor is not None and executor.kill(handle)

    # -- what the job's own process does --

    def update(self, **changes: Any) -> None:
        """Change parts of the status, in the name of this process; `details` are added to those known.

        A job that has ended needs no stop any more.
        """
        with _writing:
            known = status_file.read(self.folder)
            details = {**known.details, **changes.pop("details", {})}
            status = replace(known, **_by_this_process(), details=details, **changes)
            if not status.is_active:
                (self.folder / STOP).unlink(missing_ok=True)
            status_file.write(self.folder, status)

    @contextmanager
    def heartbeat(self) -> Iterator[None]:
        """Give a sign of life every few seconds while the block runs."""
        ended = threading.Event()
        thread = threading.Thread(target=self._beat, args=(ended,), name="heartbeat", daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()

    def _beat(self, ended: threading.Event) -> None:
        while not ended.wait(SECONDS_BETWEEN_HEARTBEATS):
            with suppress(OSError), _writing:
                status = status_file.read(self.folder)
                if status.is_active and status.process.is_this:
                    status_file.write(self.folder, replace(status, heartbeat=time.time()))

    def _is_alive(self, status: Status) -> bool | None:
        """Whether the job has a process; None where that cannot be seen from this machine."""
        executor, has_started = self._executor, status.process.pid != process.NOT_STARTED
        alive = status.process.is_alive if has_started else None
        if has_started and (alive or executor is None or not executor.waiting):
            return alive
        since = time.time() - status.heartbeat
        if executor is not None:  # of a job that waits, or that a cluster may move to another node
            is_heard_of = has_started and alive is None and 0 <= since < FRESH_SECONDS
            return is_heard_of or executor.is_alive(read_record(self.folder / HANDLE))
        return 0 <= since < SECONDS_TO_START if status.process.is_here else None


def _by_this_process() -> dict[str, Any]:
    return {"process": process.identify(), "heartbeat": time.time()}


def _no_sign_of_life(status: Status, silent: float) -> str:
    since = time.strftime("%Y-%m-%d %H:%M", time.localtime(status.heartbeat))
    if status.process.pid == process.NOT_STARTED:
        return NO_CLUSTER.format(since=since)
    return f"no sign of life from {status.process.host} since {since} ({silent / 60:.0f} minutes)"
