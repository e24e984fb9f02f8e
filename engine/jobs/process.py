"""Processes: which one does what, on which machine, whether it still runs, and how to start one."""

from __future__ import annotations

import contextlib
import os
import platform
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import psutil

from engine import paths
from engine.jobs import malloc_env, thread_waits, user_scope
from engine.jobs.cluster import placement

NOT_STARTED = 0
"""The pid of a job that waits for its process."""
_BOOT = Path("/proc/sys/kernel/random/boot_id")
LEAST, WAITED_FOR = 19, 10
"""How far a process steps back: behind everything else, or behind the pages only, because a person waits for it."""
_START_FIELD = 19
"""Of /proc/PID/stat, after the command's name: the process's start in ticks since the machine's."""


@dataclass(frozen=True)
class ProcessId:
    """One process on one machine.

    Attributes: `host`, the machine's name; `pid`, its number there, or `NOT_STARTED`; `started`, its start in seconds,
    because the system gives the number to another process later; `boot`, which start of the machine these seconds
    count from. On Linux they do, so that no change of the clock makes a process look like another. Elsewhere `boot` is
    "", and they count from 1970.
    """

    host: str
    pid: int
    started: float
    boot: str = ""

    @property
    def is_here(self) -> bool:
        """Whether it belongs to this machine."""
        return self.host == host()

    @property
    def is_this(self) -> bool:
        """Whether it is the process that asks."""
        return self.is_here and self.pid == os.getpid()

    @property
    def is_alive(self) -> bool | None:
        """Whether it still runs; None for a process of another machine, which cannot be seen from here."""
        if not self.is_here:
            return None
        try:
            process = psutil.Process(self.pid)
            is_same = self.boot == boot() and abs(_started(process) - self.started) < 1
            return is_same and process.status() != psutil.STATUS_ZOMBIE
        except (psutil.Error, ValueError, OverflowError):
            return False


def host() -> str:
    """The name of this machine."""
    return platform.node()


def boot() -> str:
    """What names the present start of this machine, on Linux; "" elsewhere."""
    try:
        return _BOOT.read_text("ascii").strip()
    except (OSError, ValueError):
        return ""


def _started(process: psutil.Process) -> float:
    """When a process started, as `ProcessId` counts; psutil would add the present clock's idea of the boot."""
    if not boot():
        return process.create_time()
    try:
        fields = Path(f"/proc/{process.pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
    except OSError as error:
        raise psutil.NoSuchProcess(process.pid) from error
    return int(fields[_START_FIELD]) / os.sysconf("SC_CLK_TCK")


def identify(pid: int | None = None) -> ProcessId:
    """The identity of a process of this machine, or of this process. Raises `psutil.NoSuchProcess`."""
    process = psutil.Process(pid)
    return ProcessId(host(), process.pid, _started(process), boot())


def not_started() -> ProcessId:
    """The identity in place of that of a process which this machine has asked for but which does not run yet."""
    return ProcessId(host(), NOT_STARTED, 0.0)


def from_record(record: object) -> ProcessId | None:
    """The identity that a JSON record holds; None where it holds none."""
    if not isinstance(record, Mapping):
        return None
    try:
        name, pid, started = record["host"], int(record["pid"]), float(record["started"])
    except (KeyError, TypeError, ValueError, OverflowError):
        return None
    since = record.get("boot", "")
    are_texts = isinstance(name, str) and isinstance(since, str)
    return ProcessId(name, pid, started, since) if are_texts and pid >= 0 else None


def spawn(module: str, *arguments: str, log: BinaryIO | int = subprocess.DEVNULL) -> subprocess.Popen:
    """Start `python -m module` for the current user; it outlives this process and prints to `log`.

    It steps back from the start: loading its modules takes a second, and a class may start thirty at once.
    """
    child = subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        cwd=paths.ROOT,
        env=user_scope.child_environment() | malloc_env.environment() | thread_waits.environment(),
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        start_new_session=True,
    )
    _step_back(child.pid, WAITED_FOR)
    return child


def lower_priority(to: int = LEAST) -> None:
    """Let other processes go first, so that pages respond at once while this one works.

    `to` is the least niceness to have, from 1 to 19: `WAITED_FOR` where a person waits for the result.
    """
    _step_back(os.getpid(), to)


def _step_back(pid: int, to: int) -> None:
    """Give a process a niceness. A job in its own share of a cluster's node stays as Ray has set it."""
    if placement.has_own_share():
        return
    with contextlib.suppress(psutil.Error, OSError):  # it may have ended already
        one = psutil.Process(pid)
        if psutil.WINDOWS:
            one.nice(psutil.BELOW_NORMAL_PRIORITY_CLASS)  # type: ignore[attr-defined]
            return
        one.nice(max(int(one.nice()), to))
        if os.getsid(pid) == pid:  # a session of its own: others in it would be slowed down as well
            Path(f"/proc/{pid}/autogroup").write_text(str(to))  # Linux weighs sessions first, then processes
