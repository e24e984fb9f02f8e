"""Jobs as child processes of this machine, which outlive the process that started them."""

import contextlib
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import psutil

from engine.jobs import process
from engine.jobs.executors.base import Handle

SECONDS_TO_DIE = 10


class LocalExecutor:
    """Starts a job's process on the machine that asks for it."""

    name = "local"
    waiting = ""

    def start(self, command: Sequence[str], log: Path, device: str = "auto") -> Handle:
        """Start `python -m` with a command; its handle is the process's host, pid and start.

        The process itself queues for its device.
        """
        with open(log, "ab") as opened:
            child = process.spawn(*command, log=opened)
        try:
            return asdict(process.identify(child.pid))
        except psutil.NoSuchProcess:  # it has ended already
            return asdict(process.ProcessId(process.host(), child.pid, 0.0))

    def is_alive(self, handle: Handle) -> bool | None:
        """Whether the process still runs; None for a process of another machine."""
        started = process.from_record(handle)
        return started.is_alive if started else False

    def kill(self, handle: Handle) -> bool:
        """End the process at once; False for a process of another machine. This process is never killed."""
        started = process.from_record(handle)
        if started is None or not started.is_here:
            return False
        if started.is_alive and not started.is_this:
            with contextlib.suppress(psutil.Error):
                running = psutil.Process(started.pid)
                running.kill()
                running.wait(SECONDS_TO_DIE)
        return True
