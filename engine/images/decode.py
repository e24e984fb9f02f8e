"""From a checked header to upright RGB pixels within a pixel budget."""

from __future__ import annotations

import pi_heif
from PIL import Image

from engine.images.color_modes import SHRINKABLE, to_rgb
from engine.images.headers import TRANSPOSITIONS, decoding_errors, orientation_of
from engine.images.limits import Undecoded


def decoded(kind: str, image: Undecoded, name: str, max_pixels: int) -> Image.Image:
    """Decode an image to upright 8-bit sRGB of at most `max_pixels`; raises `ImageError`."""
    with decoding_errors(name, kind):
        if isinstance(image, pi_heif.HeifFile):
            image = image.to_pillow()
        if kind == "JPEG":
            image.draft(None, _within(image.size, max_pixels))
        image.load()
        orientation = orientation_of(image, kind)
        if image.mode in SHRINKABLE and not image.has_transparency_data:
            image = to_rgb(_shrunk(image, max_pixels))
        else:
            image = _shrunk(to_rgb(image), max_pixels)
        return _without_metadata(upright(image, orientation))


def upright(image: Image.Image, orientation: int) -> Image.Image:
    """Undo an EXIF orientation: the image as it should be seen."""
    return image.transpose(TRANSPOSITIONS[orientation]) if orientation in TRANSPOSITIONS else image


def _within(size: tuple[int, int], max_pixels: int) -> tuple[int, int]:
    width, height = size
    scale = min(1.0, (max_pixels / (width * height)) ** 0.5)
    width, height = max(1, int(width * scale)), max(1, int(height * scale))
    return min(width, max_pixels // height or 1), min(height, max_pixels)


def _shrunk(image: Image.Image, max_pixels: int) -> Image.Image:
    size = _within(image.size, max_pixels)
    if size == image.size:
        return image
    smaller = image.resize(size, Image.Resampling.HAMMING, reducing_gap=2.0)
    smaller.format = image.format
    return smaller


def _without_metadata(image: Image.Image) -> Image.Image:
    """The same pixels as a plain image, without file, format, text, EXIF or location."""
    plain = image if type(image) is Image.Image else image.copy()
    plain.info = {}
    plain.format = None
    return plain
