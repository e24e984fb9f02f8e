"""Names of temporary files and folders that say which process made them, so that what a killed one left is swept.

Such a name begins with a dot and ends with a tag: the machine, the process, its start, and random letters. A process
that is gone needs nothing any more. Of another machine's processes nothing is known: theirs are swept after a day.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from engine.jobs import process

LONGEST_START = 100
"""Characters of a name that a temporary name keeps: with its tag it must fit into 255 bytes."""
SECONDS_KEPT = 24 * 3600
DEEPEST = 4
"""Below a root lie visitors/NAME/a dataset or run/a file."""
_TAG = re.compile(r"\.~(?P<host>[0-9a-f]{6})-(?P<pid>\d{1,10})-(?P<started>\d{1,12})-[0-9a-f]{8}")


def temporary_name(name: str) -> str:
    """A name in the same folder, for what will be called `name` when it is whole."""
    host, pid, started = _this_process(os.getpid())
    return f".{name[:LONGEST_START].lstrip('.')}.~{host}-{pid}-{started}-{secrets.token_hex(4)}"


@contextmanager
def temporary_folder(parent: Path, name: str) -> Iterator[Path]:
    """A new folder in another, gone after the block."""
    folder = parent / temporary_name(name)
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def is_temporary(path: Path) -> bool:
    """Whether a path has such a name."""
    return path.name.startswith(".") and _TAG.search(path.name) is not None


def is_abandoned(path: Path) -> bool:
    """Whether a path has such a name and nothing works on it any more."""
    tag = _TAG.search(path.name)
    if tag is None or not path.name.startswith("."):
        return False
    if tag["host"] != _host():
        return _seconds_old(path) > SECONDS_KEPT
    owner = process.ProcessId(process.host(), int(tag["pid"]), float(tag["started"]), process.boot())
    return not _is_alive(owner)


def sweep_beside(path: Path, name: str = "") -> None:
    """Remove what killed processes left of an earlier try to write `path`, which may lie anywhere; see `sweep`.

    `name` is what the temporary name was made of, where that is not the path's own.
    """
    start = f".{(name or path.name)[:LONGEST_START].lstrip('.')}.~"
    with suppress(OSError):
        _remove([Path(one.path) for one in os.scandir(path.parent) if one.name.startswith(start)])


def sweep(roots: Iterable[Path]) -> list[Path]:
    """Remove what killed processes left below these folders; returns what was removed. Links are not followed."""
    return _remove([path for root in roots for path in _abandoned(root, DEEPEST)])


def _remove(paths: list[Path]) -> list[Path]:
    """Remove those that are abandoned; returns what is gone."""
    swept = [path for path in paths if is_abandoned(path)]
    for path in swept:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            with suppress(OSError):
                path.unlink()
    return [path for path in swept if not path.exists()]


def _abandoned(folder: Path, depth: int) -> Iterator[Path]:
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return
    for entry in entries:
        if is_abandoned(Path(entry.path)):
            yield Path(entry.path)
        elif depth > 1 and entry.is_dir(follow_symlinks=False):
            yield from _abandoned(Path(entry.path), depth - 1)


def _is_alive(owner: process.ProcessId) -> bool:
    """Whether the process runs; its start is known to the second, so that a neighbour in time counts as the same."""
    return bool(owner.is_alive) or bool(replace(owner, started=owner.started + 1).is_alive)


@lru_cache(maxsize=4)
def _this_process(pid: int) -> tuple[str, int, int]:
    """The tag of this process; a forked child has another pid, and so a tag of its own."""
    return _host(), pid, int(process.identify(pid).started)


def _host() -> str:
    return hashlib.sha256(process.host().encode("utf-8", "replace")).hexdigest()[:6]


def _seconds_old(path: Path) -> float:
    try:
        return time.time() - path.lstat().st_mtime
    except OSError:
        return 0.0
