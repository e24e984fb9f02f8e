"""How a picture is made to fit a network: whole, squeezed into a square, or only its middle. The words are fastai's."""

import numpy as np
from PIL import Image

from engine.tasks import CROP, SQUISH

IN_WORDS = {
    SQUISH: "the whole picture, squeezed into a square",
    CROP: "the largest square in the middle of the picture",
}


def to_square(picture: Image.Image, size: int, method: str = SQUISH) -> np.ndarray:
    """What a network sees of an RGB picture of any shape: (size, size, 3) uint8, by one of `METHODS`."""
    seen = picture if method == SQUISH else picture.crop(part_seen(picture.size, method))
    return np.asarray(seen.resize((size, size), Image.Resampling.BILINEAR))


def part_seen(size_wh: tuple[int, int], method: str = SQUISH) -> tuple[int, int, int, int]:
    """The part of a picture that a network sees, in pixels: left, top, right, bottom; always the middle."""
    if method == SQUISH:
        return 0, 0, *size_wh
    side = min(size_wh)
    left, top = ((length - side) // 2 for length in size_wh)
    return left, top, left + side, top + side
