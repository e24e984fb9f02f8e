"""One lock for each folder whose entries have names: a process that takes a free name holds it until it is used."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

LOCK = ".names.lock"
SECONDS_TO_WAIT = 20


@contextmanager
def names_locked(folder: Path) -> Iterator[None]:
    """Let only one process or thread at a time choose a name in a folder, which is made where there is none.

    Raises `OSError` where the disk refuses, `TimeoutError` among them where another holds the lock for too long.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / LOCK, timeout=SECONDS_TO_WAIT)
    try:
        lock.acquire()
    except Timeout as error:
        raise TimeoutError(
            f"another process has kept {folder.name} locked for {SECONDS_TO_WAIT} seconds"
        ) from error
    try:
        yield
    finally:
        lock.release()
