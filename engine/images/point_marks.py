"""Thin marks for a true and a predicted point, and a magnifier for an error too small to see.

The sizes of the marks are in pixels of the image that they are drawn on, whatever that image's size: draw them on an
image as wide as it is shown. A point (x, y) is in pixels, x first, as in `engine.images.drawing`.
"""

import math
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from engine.images.drawing import EDGE, RING, Point, paint_segment

RADIUS = 9.0
"""The radius of the true point's ring, and the length of the predicted point's arms."""

GAP = 3.0
LINE = 0.9
"""Half the width of a coloured line; its white halo is as wide again, and its black edge half as wide."""

INSET_SHARE = 0.34
"""The side of the magnifier's square as a share of the image's shorter side."""

MOST_SHARE = 0.12
"""An error longer than this share of the image's width is plain to see without a magnifier."""

MAGNIFICATIONS = (6, 5, 4, 3, 2)


class PointMarks(NamedTuple):
    """The true and the predicted point of one image, in its pixels, with the colour of each; a point may be None."""

    truth_px: Point | None
    predicted_px: Point | None
    truth_colour: str
    predicted_colour: str

    def moved(self, offset: Point, scale: float) -> "PointMarks":
        """The same points after the image was cropped at `offset` and enlarged by `scale`."""
        truth, predicted = (
            None if at is None else (np.asarray(at, float) - np.asarray(offset, float)) * scale
            for at in (self.truth_px, self.predicted_px)
        )
        return PointMarks(truth, predicted, self.truth_colour, self.predicted_colour)

    def error_px(self) -> float:
        """The distance between the two points; NaN where one is missing."""
        if self.truth_px is None or self.predicted_px is None:
            return math.nan
        return float(np.hypot(*np.subtract(self.truth_px, self.predicted_px)))


def draw_marks(image: Image.Image, marks: PointMarks) -> Image.Image:
    """A copy of the image with a thin ring at the true point, a crosshair at the predicted one, and a line between."""
    marked = image.convert("RGB")
    marked = marked.copy() if marked is image else marked
    truth, predicted = (None if at is None else np.asarray(at, float) for at in marks[:2])
    if truth is not None and predicted is not None:
        _line(marked, truth, predicted, marks.predicted_colour)
    if truth is not None:
        _ring(marked, truth, marks.truth_colour)
    if predicted is not None:
        _crosshair(marked, predicted, marks.predicted_colour)
    return marked


def magnification(image_wh: tuple[int, int], error_px: float) -> int | None:
    """How many times the magnifier enlarges an error of so many pixels; None where none is needed or possible."""
    if not math.isfinite(error_px) or error_px > MOST_SHARE * image_wh[0]:
        return None
    side = INSET_SHARE * min(image_wh)
    return next((times for times in MAGNIFICATIONS if error_px * times <= side / 2), None)


def add_magnifier(marked: Image.Image, source: Image.Image, marks: PointMarks) -> Image.Image:
    """A copy of `marked` with the surroundings of both points enlarged in the corner that is farthest from them.

    `source` is the same image without marks, of any resolution; the points of `marks` are in pixels of `marked`.
    Where the error is large enough to see, the image is returned as it is.
    """
    times = magnification(marked.size, marks.error_px())
    if times is None:
        return marked
    side = round(INSET_SHARE * min(marked.size))
    middle = (np.asarray(marks.truth_px, float) + np.asarray(marks.predicted_px, float)) / 2
    corner = middle - side / times / 2
    inset = draw_marks(_part(source, marked.size, corner, side, times), marks.moved(corner, times))
    _caption(inset, f"{times}x")
    shown = marked.copy()
    place = _farthest_corner(marked.size, side, middle)
    shown.paste(_framed(inset), place)
    return shown


def _part(
    source: Image.Image, size_wh: tuple[int, int], corner: np.ndarray, side: int, times: int
) -> Image.Image:
    """A square of the source, `side / times` pixels of the shown image wide, enlarged; beyond the frame it is grey."""
    scale = np.divide(source.size, size_wh)
    low, high = corner * scale, (corner + side / times) * scale
    return source.convert("RGB").transform(
        (side, side),
        Image.Transform.EXTENT,
        (low[0], low[1], high[0], high[1]),
        Image.Resampling.BICUBIC,
        fillcolor="#777777",
    )


def _farthest_corner(size_wh: tuple[int, int], side: int, point: np.ndarray) -> tuple[int, int]:
    width, height = size_wh
    margin = 6
    corners = [
        (x, y) for x in (margin, width - side - margin - 4) for y in (margin, height - side - margin - 4)
    ]
    return max(corners, key=lambda corner: float(np.hypot(*(np.add(corner, side / 2) - point))))


def _framed(inset: Image.Image) -> Image.Image:
    framed = Image.new("RGB", (inset.width + 4, inset.height + 4), EDGE)
    framed.paste(Image.new("RGB", (inset.width + 2, inset.height + 2), RING), (1, 1))
    framed.paste(inset, (2, 2))
    return framed


def _caption(inset: Image.Image, says: str) -> None:
    font = ImageFont.load_default(size=15)
    ImageDraw.Draw(inset).text((6, 3), says, RING, font, stroke_width=2, stroke_fill=EDGE)


def _line(image: Image.Image, start: np.ndarray, end: np.ndarray, colour: str) -> None:
    paint_segment(image, start, end, EDGE, 2.5 * LINE)
    paint_segment(image, start, end, RING, 1.8 * LINE)
    paint_segment(image, start, end, colour, LINE)


def _ring(image: Image.Image, at: np.ndarray, colour: str) -> None:
    for shade, width in ((EDGE, 2.5 * LINE), (RING, 1.9 * LINE), (colour, LINE)):
        paint_segment(image, at, at, shade, RADIUS + width, RADIUS - width)


def _crosshair(image: Image.Image, at: np.ndarray, colour: str) -> None:
    arms = [
        (at + direction * GAP, at + direction * RADIUS)
        for direction in np.array([(1, 0), (-1, 0), (0, 1), (0, -1)])
    ]
    for shade, width in ((EDGE, 2.2 * LINE), (RING, 1.7 * LINE), (colour, LINE)):
        for start, end in arms:
            paint_segment(image, start, end, shade, width)
