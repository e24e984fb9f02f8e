"""Marks on images, proportional resizing, and conversion to bytes."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from engine.images import draw_point, draw_points, fit, to_jpeg, to_png
from tests import odd_images as odd
from tests.images.opened import SIZE

GREEN, ORANGE = "#009E73", "#D55E00"


def where(image, colour):
    """The middle of all pixels of that colour, in the convention of points."""
    rgb = tuple(int(colour[at : at + 2], 16) for at in (1, 3, 5))
    rows, columns = np.nonzero((np.asarray(image) == rgb).all(axis=2))
    return columns.mean() + 0.5, rows.mean() + 0.5


@pytest.mark.parametrize("point", [(100, 50), (320.5, 240.25), (611.75, 33.0)])
@pytest.mark.parametrize("shape", ["disc", "ring"])
def test_a_mark_stands_where_the_point_is(point, shape):
    marked = draw_point(Image.new("RGB", (640, 480), "#777777"), point, GREEN, shape)
    assert np.allclose(where(marked, GREEN), point, atol=0.3)


@pytest.mark.parametrize("background", ["#ffffff", "#000000", GREEN, "#777777"])
def test_a_mark_is_seen_on_any_background(background):
    blank = Image.new("RGB", (640, 480), background)
    marked = np.asarray(draw_point(blank, (320, 240), GREEN), int).reshape(-1, 3)
    contrast = np.abs(marked - np.asarray(blank, int).reshape(-1, 3)).max(axis=1)
    assert (contrast > 90).sum() > 40


def test_marks_leave_the_given_image_alone_and_grow_with_it():
    small, large = Image.new("RGB", (320, 240)), Image.new("RGB", (3200, 2400))
    counts = [
        (np.asarray(draw_point(image, (160, 120), GREEN)) > 0).any(axis=2).sum() for image in (small, large)
    ]
    assert not np.asarray(small).any()
    assert counts[1] > 20 * counts[0]


def test_points_at_and_beyond_the_edge():
    blank = Image.new("RGB", (640, 480))
    assert np.asarray(draw_point(blank, (640, 480), GREEN))[470:, 630:].any()
    assert not np.asarray(draw_points(blank, [(-500, 20), (9000, 9000)], GREEN)).any()
    assert not np.asarray(draw_points(blank, [], GREEN)).any()


def test_a_ring_is_open_and_a_disc_is_not():
    blank = Image.new("RGB", (640, 480), "#777777")
    assert draw_point(blank, (320, 240), GREEN, "ring").getpixel((320, 240)) == (0x77, 0x77, 0x77)
    assert draw_point(blank, (320, 240), GREEN).getpixel((320, 240)) == (0, 0x9E, 0x73)


@pytest.mark.parametrize(
    ("points", "colours", "shape", "words"),
    [
        ([(1, float("nan"))], GREEN, "disc", "nan"),
        ([(1, 2, 3)], GREEN, "disc", "(N, 2)"),
        ([(1, 2)], [GREEN, ORANGE], "disc", "colours"),
        ([(1, 2)], GREEN, "star", "disc, ring"),
    ],
)
def test_marks_that_cannot_be_drawn(points, colours, shape, words):
    with pytest.raises(ValueError) as raised:
        draw_points(Image.new("RGB", (640, 480)), points, colours, shape)
    assert words in str(raised.value)


def test_fit_keeps_proportions_and_never_enlarges():
    assert fit(Image.new("RGB", (640, 480)), 320).size == (320, 240)
    assert fit(Image.new("RGB", (480, 640)), 320).size == (240, 320)
    assert fit(Image.new("RGB", (640, 480)), 5000).size == (640, 480)
    assert fit(Image.new("RGB", (5000, 1)), 100).size == (100, 1)
    with pytest.raises(ValueError):
        fit(Image.new("RGB", (640, 480)), 0)


def test_bytes_for_a_page_come_back_as_the_image():
    image = odd.noise()
    assert np.array_equal(np.asarray(Image.open(BytesIO(to_png(image)))), np.asarray(image))
    assert Image.open(BytesIO(to_jpeg(image))).size == SIZE
