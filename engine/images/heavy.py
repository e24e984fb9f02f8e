"""Images that may take long to decode: a server or job gives them to a process with limits and decodes the rest.

What an ordinary image may cost is bounded by its kind: so many pixels, and for a JPEG so many passes over them. A file
that is none may be sound all the same, such as a panorama; decoding it in a process of its own takes a second longer.
A job has that second for no panorama, which `limits` bounds well enough, but for a JPEG of too many passes as well.
"""

from __future__ import annotations

import re
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
MOST_MARKERS = 20_000
"""A JPEG with more markers is made to take long: programs write some dozens."""
SCAN, END, WITHOUT_LENGTH = 0xDA, 0xD9, (0x01, 0xD8)
SCAN_BYTES = bytes((0xFF, SCAN))
AT_ONCE = 4
"""So many images a server decodes at a time; who comes then waits, so that a class together stays within memory."""

_MARKER = re.compile(rb"\xff+[\x01-\xcf\xd8-\xfe]")
"""What is no pixel data and no restart within it, where a JPEG's decoder looks for what comes next."""
_PLACES = threading.Semaphore(AT_ONCE)


@contextmanager
def place() -> Iterator[None]:
    """One of the places for images that a server decodes itself; elsewhere there is no limit."""
    if not decoder.serves_pages():
        yield
        return
    with _PLACES:
        yield


def is_ordinary(kind: str, image: Undecoded, file: BinaryIO) -> bool:
    """Whether decoding an image whose header was read takes a moment; the file is then where it was."""
    width, height = image.size
    most_pixels = ORDINARY_PIXELS.get(kind, OTHER_ORDINARY_PIXELS)
    if decoder.serves_pages() and width * height > most_pixels:
        return False
    return kind != "JPEG" or _has_few_passes(file, ORDINARY_VISITS // (width * height))


def content(file: BinaryIO) -> bytes:
    """All bytes of a file."""
    file.seek(0)
    return file.read()


def _has_few_passes(file: BinaryIO, most: int) -> bool:
    """Whether a JPEG has at most so many passes.

    The bytes that begin one are never fewer than the passes. To count them takes microseconds, to follow all markers
    as long as a third of the decoding.
    """
    at = file.tell()
    read = content(file)
    file.seek(at)
    return read.count(SCAN_BYTES) <= most or _passes(read) <= most


def _passes(read: bytes) -> int:
    """How many scans a JPEG has, each of which its decoder takes over all pixels; many for too many markers.

    What follows the end of the image, such as the film of a moving photograph, does not count.
    """
    at, count = 2, 0
    for _ in range(MOST_MARKERS):
        match = _MARKER.search(read, at)
        kind = match[0][-1] if match else END
        if match is None or kind == END:
            return count
        at = match.end()
        count += kind == SCAN
        if kind not in WITHOUT_LENGTH:
            at += int.from_bytes(read[at : at + 2])
    return ORDINARY_VISITS
