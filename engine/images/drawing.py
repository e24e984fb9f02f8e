"""Marks on images: points that are visible on any background, and lines from the truth to a prediction.

A point (x, y) is in pixels of the image, x first; (0, 0) is its upper left corner and (width, height) its lower
right one, so that the middle of the first pixel is (0.5, 0.5). Marks are drawn to a fraction of a pixel.
"""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

import numpy as np
from PIL import Image, ImageColor

Point = Sequence[float] | np.ndarray

MARK_SHARE = 0.018
"""Radius of a mark as a share of the image's longer side."""

SMALLEST_MARK = 3.5
EDGE = "#000000"
RING = "#ffffff"
SHAPES = ("disc", "ring")


def draw_point(
    image: Image.Image, point_px: Point, colour: str, shape: str = "disc", radius: float | None = None
) -> Image.Image:
    """Return a copy of the image with one mark; see `draw_points`."""
    return draw_points(image, [point_px], colour, shape, radius)


def draw_points(
    image: Image.Image,
    points_px: Sequence[Point] | np.ndarray,
    colours: str | Sequence[str],
    shape: str = "disc",
    radius: float | None = None,
) -> Image.Image:
    """Return a copy of the image with a mark at each point.

    Parameters: `points_px` (N, 2), x first, in pixels; `colours` one or N; `shape` "disc" (filled) or "ring"
    (open, so that what lies below stays visible), each with a white and a black edge; `radius` in pixels, by
    default 1.8 % of the longer side. A point outside the frame leaves no mark.

    Raises `ValueError` for points that are not finite, a wrong number of colours, or an unknown shape.
    """
    points = _finite_points(points_px)
    colours = [colours] * len(points) if isinstance(colours, str) else list(colours)
    if len(colours) != len(points):
        raise ValueError(f"colours must be one, or one per point, {len(points)}; got {len(colours)}.")
    if shape not in SHAPES:
        raise ValueError(f"shape must be one of {', '.join(SHAPES)}; got {shape!r}.")
    marked, radius = image.convert("RGB"), radius or mark_radius(image.size)
    marked = marked.copy() if marked is image else marked
    for point, colour in zip(points, colours, strict=True):
        _mark(marked, point, colour, shape, radius)
    return marked


def mark_radius(size: tuple[int, int]) -> float:
    """The radius in pixels that a mark has by default in an image of this (width, height)."""
    return max(SMALLEST_MARK, MARK_SHARE * max(size))


def fit(image: Image.Image, max_side: int) -> Image.Image:
    """Return the image with no side longer than `max_side` pixels, in its proportions, never enlarged."""
    if max_side < 1:
        raise ValueError(f"max_side must be at least 1 pixel; got {max_side}.")
    scale = max_side / max(image.size)
    if scale >= 1:
        return image
    width, height = (max(1, round(side * scale)) for side in image.size)
    return image.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=2.0)


def to_png(image: Image.Image) -> bytes:
    """The image as the bytes of a PNG file, without loss."""
    return _saved(image, "PNG", compress_level=3)


def to_jpeg(image: Image.Image, quality: int = 88) -> bytes:
    """The image as the bytes of a JPEG file; `quality` 1 to 95."""
    return _saved(image, "JPEG", quality=quality)


def _saved(image: Image.Image, kind: str, **options: int) -> bytes:
    file = BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def _finite_points(points_px: Sequence[Point] | np.ndarray) -> np.ndarray:
    points = np.asarray(points_px, dtype=np.float64)
    points = points.reshape(0, 2) if points.size == 0 else points
    if points.ndim != 2 or points.shape[1] != 2:
        raise ValueError(f"points_px must have the shape (N, 2), x first; got {points.shape}.")
    if not np.isfinite(points).all():
        raise ValueError("points_px must be numbers; got nan or infinity.")
    return points


def _mark(image: Image.Image, point: np.ndarray, colour: str, shape: str, radius: float) -> None:
    edge, white = max(1.0, radius * 0.12), max(1.0, radius * 0.18)
    outer, inner = (radius * 1.35, radius * 0.9) if shape == "ring" else (radius, 0)
    paint_segment(image, point, point, EDGE, outer + white + edge, inner - white)
    paint_segment(image, point, point, RING, outer + white, inner - white)
    paint_segment(image, point, point, colour, outer, inner)


def paint_segment(
    image: Image.Image, start: np.ndarray, end: np.ndarray, colour: str, outer: float, inner: float = 0
) -> None:
    """Colour every pixel whose distance to the segment start-end lies between `inner` and `outer`, edges smoothed."""
    box = _box(image.size, np.minimum(start, end) - outer - 1, np.maximum(start, end) + outer + 1)
    if box is None:
        return
    distance = _distance_to_segment(box, start, end)
    cover = np.clip(outer + 0.5 - distance, 0, 1)
    if inner > 0:
        cover *= np.clip(distance - inner + 0.5, 0, 1)
    mask = Image.fromarray((cover * 255 + 0.5).astype(np.uint8))
    image.paste(ImageColor.getrgb(colour)[:3], box, mask)


def _box(size: tuple[int, int], low: np.ndarray, high: np.ndarray) -> tuple[int, int, int, int] | None:
    """The part of the image between two corners, or `None` if they lie outside it."""
    left, top = (int(side) for side in np.clip(np.floor(low), 0, size))
    right, bottom = (int(side) for side in np.clip(np.ceil(high), 0, size))
    return (left, top, right, bottom) if left < right and top < bottom else None


def _distance_to_segment(box: tuple[int, int, int, int], start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """(rows, columns) distance in pixels from the middle of each pixel in the box to the segment."""
    left, top, right, bottom = box
    x = (np.arange(left, right, dtype=np.float32) + 0.5 - start[0])[None, :]
    y = (np.arange(top, bottom, dtype=np.float32) + 0.5 - start[1])[:, None]
    run_x, run_y = end - start
    along = np.clip((x * run_x + y * run_y) / max(run_x**2 + run_y**2, 1e-12), 0, 1)
    return np.hypot(x - along * run_x, y - along * run_y)
