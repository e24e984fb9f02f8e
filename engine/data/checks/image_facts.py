"""What each picture file is, looked at once and kept: readable or not, its size, its bytes, and how it looks.

Looking decodes the whole file, since a picture that is cut off opens all the same. What was seen is found again
as long as the file's size and times stay as they were.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import imagehash
import numpy as np
from PIL import Image

from engine.images import ImageError, image_size, open_image
from engine.jobs import array_cache
from engine.jobs.array_cache import Store
from engine.jobs.thread_map import in_threads

THUMB_SIDE = 8
LOOKED_AT_PIXELS = 256 * 256
SECONDS_BETWEEN_KEEPS = 5
_ERROR_BYTES = 400
_VERSION = 1
FACT = np.dtype(
    [
        ("state", "u1", (16,)),
        ("width", "i4"),
        ("height", "i4"),
        ("bytes", "u1", (32,)),
        ("look", "u8"),
        ("thumb", "u1", (THUMB_SIDE * THUMB_SIDE * 3,)),
        ("error", f"S{_ERROR_BYTES}"),
    ]
)
"""`state` says which file in which state this is about; `bytes` is the SHA-256 of its content; `look` its perceptual
hash; `thumb` its colours, 8 x 8 RGB; `error` the sentence where it cannot be read, and then there is no look."""


@dataclass(frozen=True)
class Facts:
    """The facts of N pictures: `fnames` and, in the same order, `array` of the type `FACT`."""

    fnames: tuple[str, ...]
    array: np.ndarray

    @cached_property
    def sizes(self) -> dict[str, tuple[int, int]]:
        """(width, height) in pixels of each upright picture whose header could be read."""
        sides = zip(self.fnames, self.array["width"].tolist(), self.array["height"].tolist(), strict=True)
        return {fname: (width, height) for fname, width, height in sides if width}

    @cached_property
    def errors(self) -> dict[str, str]:
        """The sentence of each picture that cannot be read."""
        said = zip(self.fnames, self.array["error"].tolist(), strict=True)
        return {fname: error.decode("utf-8", "ignore") for fname, error in said if error}

    def readable(self) -> Facts:
        """Only the pictures that can be read."""
        return self.only(self.array["error"] == b"")

    def only(self, chosen: np.ndarray) -> Facts:
        """The pictures chosen by a mask or by their places."""
        return Facts(tuple(np.array(self.fnames, object)[chosen]), self.array[chosen])


def look_at(
    folder: Path,
    fnames: Sequence[str],
    show: Callable[[float], object] = lambda share: None,
    kept: Store | None = None,
) -> Facts:
    """The facts of these pictures below `folder`; those seen before are not looked at again.

    `show` is told the share (0 to 1) that is done. What was seen is kept every few seconds, so that a check that was
    interrupted goes on from there. `kept` is the program's own store if nothing else is said.
    """
    kept = kept or array_cache.shared()
    array, missing = _remembered(folder, fnames, kept)
    last_kept = time.monotonic()
    for done, at in enumerate(_seen_into(array, folder, fnames, missing), start=1):
        show((len(fnames) - len(missing) + done) / len(fnames))
        if time.monotonic() - last_kept > SECONDS_BETWEEN_KEEPS:
            kept.keep(_key(folder), array[_finished(array, missing[: at + 1])])
            last_kept = time.monotonic()
    if len(missing):
        kept.keep(_key(folder), array)
    show(1.0)
    return Facts(tuple(fnames), array)


def unseen_bytes(folder: Path, fnames: Sequence[str], kept: Store | None = None) -> int:
    """How many bytes there are to look at yet: the files that were not seen in their present state."""
    _, missing = _remembered(folder, fnames, kept or array_cache.shared())
    return sum(_size(folder / fnames[at]) for at in missing)


def _remembered(folder: Path, fnames: Sequence[str], kept: Store) -> tuple[np.ndarray, list[int]]:
    """The facts with those known already filled in, and the places of the others."""
    array = np.zeros(len(fnames), FACT)
    for at, fname in enumerate(fnames):
        array["state"][at] = _state(folder, fname)
    earlier = kept.find(_key(folder))
    if earlier is None or earlier.dtype != FACT:
        return array, list(range(len(fnames)))
    places = {state.tobytes(): place for place, state in enumerate(earlier["state"])}
    found = [places.get(state.tobytes(), -1) for state in array["state"]]
    known = [at for at, place in enumerate(found) if place >= 0]
    array[known] = earlier[[found[at] for at in known]]
    return array, [at for at, place in enumerate(found) if place < 0]


def _seen_into(array: np.ndarray, folder: Path, fnames: Sequence[str], missing: list[int]):
    def see(at: int) -> None:
        array[at] = _fact(folder / fnames[at], array["state"][at])

    for number, _ in enumerate(in_threads(see, missing)):
        yield number


def _finished(array: np.ndarray, seen: list[int]) -> np.ndarray:
    """A mask of what can be kept: everything but the pictures that wait to be looked at."""
    done = (array["width"] > 0) | (array["error"] != b"")
    done[seen] = True
    return done


def _fact(path: Path, state: np.ndarray) -> np.ndarray:
    fact = np.zeros((), FACT)
    fact["state"] = state
    try:
        fact["width"], fact["height"] = image_size(path)
        _fill_look(fact, open_image(path, max_pixels=LOOKED_AT_PIXELS))
        with open(path, "rb") as file:
            fact["bytes"] = np.frombuffer(hashlib.file_digest(file, "sha256").digest(), np.uint8)
    except (ImageError, OSError) as error:
        fact["error"] = str(error).encode()[:_ERROR_BYTES]
    return fact


def _fill_look(fact: np.ndarray, image: Image.Image) -> None:
    bits = imagehash.phash(image).hash
    fact["look"] = np.packbits(bits).view(np.uint64)[0]
    small = image.resize((THUMB_SIDE, THUMB_SIDE), Image.Resampling.BOX)
    fact["thumb"] = np.asarray(small, np.uint8).ravel()


def _state(folder: Path, fname: str) -> np.ndarray:
    try:
        about = (folder / fname).stat()
        told = f"{fname}\0{about.st_size}\0{about.st_mtime_ns}\0{about.st_ctime_ns}"
    except OSError:
        told = f"{fname}\0gone"
    return np.frombuffer(hashlib.blake2b(told.encode(errors="replace"), digest_size=16).digest(), np.uint8)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _key(folder: Path) -> str:
    return f"facts {_VERSION} {folder.resolve()}"
