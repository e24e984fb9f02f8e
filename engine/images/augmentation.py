"""Augmentation that moves an image and its point together, with NumPy and Pillow.

Points are continuous pixels: (0, 0) is the outer corner of the first pixel and (w, h) that of the last one,
as in `engine.functional.coordinates`. One matrix moves both, so that they stay consistent.
"""

from dataclasses import dataclass

import numpy as np
from PIL import Image

EMPTY = (128, 128, 128)


@dataclass(frozen=True)
class Motion:
    """A change of an image: flipped first, then rotated, then zoomed about its centre, then shifted.

    `turn_degrees` is anticlockwise on the screen; `zoom` above 1 enlarges; `shift_x` and `shift_y` are
    fractions of the width and height, to the right and down.
    """

    flip: bool = False
    turn_degrees: float = 0.0
    zoom: float = 1.0
    shift_x: float = 0.0
    shift_y: float = 0.0

    def __post_init__(self):
        if not self.zoom > 0:
            raise ValueError(f"zoom must be above 0, got {self.zoom}: 1 keeps the size, 2 doubles it.")


def matrix(motion: Motion, size_wh) -> np.ndarray:
    """The (3, 3) matrix that maps a pixel position (x, y, 1) of the original image to the moved one."""
    width, height = size_wh
    turn = np.deg2rad(motion.turn_degrees)
    cos, sin = motion.zoom * np.cos(turn), motion.zoom * np.sin(turn)
    to_centre = np.array([[1, 0, -width / 2], [0, 1, -height / 2], [0, 0, 1]])
    flip = np.diag([-1.0 if motion.flip else 1.0, 1.0, 1.0])
    turn_and_zoom = np.array([[cos, sin, 0], [-sin, cos, 0], [0, 0, 1]])
    right = width * (0.5 + motion.shift_x)
    down = height * (0.5 + motion.shift_y)
    back_and_shift = np.array([[1, 0, right], [0, 1, down], [0, 0, 1]])
    return back_and_shift @ turn_and_zoom @ flip @ to_centre


def move_points(points_px, motion: Motion, size_wh) -> np.ndarray:
    """Move points (N, 2) or (2,) in pixels as `motion` moves the image they lie on."""
    moves = matrix(motion, size_wh)
    return np.asarray(points_px, dtype=float) @ moves[:2, :2].T + moves[:2, 2]


def move_image(image: Image.Image, motion: Motion) -> Image.Image:
    """Move an image within its frame; areas from outside the original frame are grey."""
    inverse = np.linalg.inv(matrix(motion, image.size))
    return image.transform(
        image.size,
        Image.Transform.AFFINE,
        tuple(inverse[:2].ravel()),
        resample=Image.Resampling.BILINEAR,
        fillcolor=EMPTY,
    )
