"""Files between storage and this machine: several at once, each there whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from engine.data.storage.errors import StorageError, in_words
from engine.data.storage.filesystem import opened
from engine.data.storage.listing import StoredFile
from engine.jobs.atomic_write import write_whole

AT_ONCE = 8


def download(address: str, files: Iterable[tuple[StoredFile, Path]]) -> Iterator[StoredFile]:
    """Copy files below an address to their places here; each is yielded once it is there, in any order.

    Raises `StorageError`, also for a file whose size is another than that in the listing, and `OSError` where this
    machine's disk refuses. What is there then stays.
    """
    with ThreadPoolExecutor(AT_ONCE) as pool:
        under_way = {pool.submit(_download, address, file, place): file for file, place in files}
        try:
            for done in as_completed(under_way):
                done.result()
                yield under_way[done]
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def upload(address: str, files: Iterable[Path], show: Callable[[int], object] = lambda count: None) -> None:
    """Copy files of this machine to an address, one after the other, under their own names.

    `show` gets how many are there. Raises `StorageError`.
    """
    fs, path = opened(address)
    for count, file in enumerate(files, 1):
        with in_words(address):
            fs.put_file(os.fspath(file), f"{path}/{file.name}")
        show(count)


def _download(address: str, file: StoredFile, place: Path) -> None:
    fs, path = opened(address)

    def write(temporary: Path) -> None:
        with in_words(address):
            fs.get_file(f"{path}/{file.name}", os.fspath(temporary))
        if temporary.stat().st_size != file.size:
            raise StorageError(f"{address}/{file.name} has changed meanwhile: run the same command again.")

    write_whole(place, write)
