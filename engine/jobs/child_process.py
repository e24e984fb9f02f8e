"""A fresh Python process that reads what strangers made, so that it cannot harm the process that asks."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping

import psutil

from engine import paths

SECONDS_BETWEEN_LOOKS = 1.0
PARENT_VARIABLE = "LOSS_LAB_WAITED_FOR_BY"
"""The number of the process that waits for a child's result."""


def run_module(
    arguments: list[str], seconds: int, environment: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """Run `python -m` with these arguments; what it prints is text. Raises `subprocess.TimeoutExpired`."""
    return subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=paths.ROOT,
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
        env=waited_for(environment),
    )


def waited_for(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment of a process that this one waits for; see `end_with_parent`."""
    return {**environment, PARENT_VARIABLE: str(os.getpid())}


def end_with_parent(parent: int | None = None) -> None:
    """Let this process end soon after the one that started it, even if that was killed: its result is not read then.

    The parent may be gone before this process has loaded, so its number is given, or comes with `waited_for`. On
    Windows a process does not notice, and ends when its work is done.
    """
    started_by = parent or int(os.environ.get(PARENT_VARIABLE, os.getppid()))
    threading.Thread(target=_watch, args=(started_by,), name="watch-parent", daemon=True).start()


def _watch(parent: int) -> None:
    while os.name == "nt" or os.getppid() == parent:
        time.sleep(SECONDS_BETWEEN_LOOKS)
    psutil.Process().kill()


def last_line(printed: str, otherwise: str) -> str:
    """The last line of what a process printed, or `otherwise` where it printed nothing."""
    return (printed.strip().splitlines() or [otherwise])[-1]
