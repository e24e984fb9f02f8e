"""Page 9, label: the current image as it is displayed, and why it cannot be displayed."""

from pathlib import Path

from engine.images import ImageError
from pages.parts.shared import thumbnails

SIDE = 900


def jpeg(image: Path) -> bytes:
    """The image as JPEG, at most `SIDE` pixels wide and high. Raises ImageError or OSError."""
    return thumbnails.jpeg(image, SIDE)


def can_display(image: Path) -> bool:
    """Whether `jpeg` succeeds; an image that you cannot see must not be labelled."""
    try:
        jpeg(image)
    except (ImageError, OSError):
        return False
    return True
