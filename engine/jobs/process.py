"""Which process does what: a number alone can belong to another process later, so its start is kept with it."""

import contextlib
import os
import subprocess
import sys
from pathlib import Path
from typing import BinaryIO

import psutil

from engine import paths
from engine.jobs import malloc_env, user_scope


def begin(module: str, *arguments: str, log: BinaryIO | int = subprocess.DEVNULL) -> subprocess.Popen:
    """Start `python -m module` for the visitor who is served just now; it outlives this one and prints to `log`."""
    return subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        cwd=paths.ROOT,
        env=user_scope.child_environment() | malloc_env.environment(),
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        start_new_session=True,
    )


def mark(pid: int | None = None) -> dict[str, float]:
    """What identifies a process (this one, unless a number is given) as long as the machine runs."""
    process = psutil.Process(pid)
    return {"pid": process.pid, "born": process.create_time()}


def is_alive(marked: dict) -> bool:
    """Whether the process of `mark` still runs; False for anything that is not such a mark."""
    try:
        process = psutil.Process(int(marked["pid"]))
        same = abs(process.create_time() - float(marked["born"])) < 1
        return same and process.status() != psutil.STATUS_ZOMBIE
    except (psutil.Error, KeyError, TypeError, ValueError, OverflowError):
        return False


def step_back(by: int = 10) -> None:
    """Let other processes go first, so that pages answer at once while this one trains.

    `by` is how far, from 1 to 19: little where somebody waits for it.
    """
    if psutil.WINDOWS:
        psutil.Process().nice(psutil.BELOW_NORMAL_PRIORITY_CLASS)
        return
    os.nice(by)
    with contextlib.suppress(OSError):
        Path("/proc/self/autogroup").write_text(str(by))  # Linux weighs sessions first, then processes
