"""Conversion of every colour mode that an image file can have to 8-bit sRGB."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

import numpy as np
from PIL import Image, ImageCms

WHITES = (1, 255, 1023, 4095, 16383, 65535)
"""Usual values of white: fractions, and 8, 10, 12, 14 and 16 bits."""

SHRINKABLE = {"L", "RGB", "CMYK", "YCbCr", "LAB"}
"""Modes in which pixels may be averaged before they are turned into RGB."""

ROWS_AT_ONCE = 256
WHITE_IS_ZERO = 0
PHOTOMETRIC = 262
PROFILE_SPACES = {"RGB ": "RGB", "CMYK": "CMYK", "GRAY": "L", "Lab ": "LAB"}


def to_rgb(image: Image.Image) -> Image.Image:
    """The image in 8-bit sRGB: greys of more than 8 bits scaled, colour profiles applied, transparency on white."""
    if image.mode in {"I", "F"} or image.mode.startswith("I;"):
        return _deep_grey(image).convert("RGB")
    if image.has_transparency_data:
        return _on_white(image)
    return _with_own_profile(image) or (image if image.mode == "RGB" else image.convert("RGB"))


def white_level(image: Image.Image, darkest: float, brightest: float) -> tuple[float, float]:
    """The values that mean black and white in an image of more than 8 bits.

    A PNG defines it: 65535. Other files do not, so it is the smallest usual white that no pixel exceeds (a 12-bit
    camera writes 0 to 4095 into 16 bits); where none fits, the darkest and the brightest pixel.
    """
    if image.format == "PNG":
        return 0, 65535
    if darkest < 0 or brightest > WHITES[-1]:
        return darkest, max(brightest, darkest + 1e-30)
    return 0, next(white for white in WHITES if brightest <= white)


def _deep_grey(image: Image.Image) -> Image.Image:
    darkest, brightest = _finite_range(image)
    black, white = white_level(image, darkest, brightest)
    if getattr(image, "tag_v2", {}).get(PHOTOMETRIC) == WHITE_IS_ZERO:
        black, white = white, black
    grey = Image.new("L", image.size)
    for top, values in _row_blocks(image):
        with np.errstate(invalid="ignore", over="ignore"):
            unit = np.nan_to_num((values - black) / (white - black), nan=0.0, posinf=1.0, neginf=0.0)
        grey.paste(Image.fromarray((unit.clip(0, 1) * 255 + 0.5).astype(np.uint8)), (0, top))
    return grey


def _finite_range(image: Image.Image) -> tuple[float, float]:
    blocks = (values[np.isfinite(values)] for _, values in _row_blocks(image))
    ends = [(block.min(), block.max()) for block in blocks if block.size]
    if not ends:
        return 0.0, 0.0
    return float(min(low for low, _ in ends)), float(max(high for _, high in ends))


def _row_blocks(image: Image.Image) -> Iterator[tuple[int, np.ndarray]]:
    """Bands of rows as float64, so that a large image is never converted to floats as a whole."""
    width, height = image.size
    rows = max(1, min(ROWS_AT_ONCE, 1_000_000 // width))
    for top in range(0, height, rows):
        block = image.crop((0, top, width, min(top + rows, height)))
        yield top, np.asarray(block, dtype=np.float64)


def _on_white(image: Image.Image) -> Image.Image:
    image = image if image.mode in {"RGBA", "LA"} else image.convert("RGBA")
    paper = Image.new("RGB", image.size, "white")
    paper.paste(image.convert("RGB") if image.mode == "LA" else image, mask=image.getchannel("A"))
    return paper


def _with_own_profile(image: Image.Image) -> Image.Image | None:
    """The image converted by its own colour profile; `None` if that is sRGB, absent or unusable."""
    data = image.info.get("icc_profile")
    if not data or b"sRGB" in data or PROFILE_SPACES.get(_space(data)) != image.mode:
        return None
    try:
        profile = ImageCms.ImageCmsProfile(BytesIO(data))
        return ImageCms.profileToProfile(image, profile, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        return None


def _space(profile: bytes) -> str:
    return profile[16:20].decode("latin-1")
