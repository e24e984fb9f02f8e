"""Any image file as an upright RGB image, or one plain sentence about what is wrong with it."""

from __future__ import annotations

import os
from typing import BinaryIO

from PIL import Image

from engine.images import decoder, heavy
from engine.images.bounded_reads import PIXEL_READS
from engine.images.decode import decoded
from engine.images.headers import Undecoded, decoding_errors, orientation_of, read_header
from engine.images.sources import Source, opened, source_name

MAX_PIXELS = 3840 * 2160
"""The default pixel budget: no image that is returned has more pixels than a 4K screen."""


def open_image(source: Source, name: str | None = None, max_pixels: int = MAX_PIXELS) -> Image.Image:
    """Return a file's image: upright, 8-bit sRGB, fully loaded, without metadata.

    The file's orientation is applied (EXIF; the container's own in HEIC and AVIF), transparency becomes white, an
    animation gives its first frame, and greys of more than 8 bits and CMYK or Lab colours are converted. An image of
    more than `max_pixels` pixels is reduced in proportion. Decoding a file takes less than 400 MB of memory: files
    that would need more are rejected by their header alone.

    Parameters: `source` is bytes, a binary file or a path; `name` is its name in error messages (default: the name
    of the path or file).

    Raises `ImageError` for anything that cannot be opened.
    """
    name = source_name(source, name)
    with opened(source, name) as file:
        kind, image = read_header(file, name)
        if (decode := decoder.decoder()) and not heavy.is_ordinary(kind, image, file):
            return decode(heavy.content(file), name, max_pixels)
        with heavy.place():
            return decoded(kind, image, name, max_pixels)


def open_here(content: bytes, name: str, max_pixels: int) -> Image.Image:
    """The same for the content of a file whose name is quoted already, always in this process."""
    with opened(content, name) as file:
        return decoded(*read_header(file, name), name, max_pixels)


def image_size(source: Source, name: str | None = None) -> tuple[int, int]:
    """Return (width, height) in pixels of the upright image, from the header alone where possible.

    This is the file's own size, even where `open_image` would reduce it. A file with an intact header and truncated
    pixels still has a size. Raises `ImageError` as `open_image` does.
    """
    name = source_name(source, name)
    with opened(source, name) as file:
        kind, image = read_header(file, name)
        width, height = image.size
        return (height, width) if _orientation(file, kind, image, name) >= 5 else (width, height)


def is_turned(source: Source, name: str | None = None) -> bool:
    """Whether the pixels are stored in another orientation than the image is seen in.

    Raises `ImageError` as `open_image` does.
    """
    name = source_name(source, name)
    with opened(source, name) as file:
        kind, image = read_header(file, name)
        return _orientation(file, kind, image, name) != 1


def _orientation(file: BinaryIO, kind: str, image: Undecoded, name: str) -> int:
    """The orientation of a file's image, 1 to 8 as in EXIF."""
    if kind == "PNG" and "exif" not in image.info:
        if not _has_late_exif(file):
            return 1
        with decoding_errors(name, kind):
            image.load()
    return orientation_of(image, kind)


def _has_late_exif(file: BinaryIO) -> bool:
    """Whether a PNG has its EXIF data after the pixels, where Pillow reads it only when it decodes them."""
    position, has_exif, parts = file.tell(), False, 0
    file.seek(8)
    while not has_exif and parts < PIXEL_READS and len(chunk := file.read(8)) == 8:
        parts += 1
        has_exif = chunk[4:] == b"eXIf"
        file.seek(int.from_bytes(chunk[:4], "big") + 4, os.SEEK_CUR)
    file.seek(position)
    return has_exif
