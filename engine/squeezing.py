"""How every picture is made to fit a network: squeezed whole into a square, so that no object or point is cut off."""

import numpy as np
from PIL import Image


def squeeze(picture: Image.Image, size: int) -> np.ndarray:
    """An RGB picture of any shape as (size, size, 3) uint8; its proportions change, its contents do not."""
    return np.asarray(picture.resize((size, size), Image.Resampling.BILINEAR))
