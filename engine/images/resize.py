"""Resize methods for the square that a network takes: squish the whole image, or crop its middle, as in fastai."""

import numpy as np
from PIL import Image

from engine.tasks import CROP, SQUISH

IN_WORDS = {
    SQUISH: "the whole image, squished into a square",
    CROP: "the largest square in the middle of the image",
}


def to_square(image: Image.Image, size: int, method: str = SQUISH) -> np.ndarray:
    """An RGB image of any shape as a network's input: (size, size, 3) uint8, by one of `METHODS`."""
    part = image if method == SQUISH else image.crop(part_seen(image.size, method))
    return np.asarray(part.resize((size, size), Image.Resampling.BILINEAR))


def part_seen(size_wh: tuple[int, int], method: str = SQUISH) -> tuple[int, int, int, int]:
    """The part of an image that a network sees, in pixels: left, top, right, bottom; always the middle."""
    if method == SQUISH:
        return 0, 0, *size_wh
    side = min(size_wh)
    left, top = ((length - side) // 2 for length in size_wh)
    return left, top, left + side, top + side
