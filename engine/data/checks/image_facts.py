"""The facts of all images of a dataset, computed once and cached while a file's size and times stay as they were."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from engine.data.checks.image_fact import FACT, file_state, read_fact
from engine.jobs import array_cache
from engine.jobs.array_cache import Store
from engine.jobs.thread_map import in_threads

AT_ONCE = 16
"""How many files a thread reads before it reports back: few, as the progress is shown after each batch."""
SECONDS_BETWEEN_SAVES = 10
LEAST_BYTES = 4096
"""As many bytes as a file of any size costs to open: 49,000 broken files are as much work as 200 MB of images."""
_VERSION = 2


@dataclass(frozen=True)
class Facts:
    """The facts of N images: `fnames` and, in the same order, `array` of the type `FACT`."""

    fnames: tuple[str, ...]
    array: np.ndarray

    @cached_property
    def sizes(self) -> dict[str, tuple[int, int]]:
        """(width, height) in pixels of each upright image whose header could be read."""
        sides = zip(self.fnames, self.array["width"].tolist(), self.array["height"].tolist(), strict=True)
        return {fname: (width, height) for fname, width, height in sides if width}

    @cached_property
    def errors(self) -> dict[str, str]:
        """The sentence of each image that cannot be read."""
        sentences = zip(self.fnames, self.array["error"].tolist(), strict=True)
        return {fname: error.decode("utf-8", "ignore") for fname, error in sentences if error}

    def readable(self) -> Facts:
        """Only the images that can be read."""
        return self.only(self.array["error"] == b"")

    def only(self, chosen: np.ndarray) -> Facts:
        """The images chosen by a mask or by their places."""
        return Facts(tuple(np.array(self.fnames, object)[chosen]), self.array[chosen])


def look_at(
    folder: Path,
    fnames: Sequence[str],
    show: Callable[[float], object] = lambda share: None,
    store: Store | None = None,
) -> Facts:
    """The facts of these images below `folder`; a file that was read in its present state is not opened again.

    `show` gets the share (0 to 1) that is done. Facts are saved every few seconds, so that a check that was
    interrupted goes on from there. `store` is the program's own cache by default.
    """
    store = store or array_cache.shared()
    array, missing = _cached(folder, fnames, store)
    last_saved = time.monotonic()
    for done in _read_into(array, folder, fnames, missing):
        show((len(fnames) - len(missing) + done) / len(fnames))
        if time.monotonic() - last_saved > SECONDS_BETWEEN_SAVES:
            waiting = np.zeros(len(array), bool)
            waiting[missing[done:]] = True
            store.keep(_key(folder), array[~waiting])
            last_saved = time.monotonic()
    if missing:
        store.keep(_key(folder), array)
    show(1.0)
    return Facts(tuple(fnames), array)


def unseen_bytes(folder: Path, fnames: Sequence[str], store: Store | None = None) -> int:
    """How many bytes of files have not been read in their present state, a file counting for `LEAST_BYTES` or more."""
    _, missing = _cached(folder, fnames, store or array_cache.shared())
    return sum(max(_size(folder / fnames[at]), LEAST_BYTES) for at in missing)


def _cached(folder: Path, fnames: Sequence[str], store: Store) -> tuple[np.ndarray, list[int]]:
    """The facts with those known already filled in, and the places of the others."""
    array = np.zeros(len(fnames), FACT)
    root, states = str(folder), array["state"]
    for at, fname in enumerate(fnames):
        states[at] = file_state(root, fname)
    earlier = store.find(_key(folder))
    if earlier is None or earlier.dtype != FACT:
        return array, list(range(len(fnames)))
    places = {state.tobytes(): place for place, state in enumerate(earlier["state"])}
    found = [places.get(state.tobytes(), -1) for state in array["state"]]
    known = [at for at, place in enumerate(found) if place >= 0]
    array[known] = earlier[[found[at] for at in known]]
    return array, [at for at, place in enumerate(found) if place < 0]


def _read_into(array: np.ndarray, folder: Path, fnames: Sequence[str], missing: list[int]) -> Iterator[int]:
    """Read the missing facts, in batches on all processors; yields how many are there, in their order."""

    def read(batch: list[int]) -> int:
        for at in batch:
            array[at] = read_fact(folder / fnames[at], array["state"][at])
        return len(batch)

    batches = (missing[start : start + AT_ONCE] for start in range(0, len(missing), AT_ONCE))
    done = 0
    for count in in_threads(read, batches):
        done += count
        yield done


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _key(folder: Path) -> str:
    return f"facts {_VERSION} {folder.resolve()}"
