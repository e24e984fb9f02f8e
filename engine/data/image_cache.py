"""Every image of a dataset as a square, decoded once, and found again by its content as long as there is room."""

import hashlib
import time
from collections.abc import Callable, Iterable
from functools import cache, partial
from pathlib import Path

import numpy as np
import pi_heif
import PIL

from engine import images
from engine.data.formats import Dataset
from engine.data.unreadable_images import UnreadableImagesError
from engine.images import ImageError, open_square, resize
from engine.jobs import array_cache
from engine.jobs.array_cache import Store
from engine.jobs.thread_map import in_threads
from engine.tasks import SQUISH

_DIGEST_BYTES = 32
_UNSETTLED_SECONDS = 2
"""A file written as lately as this may change again without its time of change showing it."""


def cached_images(
    dataset: Dataset,
    size: int,
    show: Callable[[float], object],
    kept: Store | None = None,
    method: str = SQUISH,
) -> np.ndarray:
    """The N images of a dataset as squares: (N, size, size, 3) uint8, read only, memory-mapped where kept.

    What is kept is found by the contents of all files together; where only some have changed since this folder
    was last read, the others are copied. `show` is told the share (0 to 1) that is done. `kept` is the program's
    own store if nothing else is said, `method` one of `engine.tasks.METHODS`. Raises `UnreadableImagesError`, which
    names every image that cannot be read.
    """
    kept = kept or array_cache.shared()
    files, form = dataset.paths(), f"{size} {method}"
    shape, see = (len(files), size, size, 3), partial(open_square, size=size, method=method)
    contents = _contents(files, kept)
    if contents is None:
        return _decoded_into(np.empty(shape, np.uint8), range(len(files)), files, see, show)
    key = _key(contents, form)
    found = kept.find(key)
    if found is None:
        latest = f"latest contents of {dataset.folder.resolve()} {form}"
        before = _before(kept, kept.find(latest), form)
        found = kept.filled(
            key, shape, np.uint8, lambda place: _fill(place, files, contents, before, see, show)
        )
        kept.keep(latest, contents)
    show(1.0)
    return found


def _before(kept: Store, contents: np.ndarray | None, form: str) -> dict[bytes, np.ndarray]:
    """Digest -> image of what was decoded for this folder before, as far as it is still kept."""
    squares = None if contents is None else kept.find(_key(contents, form))
    if contents is None or squares is None:
        return {}
    return {digest.tobytes(): squares[row] for row, digest in enumerate(contents)}


def _fill(place, files, contents, before, see, show) -> None:
    """Copy the images that were decoded before, and decode the others."""
    missing = []
    for row, digest in enumerate(contents):
        if digest.tobytes() in before:
            place[row] = before[digest.tobytes()]
        else:
            missing.append(row)
    _decoded_into(place, missing, files, see, show)


def _decoded_into(place: np.ndarray, rows: Iterable[int], files: list[Path], see, show) -> np.ndarray:
    """Decode the files of these rows, in parallel; everything unreadable is named together."""
    errors: dict[Path, str] = {}
    rows = list(rows)

    def decode(row: int) -> None:
        try:
            place[row] = see(files[row])
        except ImageError as error:
            errors[files[row]] = str(error)

    for done, _ in enumerate(in_threads(decode, rows), start=1):
        show((len(place) - len(rows) + done) / len(place))
    if errors:
        raise UnreadableImagesError(errors)
    return place


def _contents(files: list[Path], kept: Store) -> np.ndarray | None:
    """The digest of each file's content, (N, 32) uint8, or None where one cannot be read.

    Reading all files to learn that nothing changed takes long on a cold disk: while no file's size and times
    change, the digests are those of the last time.
    """
    try:
        states = [(str(file), *_state(file)) for file in files]
        settled = max(changed for *_, changed in states) < time.time_ns() - _UNSETTLED_SECONDS * 10**9
        known = "contents of " + hashlib.sha256(repr(states).encode()).hexdigest()
        return kept.get(known, lambda: _digests(files)) if settled else _digests(files)
    except OSError:
        return None


def _state(file: Path) -> tuple[int, int, int]:
    about = file.stat()
    return about.st_size, about.st_mtime_ns, about.st_ctime_ns


def _digests(files: list[Path]) -> np.ndarray:
    digests = b"".join(in_threads(_digest, files))
    return np.frombuffer(digests, np.uint8).reshape(len(files), _DIGEST_BYTES)


def _digest(file: Path) -> bytes:
    with open(file, "rb") as opened:
        return hashlib.file_digest(opened, "sha256").digest()


def _key(contents: np.ndarray, form: str) -> str:
    return f"images {form} {hashlib.sha256(contents.tobytes()).hexdigest()} {_way()}"


@cache
def _way() -> str:
    """How images are read, by the source code that does it: another way gives other images."""
    sources = [*sorted(Path(images.__file__).parent.glob("*.py")), Path(resize.__file__)]
    code = hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()
    return f"{code} Pillow {PIL.__version__} pi-heif {pi_heif.__version__}"
