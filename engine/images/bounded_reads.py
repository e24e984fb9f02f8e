"""A file of which a decoder may read so often and so much, however many parts a hostile image is made of.

Pillow reads headers in Python, part by part: a PNG of 100 MB may hold eight million parts of no bytes before its first
pixel, which took a minute. Limits on pixels and passes do not help there.
"""

from __future__ import annotations

import sys
from typing import Any, BinaryIO

HEADER_READS, HEADER_BYTES = 8_000, 16 * 1024**2
"""Cameras and programs write some hundreds of parts in front of the pixels, and a few megabytes with a depth map."""
PIXEL_READS = 500_000
"""A TIFF of small tiles has 100,000 of them."""


class TooManyPartsError(Exception):
    """A file has more parts than any program writes."""


class BoundedReads:
    """A file opened for reading; a decoder that reads its header too often or too much gets `TooManyPartsError`."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._reads, self._bytes = HEADER_READS, HEADER_BYTES

    def read(self, size: int = -1, /) -> bytes:
        """The next bytes; all that are left where `size` is negative."""
        data = self._file.read(size)
        self._reads -= 1
        self._bytes -= len(data)
        if self._reads < 0 or self._bytes < 0:
            raise TooManyPartsError
        return data

    def begin_pixels(self) -> None:
        """Allow what reading the pixels takes: as many bytes as the file has, in more pieces."""
        self._reads, self._bytes = PIXEL_READS, sys.maxsize

    def __getattr__(self, name: str) -> Any:
        """Everything else is that of the file."""
        return getattr(self._file, name)
