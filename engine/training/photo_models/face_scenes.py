"""Training images for the point between the eyes: tight face crops, pasted into photographs without people.

The faces fill their images. A model trained on them alone learns that every image is a face with a central point.
So each face is also pasted smaller and elsewhere, and there are images without a face, half of them with another patch
pasted in the same way, so that a seam does not reveal a face.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

SIDE = 224
PER_FACE, PER_BACKGROUND = 6, 5
_SMALLEST, _LARGEST = 0.25, 0.95
"""The long side of a pasted face crop, as a share of the image's side."""
_FEATHER = 0.06


@dataclass(frozen=True)
class Face:
    """An upright RGB face crop, its point in pixels, and the person it shows."""

    image: Image.Image
    point_px: tuple[float, float]
    person: str


@dataclass(frozen=True)
class Scenes:
    """Squares (N, 224, 224, 3) uint8, their point (N, 2) as fractions of the side (NaN: no face).

    `source` is the index of the face for images with a face, and of the background for the others.
    """

    squares: np.ndarray
    points: np.ndarray
    source: np.ndarray


def make(faces: Sequence[Face], backgrounds: Sequence[Image.Image], seed: int = 0) -> Scenes:
    """`PER_FACE` images of each face (the first is the original crop), then `PER_BACKGROUND` of each background."""
    rng = np.random.default_rng(seed)
    squares: list[np.ndarray] = []
    points: list[tuple[float, float]] = []
    source: list[int] = []
    for at, face in enumerate(faces):
        for variant in range(PER_FACE):
            square, point = (
                _as_it_is(face)
                if variant == 0
                else _pasted(face, _square_of(_any(backgrounds, rng), rng), rng)
            )
            squares.append(np.asarray(square))
            points.append(point)
            source.append(at)
    for at, background in enumerate(backgrounds):
        for variant in range(PER_BACKGROUND):
            whole = background.resize((SIDE, SIDE), Image.Resampling.BICUBIC)
            square = whole if variant == 0 else _square_of(background, rng)
            if variant % 2:
                patch = _square_of(_any(backgrounds, rng), rng)
                square, _ = _pasted(Face(patch, (0.0, 0.0), ""), square, rng)
            squares.append(np.asarray(square))
            points.append((np.nan, np.nan))
            source.append(at)
    return Scenes(np.stack(squares), np.asarray(points), np.asarray(source))


def _any(images: Sequence[Image.Image], rng: np.random.Generator) -> Image.Image:
    return images[int(rng.integers(len(images)))]


def _as_it_is(face: Face) -> tuple[Image.Image, tuple[float, float]]:
    width, height = face.image.size
    square = face.image.resize((SIDE, SIDE), Image.Resampling.BICUBIC)
    return square, (face.point_px[0] / width, face.point_px[1] / height)


def _square_of(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """A random square part of an image, at least half of its short side, perhaps mirrored."""
    side = int(min(image.size) * rng.uniform(0.5, 1))
    left, top = (int(rng.integers(length - side + 1)) for length in image.size)
    square = image.resize((SIDE, SIDE), Image.Resampling.BICUBIC, (left, top, left + side, top + side))
    return square.transpose(Image.Transpose.FLIP_LEFT_RIGHT) if rng.random() < 0.5 else square


def _pasted(
    face: Face, canvas: Image.Image, rng: np.random.Generator
) -> tuple[Image.Image, tuple[float, float]]:
    """The face on the canvas at a random size and place, perhaps mirrored, and its point in shares of the side."""
    width, height = face.image.size
    scale = SIDE * exp(rng.uniform(log(_SMALLEST), log(_LARGEST))) / max(width, height)
    size = max(8, round(width * scale)), max(8, round(height * scale))
    patch = face.image.resize(size, Image.Resampling.BICUBIC)
    x, y = face.point_px[0] * scale, face.point_px[1] * scale
    if rng.random() < 0.5:
        patch, x = patch.transpose(Image.Transpose.FLIP_LEFT_RIGHT), size[0] - x
    left, top = (int(rng.integers(SIDE - length + 1)) for length in size)
    canvas = canvas.copy()
    canvas.paste(patch, (left, top), _mask(size, bool(rng.random() < 0.5)))
    return canvas, ((left + x) / SIDE, (top + y) / SIDE)


def _mask(size: tuple[int, int], is_oval: bool) -> Image.Image:
    """A mask with soft edges, so that no straight seam is visible."""
    edge = max(1, round(_FEATHER * min(size)))
    mask = Image.new("L", size, 0)
    box = (edge, edge, size[0] - edge, size[1] - edge)
    draw = ImageDraw.Draw(mask)
    (draw.ellipse if is_oval else draw.rectangle)(box, fill=255)
    return mask.filter(ImageFilter.GaussianBlur(edge))
