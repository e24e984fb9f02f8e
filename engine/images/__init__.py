"""Images: any file becomes an upright RGB image or a clear error; resizing, augmentation and drawing."""

from engine.images.drawing import draw_point, draw_points, fit, mark_radius, to_jpeg, to_png
from engine.images.errors import ImageError
from engine.images.opening import MAX_PIXELS, image_size, is_turned, open_image
from engine.images.sources import Source
from engine.images.square_images import open_square

__all__ = [
    "MAX_PIXELS",
    "ImageError",
    "Source",
    "draw_point",
    "draw_points",
    "fit",
    "image_size",
    "is_turned",
    "mark_radius",
    "open_image",
    "open_square",
    "to_jpeg",
    "to_png",
]
