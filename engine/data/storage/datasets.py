"""A dataset in storage, copied once into the cache, within the limits of imports, and continued after a stop.

HASH/NAME            the dataset, as a folder of this machine
HASH/fetched.jsonl   what is there of it: a line for each file, with its version
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

from filelock import FileLock

from engine import paths
from engine.data.archives.errors import IncomingError
from engine.data.archives.file_filter import Sorted, sort_files
from engine.data.archives.limits import check_room, limits, size_of
from engine.data.formats.files.file_index import MOST_FILES
from engine.data.storage.errors import StorageError
from engine.data.storage.filesystem import last_name
from engine.data.storage.listing import StoredFile, files_below
from engine.data.storage.transfer import download

FETCHED = "fetched.jsonl"

Show = Callable[[float], object]
Versions = dict[str, str]


def fetch(address: str, show: Show = lambda share: None) -> Path:
    """The dataset at an address as a folder of this machine; what is here already is not copied again.

    What has changed in storage since is copied, and what is gone there is removed here. Other processes that want
    the same dataset wait. `show` gets the share that is here. Raises `StorageError`, `IncomingError` for a dataset
    beyond the limits, and `OSError`.
    """
    folder = folder_of(address)
    home = folder.parent
    home.mkdir(parents=True, exist_ok=True)
    with FileLock(home.with_suffix(".lock")):
        wanted = _wanted(address)
        here = _fetched(home / FETCHED)
        for gone in here.keys() - wanted.keys():
            (folder / gone).unlink(missing_ok=True)
        todo = {
            name: file
            for name, file in wanted.items()
            if here.get(name) != file.version or not (folder / name).is_file()
        }
        check_room(home, sum(file.size for file in todo.values()), size_of(home.parent), limits())
        kept = {name: version for name, version in here.items() if name in wanted and name not in todo}
        _copy(address, todo, folder, kept, show)
    return folder


def folder_of(address: str) -> Path:
    """Where the dataset at an address is kept."""
    address = address.rstrip("/")
    digest = hashlib.sha256(address.encode()).hexdigest()[:16]
    return paths.cache_folder() / "storage" / "datasets" / digest / last_name(address, "dataset")


def _wanted(address: str) -> dict[str, StoredFile]:
    """The files of a dataset by the names that they get here. Raises `StorageError` and `IncomingError`."""
    listed = list(islice(files_below(address), MOST_FILES + 1))
    if not listed:
        raise StorageError(f"There is nothing at {address}: give the folder that holds the dataset.")
    if len(listed) > MOST_FILES:
        raise IncomingError(
            f"{address} holds more than {MOST_FILES:,} files; give the folder of one dataset."
        )
    most = limits()
    found: Sorted = sort_files(((file.name, file.size, file) for file in listed), most)
    if problems := found.problems(most):
        raise IncomingError(f"{address} cannot be used: {problem}" for problem in problems)
    return found.kept


def _copy(address: str, todo: dict[str, StoredFile], folder: Path, kept: Versions, show: Show) -> None:
    """Copy files, and keep a record of each that is here."""
    record, count = folder.parent / FETCHED, len(todo)
    record.write_text("".join(_line(*one) for one in kept.items()), encoding="utf-8")
    places = {file.name: name for name, file in todo.items()}
    with open(record, "a", encoding="utf-8") as opened:
        files = ((file, folder / name) for name, file in todo.items())
        for done, file in enumerate(download(address, files), 1):
            opened.write(_line(places[file.name], file.version))
            opened.flush()
            show(done / count)


def _line(name: str, version: str) -> str:
    return json.dumps([name, version]) + "\n"


def _fetched(record: Path) -> Versions:
    """The versions of the files that are here; half a line at the end is left out."""
    return dict(_records(record)) if record.exists() else {}


def _records(record: Path) -> Iterator[tuple[str, str]]:
    for line in record.read_text(encoding="utf-8").splitlines(keepends=True):
        if line.endswith("\n"):
            name, version = json.loads(line)
            yield name, version
