"""How many pixels a file may have, so that decoding it stays below 400 MB of memory."""

from __future__ import annotations

from typing import TypeAlias

import pi_heif
from PIL import Image, JpegImagePlugin, TiffImagePlugin

from engine.images.errors import ImageError

Undecoded: TypeAlias = Image.Image | pi_heif.HeifFile
"""A file whose header has been read."""

MILLION = 1_000_000
MOST_PIXELS = {
    "JPEG": 300 * MILLION,
    "PNG": 32 * MILLION,
    "GIF": 32 * MILLION,
    "BMP": 32 * MILLION,
    "PPM": 32 * MILLION,
    "TIFF": 25 * MILLION,
    "WEBP": 20 * MILLION,
    "AVIF": 20 * MILLION,
    "HEIF": 25 * MILLION,
}
"""The most pixels a file of each format may have. Only a JPEG can be decoded at a smaller size."""

MOST_COEFFICIENTS = 64 * MILLION
"""The most coefficients of a JPEG with several scans: libjpeg keeps all of them, two bytes each, whatever the size of
the result."""

TILE_WIDTH, TILE_LENGTH = 322, 323


def require_within_limits(image: Undecoded, kind: str, name: str) -> None:
    """Raise `ImageError` where decoding the image would take too much memory."""
    if _pixels_at_once(image) > MOST_PIXELS[kind]:
        raise ImageError(_too_large(name, kind, image.size))
    if isinstance(image, JpegImagePlugin.JpegImageFile) and _coefficients(image) > MOST_COEFFICIENTS:
        raise ImageError(_too_large(name, "JPEG", image.size, is_progressive=True))


def _too_large(name: str, kind: str, size: tuple[int, int], is_progressive: bool = False) -> str:
    width, height = size
    most = MOST_COEFFICIENTS // 3 // MILLION if is_progressive else MOST_PIXELS[kind] // MILLION
    variant = "progressive " if is_progressive else ""
    return (
        f"{name} is {width:,} x {height:,} pixels, and the limit is {most} million for a {variant}{kind} file; "
        "save it smaller."
    )


def _pixels_at_once(image: Undecoded) -> int:
    """The pixels to allocate: the image's, or those of one tile where a forged TIFF has larger tiles."""
    width, height = image.size
    if isinstance(image, pi_heif.HeifFile):
        return width * height * 5 // 4 if image.has_alpha else width * height
    if not isinstance(image, TiffImagePlugin.TiffImageFile):
        return width * height
    tile = image.tag_v2.get(TILE_WIDTH, width) * image.tag_v2.get(TILE_LENGTH, 1)
    return max(width * height, tile)


def _coefficients(image: JpegImagePlugin.JpegImageFile) -> int:
    """How many coefficients libjpeg keeps in memory: none for one scan, all of the image's for several."""
    if not image.info.get("progressive") and _first_scan_is_whole(image):
        return 0
    width, height = image.size
    across, down = (max(component[axis] for component in image.layer) for axis in (1, 2))
    return sum(width * h * height * v // (across * down) for _, h, v, _ in image.layer)


def _first_scan_is_whole(image: JpegImagePlugin.JpegImageFile) -> bool:
    """Whether the first scan has every component. Pillow stops reading right after the header of that scan."""
    file, components = image.fp, image.layers
    assert file is not None, "the header has just been read from it"
    after_header = file.tell()
    file.seek(after_header - 8 - 2 * components)
    marker = file.read(5)
    file.seek(after_header)
    return marker[:2] == b"\xff\xda" and marker[4] == components
