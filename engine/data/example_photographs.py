"""The example photographs and what they show, marked by hand: labels of the scenes, and the point between the eyes.

The points were read off enlargements (seven and eight times) of the images at full size. For the astronaut it is the
midpoint between the pupils; for the man in profile, of whom one eye is visible, it is the bridge of the nose at the
height of that eye, the mean of two marks, one on each of his two images. Those marks were 1.4 px apart; another person
may well mark a point 2 px away.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from engine import paths

if TYPE_CHECKING:
    from PIL import Image

FOLDER = paths.SAMPLE_DATA / "photographs"

LABELS: Mapping[str, tuple[str, ...]] = {
    "astronaut.jpg": ("person",),
    "camera.jpg": ("person",),
    "chelsea.jpg": ("cat",),
    "coffee.jpg": (),
    "photographer.jpg": ("person",),
    "rocket.jpg": (),
}
"""File -> those of the 12 labels of `engine.training.photo_models.groups.SCENE_GROUPS` that are in it."""

POINTS_PX: Mapping[str, tuple[float, float]] = {
    "astronaut.jpg": (225.0, 102.0),
    "camera.jpg": (250.0, 145.5),
    "photographer.jpg": (130.0, 65.5),
}
"""File -> the point between the eyes (x, y) in pixels; files that are left out show no human face."""

HEADS_PX: Mapping[str, tuple[int, int, int, int]] = {
    "astronaut.jpg": (75, 0, 375, 300),
    "camera.jpg": (150, 60, 350, 260),
}
"""File -> a square (left, top, right, bottom) in pixels with head and shoulders, framed like the faces that the points
race is run over. `photographer.jpg` is left out: it is the middle of `camera.jpg`."""


def head_of(fname: str) -> Image.Image:
    """Head and shoulders of an example photograph, cut out as `HEADS_PX` says."""
    from engine.images import open_image  # most that ask for labels and points open no image

    return open_image(FOLDER / fname).crop(HEADS_PX[fname])
