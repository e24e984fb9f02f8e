"""Runs in object storage: copied there when they have ended, and back into the cache or among the runs here.

Only a run's known files travel. `config.json` is written last: without it there is no run, so half a copy is none.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path

from engine import paths
from engine.data.archives.limits import limits
from engine.data.storage import StorageError
from engine.data.storage.filesystem import last_name
from engine.data.storage.listing import StoredFile, files_in
from engine.data.storage.transfer import download, upload
from engine.jobs import access
from engine.jobs.disk_use import in_words
from engine.jobs.eviction import evict_oldest
from engine.jobs.json_file import write_record
from engine.jobs.status import STATUS
from engine.jobs.temporary import temporary_folder
from engine.runs import checksums, files, quick_penalties
from engine.runs.errors import RunError
from engine.runs.run import Run

FILES = (*checksums.CHECKED, files.THRESHOLDS, files.INT8, quick_penalties.NOTES, files.CHECKSUMS, STATUS)
"""What is copied of a run."""
MOST_KEPT = 20
"""Runs in the cache; the longest unused gives way."""


def local(run: Path | str) -> Path:
    """The folder of a run: the one that is named, or for an address a copy of the run in the cache.

    The copy is used again until a file in storage changes. Raises `RunError` or `StorageError`.
    """
    address = paths.storage_address(run)
    if not address:
        return Path(run)
    found = _files_of_run(address)
    home, name = _cached(address, found), last_name(address, "run")
    if home.exists():
        os.utime(home)
        return home / name
    evict_oldest(home.parent, MOST_KEPT, except_for=home)
    with temporary_folder(home.parent, "fetching") as temporary:
        _fetch(address, found, temporary / "whole" / name)
        _put_in_place(temporary / "whole", home)
    return home / name


def fetch(address: str, folder: Path) -> Run:
    """Copy the run at an address into a new folder, as an imported run. Raises `RunError` or `StorageError`."""
    return Run(_fetch(address, _files_of_run(address), folder))


def push(run: Run, address: str, show: Callable[[float], object] = lambda share: None) -> None:
    """Copy a run that has ended to an address. Raises `RunError`, also where a run is, and `StorageError`."""
    check_free(address)
    if problems := run.problems():
        raise RunError(f"The run {run.name!r} cannot be copied: {'; '.join(problems)}.")
    names = [name for name in FILES if name != files.CONFIG and (run.folder / name).is_file()]
    ordered = [access.authorize(run.folder / name, RunError) for name in (*names, files.CONFIG)]
    upload(address, ordered, lambda count: show(count / len(ordered)))


def check_free(address: str) -> None:
    """Raise `RunError` for an address where a run is already, or that is none, and `StorageError`."""
    if not paths.storage_address(address):
        raise RunError(f"{address!r} is not a storage address: write one such as s3://bucket/runs/name.")
    if files.CONFIG in files_in(address):
        raise RunError(f"There is already a run at {address}: choose another address.")


def _files_of_run(address: str) -> dict[str, StoredFile]:
    """The known files at an address. Raises `RunError` where there is no run, or far too large a one."""
    found = {name: file for name, file in files_in(address).items() if name in FILES}
    if files.CONFIG not in found:
        raise RunError(f"There is no run at {address}: {files.CONFIG} is missing.")
    size, most = sum(file.size for file in found.values()), limits().bytes_per_set
    if size > most:
        raise RunError(f"The run at {address} has {in_words(size)}, and the limit is {in_words(most)}.")
    return found


def _cached(address: str, found: dict[str, StoredFile]) -> Path:
    """The folder in which a run's folder is kept: another version of any file is another folder."""
    key = json.dumps([address.rstrip("/"), sorted(found.values())])
    return paths.cache_folder() / "storage" / "runs" / hashlib.sha256(key.encode()).hexdigest()[:32]


def _fetch(address: str, found: dict[str, StoredFile], folder: Path) -> Path:
    """Copy a run and check it as one that comes from elsewhere. Raises `RunError` or `StorageError`."""
    for _ in download(address, [(file, folder / name) for name, file in found.items()]):
        pass
    write_record(folder / files.IMPORTED, {"from": address})
    if problems := Run(folder).problems():
        raise RunError(f"The run at {address} cannot be used: {'; '.join(problems)}.")
    return folder


def _put_in_place(fetched: Path, folder: Path) -> None:
    """Move a run into the cache, unless another process was faster."""
    try:
        fetched.rename(folder)
    except OSError as error:
        if not folder.exists():
            raise StorageError(f"The run could not be kept in {folder.parent}: {error.strerror}.") from error
