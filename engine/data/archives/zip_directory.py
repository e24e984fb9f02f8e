"""Open a zip archive without letting its list of files fill the memory.

A zip says in up to three places how long its list is, and a program may believe another one than the one that was
checked. So nothing is checked: the list is one read of the file, and a read of more than the limit is refused.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from zipfile import BadZipFile, ZipFile


class LongDirectoryError(ValueError):
    """The list of files in a zip archive is longer than it may be."""


@contextmanager
def opened_zip(path: Path, most_bytes: int) -> Iterator[ZipFile]:
    """The archive, opened for reading; its list of files takes at most `most_bytes` of it.

    Raises `LongDirectoryError` for a longer one before it is read, and what `ZipFile` raises, also for a pipe or a
    device, which may never end.
    """
    if path.exists() and not (path.is_file() or path.is_dir()):
        raise BadZipFile("it is a pipe or a device")
    with path.open("rb", buffering=0) as raw:
        bounded = _BoundedReads(raw, most_bytes)
        with ZipFile(bounded) as archive:
            bounded.most = None
            yield archive


class _BoundedReads(io.BufferedReader):
    """A file of which no more than `most` bytes can be read at once, while there is a `most`."""

    def __init__(self, raw: io.FileIO, most: int):
        super().__init__(raw)
        self.most: int | None = most

    def read(self, size: int | None = -1, /) -> bytes:
        """The next bytes; all that are left where `size` is None or negative."""
        if self.most is not None and size is not None and size > self.most:
            raise LongDirectoryError("its list of files is too long")
        return super().read(size)
