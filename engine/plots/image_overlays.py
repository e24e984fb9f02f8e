"""An image at screen width with points or heat drawn on it."""

import numpy as np
from PIL import Image, ImageColor

from engine.images.point_marks import PointMarks, add_magnifier, draw_marks
from engine.images.resize import part_seen
from engine.plots.style import PREDICTION, TRUTH
from engine.tasks import SQUISH

STRONGEST = 190
"""How opaque (of 255) the tint is where the heat is 1, so that the image stays visible under it."""

PALE = 0.6
"""How much the parts that the network does not see are bleached."""


def with_points(
    image: Image.Image, *, truth_px=None, predicted_px=None, width: int = 480, magnified: bool = False
) -> Image.Image:
    """A copy of the image, `width` pixels wide: a ring at the truth, a crosshair at the prediction, a line between.

    Points are (x, y) in pixels of the image given; either may be None. A point outside the frame is not seen. Where it
    is `magnified`, a corner shows the two points enlarged, if their distance is hard to see.
    """
    shown = _at_width(image, width)
    scale = np.array(shown.size) / image.size
    truth, predicted = (
        None if at is None else np.asarray(at, float) * scale for at in (truth_px, predicted_px)
    )
    marks = PointMarks(truth, predicted, TRUTH, PREDICTION)
    marked = draw_marks(shown, marks)
    return add_magnifier(marked, image, marks) if magnified else marked


def with_heat(image: Image.Image, heat, width: int = 480, resize: str = SQUISH) -> Image.Image:
    """The image in grey, `width` pixels wide, tinted where `heat` (rows, columns) in 0..1 is high.

    The heat lies over the part that a network sees by `resize`, one of `engine.tasks.METHODS`; the rest is pale.
    """
    grey = _at_width(image, width).convert("L").convert("RGB")
    left, top, right, bottom = part_seen(grey.size, resize)
    strength = Image.fromarray((np.clip(heat, 0, 1) * STRONGEST).round().astype(np.uint8))
    over = strength.resize((right - left, bottom - top), Image.Resampling.BICUBIC)
    seen = grey.crop((left, top, right, bottom))
    shown = Image.blend(grey, Image.new("RGB", grey.size, "white"), PALE)
    shown.paste(
        Image.composite(Image.new("RGB", seen.size, ImageColor.getrgb(PREDICTION)), seen, over), (left, top)
    )
    return shown


def _at_width(image: Image.Image, width: int) -> Image.Image:
    """The pixels alone, `width` wide: what is sent to a browser carries no position, comment or profile."""
    size = (width, max(1, round(width * image.height / image.width)))
    shown = image.convert("RGB").resize(size, Image.Resampling.LANCZOS)
    shown.info = {}
    return shown
