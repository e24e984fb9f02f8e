"""One image file from storage as bytes, no more than an image file may have."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

from engine.data.storage.errors import in_words
from engine.data.storage.filesystem import opened
from engine.images.sources import MAX_BYTES, check_bytes, missing, source_name

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem


def image_bytes(address: str) -> bytes:
    """The content of an image file, in one request.

    Raises `ImageError`, as for a file of this machine, where it is missing, empty or too large, and `StorageError`
    where that cannot be known.
    """
    fs, path = opened(address)
    name = source_name(address, None)
    with in_words(address):
        try:
            content = _start(fs, path)
            size = fs.size(path) if len(content) > MAX_BYTES else len(content)
        except FileNotFoundError as error:
            raise missing(name) from error
        check_bytes(size, name)
    return content


def _start(fs: AbstractFileSystem, path: str) -> bytes:
    """At most a byte more than an image file may have. S3 refuses any range of an empty file."""
    try:
        return fs.cat_file(path, start=0, end=MAX_BYTES + 1)
    except OSError as error:
        if error.errno == errno.EINVAL and fs.size(path) == 0:
            return b""
        raise
