"""Pictures: any bytes become an upright RGB picture or a clear error; and drawing on pictures."""

from engine.images.drawing import draw_miss, draw_point, draw_points, fit, mark_radius, to_jpeg, to_png
from engine.images.errors import ImageError
from engine.images.opening import MAX_PIXELS, open_image, picture_size

__all__ = [
    "MAX_PIXELS",
    "ImageError",
    "draw_miss",
    "draw_point",
    "draw_points",
    "fit",
    "mark_radius",
    "open_image",
    "picture_size",
    "to_jpeg",
    "to_png",
]
