"""Marks on pictures: the true point as a ring, the predicted one as a cross, and heat as a tint."""

import numpy as np
from PIL import Image, ImageColor, ImageDraw

from engine.figures.style import PREDICTION, TRUTH

HALO = "white"


def with_points(picture: Image.Image, *, truth_px=None, predicted_px=None, width: int = 480) -> Image.Image:
    """A copy of the picture, `width` pixels wide, with the points and the line between them drawn on it.

    Points are (x, y) in pixels of the picture given; either may be None. A point outside the frame is not seen.
    """
    scale = width / picture.width
    shown = picture.convert("RGB").resize(
        (width, max(1, round(picture.height * scale))), Image.Resampling.LANCZOS
    )
    draw = ImageDraw.Draw(shown)
    truth, predicted = (None if p is None else np.asarray(p, float) * scale for p in (truth_px, predicted_px))
    if truth is not None and predicted is not None:
        draw.line([*truth, *predicted], fill=HALO, width=6)
        draw.line([*truth, *predicted], fill=PREDICTION, width=3)
    if truth is not None:
        _ring(draw, truth, width / 40)
    if predicted is not None:
        _cross(draw, predicted, width / 40)
    return shown


def with_heat(picture: Image.Image, heat, width: int = 480) -> Image.Image:
    """The picture in grey, `width` pixels wide, tinted where `heat` (rows, columns) in 0..1 is high."""
    size = (width, max(1, round(width * picture.height / picture.width)))
    grey = picture.convert("L").convert("RGB").resize(size, Image.Resampling.LANCZOS)
    strength = Image.fromarray((np.clip(heat, 0, 1) * 200).round().astype(np.uint8)).resize(
        size, Image.Resampling.BICUBIC
    )
    return Image.composite(Image.new("RGB", size, ImageColor.getrgb(PREDICTION)), grey, strength)


def _ring(draw: ImageDraw.ImageDraw, at, radius: float) -> None:
    for colour, line, grow in ((HALO, 7, 2), (TRUTH, 3, 0)):
        reach = radius + grow
        draw.ellipse([at[0] - reach, at[1] - reach, at[0] + reach, at[1] + reach], outline=colour, width=line)


def _cross(draw: ImageDraw.ImageDraw, at, radius: float) -> None:
    for colour, line, grow in ((HALO, 7, 2), (PREDICTION, 4, 0)):
        reach = radius + grow
        draw.line([at[0] - reach, at[1] - reach, at[0] + reach, at[1] + reach], fill=colour, width=line)
        draw.line([at[0] - reach, at[1] + reach, at[0] + reach, at[1] - reach], fill=colour, width=line)
