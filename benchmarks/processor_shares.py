"""Who used the processor while something was measured: the server, its jobs, the visitors, and everything else."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, fields

import psutil


@dataclass(frozen=True)
class ProcessorTimes:
    """Seconds of processor time since each began, and `wall`, seconds of a clock times the number of cores.

    `jobs` are the processes that the server has started, those that have ended among them; `visitors` is this process;
    `machine` is all work of the machine.
    """

    server: float
    jobs: float
    visitors: float
    machine: float
    wall: float

    def __sub__(self, before: ProcessorTimes) -> ProcessorTimes:
        return ProcessorTimes(
            *(getattr(self, field.name) - getattr(before, field.name) for field in fields(self))
        )

    def text(self) -> str:
        """Each in percent of all cores."""
        elsewhere = max(self.machine - self.server - self.jobs - self.visitors, 0.0)
        parts = {
            "server": self.server,
            "its jobs": self.jobs,
            "visitors": self.visitors,
            "other work": elsewhere,
            "idle": max(self.wall - self.machine, 0.0),
        }
        return ", ".join(f"{name} {100 * seconds / self.wall:.0f}%" for name, seconds in parts.items())


def now(server: int) -> ProcessorTimes:
    """The times of the server with this process number, its jobs, and this process."""
    machine = psutil.cpu_times()
    idle = machine.idle + getattr(machine, "iowait", 0.0)
    return ProcessorTimes(
        of_process(server),
        sum(_of_jobs(psutil.Process(server))),
        time.process_time(),
        sum(machine[:8]) - idle,
        (os.cpu_count() or 1) * time.monotonic(),
    )


def of_process(number: int) -> float:
    """Seconds of processor time that a process has used itself; 0 once it has ended."""
    with suppress(psutil.Error):
        times = psutil.Process(number).cpu_times()
        return times.user + times.system
    return 0.0


def _of_jobs(server: psutil.Process) -> Iterator[float]:
    """The processor time of each process below the server, and of those that have ended."""
    for process in [server, *server.children(recursive=True)]:
        with suppress(psutil.Error):
            times = process.cpu_times()
            yield times.children_user + times.children_system
            if process != server:
                yield times.user + times.system
