"""Arrays that are costly to make, kept on disk under what they were made from, within a bound."""

import contextlib
import hashlib
import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from engine import paths
from engine.jobs.temporary import temporary_name

MAX_BYTES = 8 * 1024**3
"""The default for the most bytes that one folder holds."""

KEPT_FREE = 256 * 1024**2
"""Bytes that stay free on the disk whatever is kept, so that runs can still be saved."""

_ENDING = ".npy"
_ABANDONED_SECONDS = 3600


class Store:
    """A folder of arrays that outlives the program; the longest unused give way where a new one needs room.

    A key is any text that says all an array was made from: who changes anything asks under another key. Any
    number of processes may use the folder at once: an entry appears whole or not at all, and one that is
    removed stays readable for those who hold it. What cannot be read is made again; what cannot be written
    (a full or locked disk, more than `max_bytes`) is used from memory.

    Attributes: `folder`, made when first needed; `max_bytes`, the bound for all entries together.
    """

    def __init__(self, folder: Path, max_bytes: int = MAX_BYTES):
        self.folder, self.max_bytes = Path(folder), max_bytes

    def get(self, key: str, make: Callable[[], np.ndarray]) -> np.ndarray:
        """The array under `key`, memory-mapped and read only; where there is none, `make` makes it once."""
        array = self.find(key)
        return self.keep(key, make()) if array is None else array

    def find(self, key: str) -> np.ndarray | None:
        """The array under `key`, memory-mapped and read only, or None where no sound one is kept."""
        path = self._path(key)
        try:
            array = np.load(path, mmap_mode="r", allow_pickle=False)
        except Exception:  # whatever is wrong with an entry, it is made again
            return None
        with contextlib.suppress(OSError):
            os.utime(path)
        return array.view(np.ndarray)

    def keep(self, key: str, array: np.ndarray) -> np.ndarray:
        """Keep a finished array under `key`, in place of any other, and return it as `find` would."""

        def copy(place: np.ndarray) -> None:
            place[...] = array

        return self.filled(key, array.shape, array.dtype, copy)

    def filled(
        self,
        key: str,
        shape: tuple[int, ...],
        dtype: np.typing.DTypeLike,
        fill: Callable[[np.ndarray], object],
    ) -> np.ndarray:
        """Let `fill` write an array that may be larger than memory, keep it under `key`, and return it read only.

        What `fill` raises is raised, and nothing is kept.
        """
        temporary = self._reserve(shape, np.dtype(dtype))
        if temporary is None:
            array = np.empty(shape, dtype)
            fill(array)
        else:
            with _removed_after(temporary):
                mapped = np.load(temporary, mmap_mode="r+", allow_pickle=False)
                fill(mapped)
                array = self._put_in_place(mapped, temporary, key)
        array = array.view(np.ndarray)
        array.flags.writeable = False
        return array

    def _put_in_place(self, mapped: np.memmap, temporary: Path, key: str) -> np.ndarray:
        """The entry, now that others can find it; what was filled, where it could not be put in place."""
        try:
            mapped.flush()  # to the disk itself, before anybody can find it: a power cut leaves all or nothing
            os.chmod(temporary, 0o644)
            os.replace(temporary, self._path(key))
        except OSError:
            return mapped
        array = self.find(key)
        return mapped if array is None else array

    def _reserve(self, shape: tuple[int, ...], dtype: np.dtype) -> Path | None:
        """A file of the array's full size to be filled, or None where there is no room for it."""
        needed = int(np.prod(shape, dtype=object)) * dtype.itemsize
        if needed == 0 or needed > self.max_bytes:
            return None
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._make_room(needed)
            return self._allocated(shape, dtype, needed)
        except OSError:
            return None

    def _allocated(self, shape: tuple[int, ...], dtype: np.dtype, needed: int) -> Path:
        place = self.folder / temporary_name("array")
        try:
            with open(place, "xb") as file:
                about = {"descr": np.lib.format.dtype_to_descr(dtype), "fortran_order": False, "shape": shape}
                np.lib.format.write_array_header_2_0(file, about)
                _allocate(file, needed)
        except BaseException:
            place.unlink(missing_ok=True)
            raise
        return place

    def _make_room(self, needed: int) -> None:
        """Remove the longest unused entries until `needed` bytes more stay within the bound, and on the disk."""
        entries = sorted(self._entries(), key=lambda entry: entry[1].st_mtime)
        total = sum(about.st_size for _, about in entries)
        free = shutil.disk_usage(self.folder).free - KEPT_FREE
        for path, about in entries:
            if total + needed <= self.max_bytes and needed <= free:
                return
            if path.suffix == _ENDING or about.st_mtime < time.time() - _ABANDONED_SECONDS:
                path.unlink(missing_ok=True)
                total, free = total - about.st_size, free + about.st_size
        if needed > free:
            raise OSError("the disk is full")

    def _entries(self) -> Iterator[tuple[Path, os.stat_result]]:
        """All files of the store, those included that are being filled or were left so by a killed process."""
        for entry in os.scandir(self.folder):
            with contextlib.suppress(OSError):
                if entry.name.endswith(_ENDING) or entry.name.startswith("."):
                    yield Path(entry.path), entry.stat()

    def _path(self, key: str) -> Path:
        return self.folder / (hashlib.sha256(key.encode()).hexdigest() + _ENDING)


def shared() -> Store:
    """The store that the whole program uses, in `paths.cache_folder()`."""
    return Store(paths.cache_folder())


@contextlib.contextmanager
def _removed_after(temporary: Path) -> Iterator[None]:
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


def _allocate(file, count: int) -> None:
    """Lengthen a file by `count` bytes that the disk really has: a map over a hole ends a program when it is full."""
    file.flush()
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(file.fileno(), file.tell(), count)
        return
    zeros = bytes(1024**2)
    for start in range(0, count, len(zeros)):
        file.write(zeros[: count - start])
