"""Images: any file becomes an upright RGB image or a clear error; resizing, augmentation and drawing.

What decodes files is loaded when it is first used: a lesson that shows charts only never needs it.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
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

_LATER = {
    **dict.fromkeys(("draw_point", "draw_points", "fit", "mark_radius", "to_jpeg", "to_png"), "drawing"),
    "ImageError": "errors",
    **dict.fromkeys(("MAX_PIXELS", "image_size", "is_turned", "open_image"), "opening"),
    "Source": "sources",
    "open_square": "square_images",
}


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_LATER[name]}"), name)
