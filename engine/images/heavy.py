"""Images that may take long to decode: a server gives them to a process with limits, and decodes the rest itself.

What an ordinary image may cost is bounded by its kind: so many pixels, and for a JPEG so many passes over them. A file
that is none may be sound all the same, such as a panorama; decoding it in a process of its own takes a second longer.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from engine.images import decoder
from engine.images.limits import MILLION, Undecoded

ORDINARY_PIXELS = {"JPEG": 64 * MILLION, "HEIF": 25 * MILLION, "AVIF": 12 * MILLION}
OTHER_ORDINARY_PIXELS = 16 * MILLION
"""How many pixels the images of cameras, phones and screenshots have at most."""
ORDINARY_VISITS = 500 * MILLION
"""Pixels times passes of a JPEG: programs write about 10 passes, a file made to take long has thousands."""
SCAN = b"\xff\xda"
CHUNK = 1024**2
AT_ONCE = 4
"""So many images a server decodes at a time; who comes then waits, so that a class together stays within memory."""

_PLACES = threading.Semaphore(AT_ONCE)


@contextmanager
def place() -> Iterator[None]:
    """One of the places for images that a server decodes itself; elsewhere there is no limit."""
    if not decoder.is_set():
        yield
        return
    with _PLACES:
        yield


def is_ordinary(kind: str, image: Undecoded, file: BinaryIO) -> bool:
    """Whether decoding an image whose header was read takes a moment; the file is then where it was."""
    width, height = image.size
    if width * height > ORDINARY_PIXELS.get(kind, OTHER_ORDINARY_PIXELS):
        return False
    return kind != "JPEG" or width * height * _scans(file) <= ORDINARY_VISITS


def content(file: BinaryIO) -> bytes:
    """All bytes of a file."""
    file.seek(0)
    return file.read()


def _scans(file: BinaryIO) -> int:
    """How often the bytes that begin a scan stand in a file, those of its thumbnails among them."""
    at, count, rest = file.tell(), 0, b""
    file.seek(0)
    while chunk := file.read(CHUNK):
        count += (rest + chunk).count(SCAN)
        rest = chunk[-1:]
    file.seek(at)
    return count
