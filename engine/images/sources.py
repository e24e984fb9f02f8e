"""Where an image comes from: bytes, a file object or a path, opened for reading, and its name in messages."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from engine.images.errors import ImageError, quoted

Source = bytes | bytearray | memoryview | BinaryIO | str | os.PathLike

MAX_BYTES = 128 * 1024**2
"""The largest file that is read at all."""


def source_name(source: Source, name: str | None) -> str:
    """The name of a source in messages, quoted: the given one, or that of the path or file."""
    own_name: object = name
    if name is None:
        own_name = source if isinstance(source, str | os.PathLike) else getattr(source, "name", "")
    return quoted(Path(os.fsdecode(own_name)).name if isinstance(own_name, str | bytes | os.PathLike) else "")


@contextmanager
def opened(source: Source, name: str) -> Iterator[BinaryIO]:
    """Open a source at its beginning; raises `ImageError` where it is missing, empty or too large."""
    if isinstance(source, str | os.PathLike):
        with _opened_path(source, name) as file:
            yield file
    elif isinstance(source, bytes | bytearray | memoryview):
        yield BytesIO(_checked_length(source, name))
    elif hasattr(source, "read"):
        yield _rewound(source, name)
    else:
        raise ImageError(f"{name} must be bytes, a file or a path; got {type(source).__name__}.")


def _opened_path(path: str | os.PathLike, name: str) -> BinaryIO:
    try:
        status = os.stat(path)
        if not stat.S_ISREG(status.st_mode):
            raise ImageError(f"{name} is not a file; choose an image file.")
        check_bytes(status.st_size, name)
        return open(path, "rb")
    except (OSError, ValueError) as error:
        if isinstance(error, ImageError):
            raise
        if isinstance(error, FileNotFoundError):
            raise missing(name) from error
        raise ImageError(f"{name} cannot be opened; check the name and the folder.") from error


def missing(name: str) -> ImageError:
    """The error of a file that is not there; its name is quoted already."""
    return ImageError(f"{name} is not there; check the name and the folder.")


def _rewound(file: BinaryIO, name: str) -> BinaryIO:
    """A file positioned at its beginning; a stream that cannot seek (a socket) is copied first."""
    try:
        length = file.seek(0, os.SEEK_END)
        check_bytes(length, name)
        file.seek(0)
        return file
    except ImageError:
        raise
    except (OSError, AttributeError, ValueError):
        return BytesIO(_checked_length(file.read(MAX_BYTES + 1), name))


def _checked_length(data: bytes | bytearray | memoryview, name: str) -> bytes | bytearray | memoryview:
    check_bytes(memoryview(data).nbytes, name)
    return data


def check_bytes(count: int, name: str) -> None:
    """Raise `ImageError` for a file of so many bytes that is empty or too large; its name is quoted already."""
    if count == 0:
        raise ImageError(f"{name} is empty; send the file again.")
    if count > MAX_BYTES:
        most = MAX_BYTES // 1024**2
        raise ImageError(f"{name} has {count / 1024**2:,.0f} MB, and the limit is {most}; save it smaller.")
