"""How much may come in: for one dataset, for all together, and only while the disk has room."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from engine.data.archives.errors import IncomingError
from engine.jobs.disk_use import size_of

__all__ = ["Limits", "check_room", "limits", "size_of", "size_problems"]

MB = 1024**2
KEPT_FREE = 300 * MB
"""Bytes of the disk that are never used up, so that everything else can go on."""


@dataclass(frozen=True)
class Limits:
    """Bytes for one dataset and for all together, and files for one; a file that unpacks to more than `ratio` times
    its size (and to more than `ratio_from` bytes) is taken for a bomb."""

    bytes_per_set: int = 2048 * MB
    bytes_in_all: int = 10 * 1024 * MB
    files: int = 50_000
    bytes_per_file: int = 256 * MB
    ratio: int = 200
    ratio_from: int = 8 * MB


def limits() -> Limits:
    """The limits in force; `LOSS_LAB_MOST_MB_PER_SET`, `LOSS_LAB_MOST_MB_IN_ALL`, `LOSS_LAB_MOST_FILES` change them."""
    usual = Limits()
    return Limits(
        bytes_per_set=_asked("LOSS_LAB_MOST_MB_PER_SET", usual.bytes_per_set // MB) * MB,
        bytes_in_all=_asked("LOSS_LAB_MOST_MB_IN_ALL", usual.bytes_in_all // MB) * MB,
        files=_asked("LOSS_LAB_MOST_FILES", usual.files),
    )


def _asked(name: str, usual: int) -> int:
    text = os.environ.get(name, "").strip()
    return int(text) if text.isdecimal() and int(text) > 0 else usual


def size_problems(files: int, size: int, most: Limits) -> list[str]:
    """Why so many files of so many bytes are too much for one dataset."""
    problems = []
    if files > most.files:
        problems.append(f"It holds {files:,} files, and the limit is {most.files:,}; split it up.")
    if size > most.bytes_per_set:
        problems.append(
            f"It holds {_mb(size)}, and the limit is {_mb(most.bytes_per_set)} for one dataset; split it up, or save"
            " the images smaller."
        )
    return problems


def check_room(folder: Path, wanted: int, used: int, most: Limits) -> None:
    """Raise `IncomingError` where so many bytes more do not fit into the quota of all, or onto the disk."""
    if used + wanted > most.bytes_in_all:
        raise IncomingError(
            f"There is not enough room: the datasets take {_mb(used)} of {_mb(most.bytes_in_all)}, and "
            f"this one needs {_mb(wanted)}; remove one first."
        )
    free = shutil.disk_usage(folder).free
    if wanted + KEPT_FREE > free:
        raise IncomingError(
            f"The disk has {_mb(free)} left, too little for {_mb(wanted)} more; free some space first."
        )


def _mb(size: int) -> str:
    return f"{size / MB:,.0f} MB" if size >= MB else f"{size / 1024:,.0f} kB"
