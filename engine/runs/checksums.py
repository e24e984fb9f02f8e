"""What the files of a run were when it ended: a SHA-256 of each, so that later damage is found.

A run has its checksums from the moment in which it is said to be finished or stopped. Files that a person changes
later, such as the thresholds, have none. The bundled runs have none: git guards them.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from engine.jobs.json_file import read_record, write_record
from engine.runs import files

VERSION = 1
CHECKED = (
    files.CONFIG, files.VOCAB, files.PICTURES, files.HISTORY, files.LOSSES, files.WATCHED, files.METRICS, files.WEIGHTS,
    files.PREDICTIONS, files.CALIBRATION, files.FAMILIARITY, files.FAMILIARITY_NOTES,
)  # fmt: skip
"""Nothing changes these once a run has ended."""


def write(folder: Path) -> None:
    """Keep the checksums of a run's files as they are now. Raises `OSError`."""
    present = [name for name in CHECKED if (folder / name).is_file()]
    sums = {name: _sha256(folder / name) for name in present}
    write_record(folder / files.CHECKSUMS, {"version": VERSION, "files": sums})


def changed(folder: Path) -> list[str]:
    """The files of a run that are not what they were when it ended; [] where it has no checksums."""
    if not (folder / files.CHECKSUMS).exists():
        return []
    sums = read_record(folder / files.CHECKSUMS).get("files")
    if not isinstance(sums, dict) or not set(sums) <= set(CHECKED):
        return [files.CHECKSUMS]
    return [name for name, kept in sums.items() if _sha256(folder / name) != kept]


def _sha256(file: Path) -> str:
    """The digest of a file; "" where it cannot be read."""
    try:
        about = file.stat()
        return _digest(str(file), about.st_size, about.st_mtime_ns)
    except OSError:
        return ""


@lru_cache(maxsize=4096)
def _digest(file: str, size: int, changed_ns: int) -> str:
    """`size` and `changed_ns` say which state of the file is meant."""
    with open(file, "rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
