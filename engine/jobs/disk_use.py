"""How much of the disk a folder takes."""

import os
from pathlib import Path

MB = 1024**2


def size_of(folder: Path) -> int:
    """The bytes of all files below a folder; links count for nothing."""
    total, waiting = 0, [folder]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(Path(entry.path))
                    else:
                        total += entry.stat(follow_symlinks=False).st_size
        except OSError:
            continue
    return total


def in_words(size: int) -> str:
    """A number of bytes, such as "120 MB" or "2 GB"."""
    if size >= 1024 * MB:
        return f"{size / MB / 1024:.3g} GB"
    return f"{size / MB:,.0f} MB" if size >= MB else f"{size / 1024:,.0f} kB"
