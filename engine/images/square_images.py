"""Image files as the square that a network sees, decoded no larger than needed.

libjpeg decodes a JPEG at a half, a quarter or an eighth of its size in a fraction of the time. All other files, and
JPEGs that are small already, give exactly the square that `open_image` and `to_square` give.
"""

from __future__ import annotations

import numpy as np
from PIL import Image

from engine.images import decoder, heavy
from engine.images.color_modes import to_rgb
from engine.images.decode import decoded, upright
from engine.images.headers import Undecoded, decoding_errors, orientation_of, read_header
from engine.images.opening import MAX_PIXELS
from engine.images.resize import part_seen, to_square
from engine.images.sources import Source, opened, source_name
from engine.tasks import SQUISH

_SCALES = (8, 4, 2)


def open_square(source: Source, size: int, method: str = SQUISH, name: str | None = None) -> np.ndarray:
    """Return a file's image as a network sees it: (size, size, 3) uint8, upright, by one of `METHODS`.

    A JPEG is decoded at the smallest scale whose shorter side still has `size` pixels. Orientation, colours, limits
    and errors are those of `open_image`: raises `ImageError`, one sentence.
    """
    name = source_name(source, name)
    with opened(source, name) as file:
        kind, image = read_header(file, name)
        if (decode := decoder.decoder()) and not heavy.is_ordinary(kind, image, file):
            return to_square(decode(heavy.content(file), name, MAX_PIXELS), size, method)
        with heavy.place():
            return _square(kind, image, size, method, name)


def _square(kind: str, image: Undecoded, size: int, method: str, name: str) -> np.ndarray:
    """The square of an image whose header was read, decoded in this process."""
    scale = jpeg_scale(image.size, size) if kind == "JPEG" else 1
    size_wh = image.size
    if scale == 1 or not _set_scale(image, scale):
        return to_square(decoded(kind, image, name, MAX_PIXELS), size, method)
    with decoding_errors(name, kind):
        image.load()
        left, top, right, bottom = (end / scale for end in part_seen(size_wh, method))
        square = to_rgb(image).resize((size, size), Image.Resampling.BILINEAR, (left, top, right, bottom))
        orientation = orientation_of(image, kind)
        return np.asarray(upright(square, orientation))


def jpeg_scale(size_wh: tuple[int, int], size: int) -> int:
    """By how much a JPEG may be decoded smaller for a square of `size` pixels: 8, 4, 2, or 1 for not at all.

    1 also where that would leave more than the pixel budget of a very long image.
    """
    width, height = size_wh
    scale = next((scale for scale in _SCALES if min(size_wh) >= scale * size), 1)
    return scale if width * height <= scale**2 * MAX_PIXELS else 1


def _set_scale(image: Image.Image, scale: int) -> bool:
    """Ask the decoder for a smaller image; whether it agrees."""
    whole = image.size
    image.draft(None, (whole[0] // scale, whole[1] // scale))
    return image.size == tuple(-(-side // scale) for side in whole) != whole
