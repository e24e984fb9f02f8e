"""An image with its predicted point as HTML that carries its own bytes."""

from collections.abc import Sequence

from PIL import Image

from engine.images import draw_point, fit, to_jpeg
from engine.plots.style import PREDICTION
from pages.parts.shared import thumbnails

SIDE = 640


def marked_tag(image: Image.Image, alt: str, point_px: Sequence[float] | None) -> str:
    """The image, at most `SIDE` pixels long, as an HTML image; the point is in pixels of the image given."""
    small = fit(image, SIDE)
    if point_px is not None:
        scale = small.width / image.width
        small = draw_point(small, [scale * value for value in point_px], PREDICTION)
    return thumbnails.tag(to_jpeg(small, quality=80), alt)
