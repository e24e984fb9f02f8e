"""A check beside the pages: a child process looks at every picture once, and what it saw is kept for all.

progress.json   {"share": 0 to 1, and which process is at work}, in a folder named after the data set
log.txt         what the process printed
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from engine import paths
from engine.jobs import process, user_scope
from engine.jobs.atomic_write import write_text

QUICK_BYTES = 32 * 1024**2
"""So many bytes of pictures are looked at in about a second: no process is worth its start."""
SECONDS_BETWEEN_WRITES = 0.3


def start(path: Path, task: str) -> None:
    """Look at the pictures of a data set in a process of its own, unless one does so already."""
    folder = _folder(path)
    if share(path) is not None:
        return
    folder.mkdir(parents=True, exist_ok=True)
    command = ["check", "--task", task, "--progress", str(_progress(path)), str(path)]
    with open(folder / "log.txt", "wb") as log:
        child = process.spawn("engine", *command, log=log)
    with contextlib.suppress(psutil.Error):
        write_text(_progress(path), json.dumps({"share": 0.0} | process.mark(child.pid)))


def share(path: Path) -> float | None:
    """How much is done (0 to 1) while a process is at work on it; None where none is."""
    try:
        told = json.loads(_progress(path).read_text("utf-8"))
        return min(max(float(told["share"]), 0.0), 1.0) if process.is_alive(told) else None
    except (OSError, ValueError, TypeError, KeyError):
        return None


def log(path: Path) -> str:
    """The end of what the last process printed, for whoever asks why it ended early."""
    try:
        return (_folder(path) / "log.txt").read_text("utf-8", "replace")[-4000:]
    except OSError:
        return ""


def teller(progress: Path) -> Callable[[float], None]:
    """What the child calls with the share that is done: it is written down a few times a second."""
    mark, last = process.mark(), [0.0]

    def tell(share_done: float) -> None:
        if time.monotonic() - last[0] > SECONDS_BETWEEN_WRITES:
            last[0] = time.monotonic()
            write_text(progress, json.dumps({"share": share_done} | mark))

    return tell


def _progress(path: Path) -> Path:
    return _folder(path) / "progress.json"


def _folder(path: Path) -> Path:
    digest = hashlib.sha256(os.fsencode(Path(path).resolve())).hexdigest()[:16]
    return user_scope.own_folder(paths.cache_folder()) / "checks" / digest
