"""Simple drawings in many styles: images that are no photographs, besides the sample scenes.

Shapes and strokes on a flat, graded or noisy background, sometimes blurred, and compressed as JPEG as drawings often
are. They show nothing in particular: only their texture counts.
"""

import io
from collections.abc import Iterator

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

STYLES = ("flat", "outlined", "graded", "noisy", "strokes")
"""What one drawing is like; each style is as frequent as any other."""

_STREAM = 9
_SIDES = (200, 480)
_QUALITIES = (50, 96)
_MOST_SHAPES = 24
_SHARE_BLURRED = 0.25


def fresh(seed: int, count: int) -> Iterator[Image.Image]:
    """`count` RGB drawings of random sizes; drawing i depends on `seed` and i only."""
    for index in range(count):
        rng = np.random.default_rng((_STREAM, seed, index))
        yield draw(rng, STYLES[index % len(STYLES)])


def draw(rng: np.random.Generator, style: str) -> Image.Image:
    """One drawing of a style, compressed as JPEG. Raises ValueError for a style that is not one of `STYLES`."""
    if style not in STYLES:
        raise ValueError(f"The style should be one of {', '.join(STYLES)}, but is {style!r}.")
    width, height = (int(side) for side in rng.integers(*_SIDES, 2))
    image = _background(rng, (width, height), style)
    pen = ImageDraw.Draw(image)
    for _ in range(int(rng.integers(2, _MOST_SHAPES))):
        _SHAPES[int(rng.integers(len(_SHAPES)))](rng, pen, (width, height), style)
    if style == "noisy":
        image = _noisy(rng, image)
    if rng.random() < _SHARE_BLURRED:
        image = image.filter(ImageFilter.GaussianBlur(float(rng.uniform(0.4, 1.5))))
    return _compressed(image, int(rng.integers(*_QUALITIES)))


def _background(rng: np.random.Generator, size_wh: tuple[int, int], style: str) -> Image.Image:
    if style != "graded":
        return Image.new("RGB", size_wh, (255,) * 3 if rng.random() < 0.3 else _colour(rng))
    width, height = size_wh
    start, end = np.asarray(_colour(rng), float), np.asarray(_colour(rng), float)
    angle = rng.uniform(0, 2 * np.pi)
    x, y = np.meshgrid(np.linspace(-1, 1, width), np.linspace(-1, 1, height))
    share = np.clip((x * np.cos(angle) + y * np.sin(angle) + 1) / 2, 0, 1)[..., None]
    return Image.fromarray((start + (end - start) * share).astype(np.uint8))


def _noisy(rng: np.random.Generator, image: Image.Image) -> Image.Image:
    """With grain of a random size and strength, as on paper."""
    width, height = image.size
    cells = int(rng.integers(1, 5))
    grain = rng.normal(0, rng.uniform(4, 30), (-(-height // cells), -(-width // cells), 1))
    grain = grain.repeat(cells, axis=0).repeat(cells, axis=1)[:height, :width]
    return Image.fromarray(np.clip(np.asarray(image) + grain, 0, 255).astype(np.uint8))


def _polygon(
    rng: np.random.Generator, pen: ImageDraw.ImageDraw, size_wh: tuple[int, int], style: str
) -> None:
    corners = int(rng.integers(3, 8))
    centre = rng.uniform(0, 1, 2) * size_wh
    angles = np.sort(rng.uniform(0, 2 * np.pi, corners))
    radii = rng.uniform(0.03, 0.3) * min(size_wh) * rng.uniform(0.5, 1, corners)
    points = centre + radii[:, None] * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    pen.polygon([tuple(point) for point in points], **_ink(rng, style))


def _ellipse(
    rng: np.random.Generator, pen: ImageDraw.ImageDraw, size_wh: tuple[int, int], style: str
) -> None:
    centre, radii = rng.uniform(0, 1, 2) * size_wh, rng.uniform(0.02, 0.25, 2) * min(size_wh)
    pen.ellipse([*(centre - radii), *(centre + radii)], **_ink(rng, style))


def _curve(rng: np.random.Generator, pen: ImageDraw.ImageDraw, size_wh: tuple[int, int], style: str) -> None:
    steps = rng.normal(0, 0.06 * min(size_wh), (int(rng.integers(4, 16)), 2))
    points = rng.uniform(0, 1, 2) * size_wh + steps.cumsum(axis=0)
    pen.line(
        [tuple(point) for point in points], fill=_colour(rng), width=int(rng.integers(1, 9)), joint="curve"
    )


_SHAPES = (_polygon, _ellipse, _curve)


def _ink(rng: np.random.Generator, style: str) -> dict:
    """How a shape is filled and outlined."""
    if style == "strokes":
        return {"outline": _colour(rng), "width": int(rng.integers(1, 6))}
    outlined = {"outline": (20, 20, 20), "width": int(rng.integers(1, 6))} if style == "outlined" else {}
    return {"fill": _colour(rng)} | outlined


def _colour(rng: np.random.Generator) -> tuple[int, ...]:
    return tuple(rng.integers(0, 256, 3).tolist())


def _compressed(image: Image.Image, quality: int) -> Image.Image:
    packed = io.BytesIO()
    image.save(packed, "JPEG", quality=quality)
    return Image.open(packed).convert("RGB")
