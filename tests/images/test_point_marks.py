"""Thin marks at points, and the magnifier that shows a small error."""

import numpy as np
import pytest
from PIL import Image

from engine.images.point_marks import INSET_SHARE, PointMarks, add_magnifier, draw_marks, magnification
from tests.images.test_drawing import GREEN, ORANGE, where

GREY = "#777777"


def marks(truth, predicted) -> PointMarks:
    return PointMarks(truth, predicted, GREEN, ORANGE)


def _differs(image: Image.Image, blank: Image.Image) -> np.ndarray:
    return (np.asarray(image) != np.asarray(blank)).any(axis=2)


def test_both_marks_are_centred_on_their_points_and_leave_them_visible():
    blank = Image.new("RGB", (640, 480), GREY)
    drawn = draw_marks(blank, marks((100, 100), None))
    assert np.allclose(where(drawn, GREEN), (100, 100), atol=0.3)
    assert drawn.getpixel((100, 100)) == (0x77, 0x77, 0x77)
    drawn = draw_marks(blank, marks(None, (320.5, 240.5)))
    assert np.allclose(where(drawn, ORANGE), (320.5, 240.5), atol=0.3)
    assert drawn.getpixel((320, 240)) == (0x77, 0x77, 0x77)


def test_the_size_of_a_mark_does_not_depend_on_the_images():
    sizes = [(320, 240), (3200, 2400)]
    blanks = [Image.new("RGB", size, GREY) for size in sizes]
    covered = [_differs(draw_marks(blank, marks((60, 60), None)), blank).sum() for blank in blanks]
    assert covered[0] == covered[1] > 30


def test_an_error_is_a_line_between_the_points():
    drawn = draw_marks(Image.new("RGB", (640, 480), GREY), marks((100, 100), (500, 400)))
    assert drawn.getpixel((300, 250)) == (0xD5, 0x5E, 0x00)


@pytest.mark.parametrize("background", ["#ffffff", "#000000", GREEN, ORANGE])
def test_marks_are_seen_on_any_background(background):
    blank = Image.new("RGB", (320, 240), background)
    drawn = np.asarray(draw_marks(blank, marks((80, 120), (240, 120))), int)
    contrast = np.abs(drawn - np.asarray(blank, int)).max(axis=2)
    assert (contrast[:, :160] > 90).sum() > 30 and (contrast[:, 160:] > 90).sum() > 20


def test_points_outside_the_frame_and_missing_ones_leave_no_mark():
    blank = Image.new("RGB", (320, 240), GREY)
    assert not _differs(draw_marks(blank, marks(None, None)), blank).any()
    assert not _differs(draw_marks(blank, marks((-500, 20), None)), blank).any()


@pytest.mark.parametrize(
    ("error_px", "times"), [(1.0, 6), (13.0, 6), (20.0, 4), (70.0, None), (float("nan"), None)]
)
def test_a_smaller_error_is_enlarged_more_and_a_large_one_not_at_all(error_px, times):
    assert magnification((480, 480), error_px) == times


def test_the_magnifier_lies_in_the_farthest_corner_and_shows_both_points_apart():
    blank = Image.new("RGB", (480, 360), GREY)
    points = marks((400, 300), (404, 303))
    marked = draw_marks(blank, points)
    shown = add_magnifier(marked, blank, points)
    changed = np.argwhere(_differs(shown, marked))
    side = INSET_SHARE * 360
    assert changed.max() < side + 20  # the upper left corner, and nothing else
    inset = shown.crop((8, 8, 8 + round(side), 8 + round(side)))
    apart = np.subtract(where(inset, ORANGE), where(inset, GREEN))
    assert apart[0] > 8 and apart[1] > 6


def test_an_image_without_an_error_has_no_magnifier():
    blank = Image.new("RGB", (480, 360), GREY)
    for points in (marks((10, 10), None), marks((10, 10), (300, 300))):
        marked = draw_marks(blank, points)
        assert add_magnifier(marked, blank, points) is marked
