"""A disk that takes no more from its n-th write on, or a process that dies there: hooks in Python's own functions.

Only what lies below one folder counts: opening a file to write, every write to it, and making, moving, cutting and
synchronizing. Reading and removing always work, as on a disk that is full. What a library written in C or Rust writes
by itself is not seen, but its file is put in place by `os.replace`, which is.
"""

from __future__ import annotations

import builtins
import errno
import io
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_TRUNC
_PATHS_LAST = ("replace", "rename", "link", "symlink")
_PATHS_FIRST = ("mkdir", "truncate", "mkfifo")
_FILES = ("write", "fsync", "ftruncate", "sendfile", "pwrite", "copy_file_range")


class Disk:
    """Counts the writes below a folder; from the n-th on, every one fails with an error, or the process dies.

    With `error` None the process kills itself, which is a kill at a moment that can be repeated.
    """

    def __init__(self, root: Path, first: int | None = None, error: int | None = errno.ENOSPC):
        self.root, self.first, self.error, self.count = os.path.realpath(root), first, error, 0

    def take(self, place: object) -> None:
        """One more write to a path or an open file."""
        if not self._is_below(place):
            return
        self.count += 1
        if self.first is None or self.count < self.first:
            return
        if self.error is None:
            os.kill(os.getpid(), signal.SIGKILL)
            return
        raise OSError(self.error, os.strerror(self.error), self._path(place))

    def _is_below(self, place: object) -> bool:
        path = self._path(place)
        return path == self.root or path.startswith(self.root + os.sep)

    @staticmethod
    def _path(place: object) -> str:
        if isinstance(place, int):
            try:
                return os.readlink(f"/proc/self/fd/{place}")
            except OSError:
                return ""
        return os.path.abspath(os.fsdecode(place))  # type: ignore[arg-type]


class _File(io.FileIO):
    """A file whose every write is counted; what is buffered arrives here in the end."""

    disk: Disk

    def write(self, data):
        self.disk.take(self.fileno())
        return super().write(data)

    def truncate(self, size=None):
        self.disk.take(self.fileno())
        return super().truncate(size)


@contextmanager
def installed(disk: Disk) -> Iterator[Disk]:
    """Let every write of this process go to the disk while the block runs."""
    kept = {name: getattr(os, name) for name in (*_PATHS_LAST, *_PATHS_FIRST, *_FILES, "open")}
    opened = builtins.open
    try:
        for name in _PATHS_LAST:
            setattr(os, name, _counted(kept[name], disk, 1))
        for name in _PATHS_FIRST:
            setattr(os, name, _counted(kept[name], disk, 0))
        for name in _FILES:
            setattr(os, name, _counted(kept[name], disk, 0))
        os.open = _os_open(kept["open"], disk)
        builtins.open = io.open = _open(opened, disk)
        yield disk
    finally:
        builtins.open = io.open = opened
        for name, function in kept.items():
            setattr(os, name, function)


def _counted(function: Callable, disk: Disk, at: int) -> Callable:
    def counted(*arguments, **named):
        disk.take(arguments[at])
        return function(*arguments, **named)

    return counted


def _os_open(function: Callable, disk: Disk) -> Callable:
    def opened(path, flags, mode=0o777, *, dir_fd=None):
        if flags & WRITES and dir_fd is None:
            disk.take(path)
        return function(path, flags, mode, dir_fd=dir_fd)

    return opened


def _open(function: Callable, disk: Disk) -> Callable:
    def opened(
        file, mode="r", buffering=-1, encoding=None, errors=None, newline=None, closefd=True, opener=None
    ):
        if not set(mode) & set("wax+") or isinstance(file, int) or opener or not disk._is_below(file):
            return function(file, mode, buffering, encoding, errors, newline, closefd, opener)
        disk.take(file)
        raw = type("_Counted", (_File,), {"disk": disk})(file, mode.replace("b", "").replace("t", ""))
        if buffering == 0:
            return raw
        buffered = io.BufferedRandom(raw) if "+" in mode else io.BufferedWriter(raw)
        if "b" in mode:
            return buffered
        text = io.TextIOWrapper(
            buffered, encoding or ("utf-8" if sys.flags.utf8_mode else None), errors, newline
        )
        text.mode = mode  # type: ignore[misc]
        return text

    return opened
