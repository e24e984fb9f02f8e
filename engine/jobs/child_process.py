"""A fresh Python process that reads what strangers made, so that it cannot harm the process that asks."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping

from engine import paths

SECONDS_BETWEEN_LOOKS = 1.0


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
        env=dict(environment),
    )


def end_with_parent() -> None:
    """Let this process end soon after the one that started it, even if that was killed: nobody reads its result then.

    On Windows it does not notice, and ends when its work is done.
    """
    parent = os.getppid()
    threading.Thread(target=_watch, args=(parent,), name="watch-parent", daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(SECONDS_BETWEEN_LOOKS)
    os._exit(1)


def last_line(printed: str, otherwise: str) -> str:
    """The last line of what a process printed, or `otherwise` where it printed nothing."""
    return (printed.strip().splitlines() or [otherwise])[-1]
