"""Input sizes of the models for photographs."""

from math import sqrt

import numpy as np
from PIL import Image

_CELL = 32
_LEAST_CELLS = 5
_MIDDLE = 0.875
"""The share of the short side that EfficientNet-Lite0 is evaluated on."""


def proportional(image: Image.Image, area: int) -> np.ndarray:
    """An RGB image with its proportions kept and about `area` pixels: (h, w, 3) uint8, both multiples of 32.

    All images take about the same time. Very long ones (beyond 3:1) are squished.
    """
    width, height = image.size
    scale = sqrt(area / (width * height))
    most = area // (_CELL * _CELL * _LEAST_CELLS)
    size = [_CELL * min(most, max(_LEAST_CELLS, round(length * scale / _CELL))) for length in (width, height)]
    return np.asarray(image.resize((size[0], size[1]), Image.Resampling.BICUBIC, reducing_gap=3))


def middle(image: Image.Image, side: int) -> np.ndarray:
    """The middle of an RGB image as EfficientNet-Lite0 is evaluated: (side, side, 3) uint8."""
    width, height = image.size
    cut = min(width, height) * _MIDDLE
    left, top = (width - cut) / 2, (height - cut) / 2
    box = (left, top, left + cut, top + cut)
    return np.asarray(image.resize((side, side), Image.Resampling.BICUBIC, box, reducing_gap=3))
