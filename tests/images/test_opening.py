"""Every format becomes an upright RGB image within the pixel budget; `image_size` agrees."""

import os
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from engine.images import image_size, open_image
from tests import odd_images as odd
from tests.images.opened import (
    DATA,
    KINDS,
    LOSSY,
    SIZE,
    assert_plain,
    corner_colours,
)

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:PIL")


@pytest.mark.parametrize("kind", ["PNG", "BMP", "TIFF", "PPM", "GIF", "JPEG", "WEBP", "AVIF"])
def test_every_format_comes_back_upright_and_plain(kind):
    image = open_image(odd.saved(odd.quarters(), kind, **LOSSY.get(kind, {})))
    assert_plain(image)
    assert image.size == SIZE
    assert corner_colours(image) == list(odd.CORNERS)
    assert np.abs(np.asarray(image, int) - np.asarray(odd.quarters(), int)).mean() < 4


def test_bytes_a_file_and_a_path_give_the_same_image(tmp_path):
    data = odd.saved(odd.noise(), "PNG")
    path = tmp_path / "noise.png"
    path.write_bytes(data)
    with path.open("rb") as file:
        sources = [data, bytearray(data), memoryview(data), BytesIO(data), file, path, str(path)]
        images = [np.asarray(open_image(source)) for source in sources]
        assert not file.closed
    assert all(np.array_equal(images[0], other) for other in images[1:])


def test_a_file_that_was_read_already_is_read_from_its_beginning():
    file = BytesIO(odd.saved(odd.quarters(), "PNG"))
    file.read()
    assert open_image(file).size == SIZE


def test_a_stream_that_cannot_be_rewound_is_read(tmp_path):
    read_end, write_end = os.pipe()
    with os.fdopen(write_end, "wb") as writer:
        writer.write(odd.saved(odd.quarters(), "PNG"))
    with os.fdopen(read_end, "rb") as reader:
        assert open_image(reader).size == SIZE


def test_the_name_tells_nothing_about_the_format():
    assert open_image(odd.saved(odd.quarters(), "PNG"), name="quarters.jpg").size == SIZE


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "TIFF", "AVIF"])
def test_an_animation_gives_its_first_frame(kind):
    frames = [odd.quarters(), Image.new("RGB", SIZE, "black"), Image.new("RGB", SIZE, "white")]
    data = odd.saved(frames[0], kind, save_all=True, append_images=frames[1:], **LOSSY.get(kind, {}))
    assert Image.open(BytesIO(data)).n_frames == 3
    assert corner_colours(open_image(data)) == list(odd.CORNERS)


def test_a_jpeg_with_a_cut_second_image_is_read():
    both = odd.saved(odd.quarters(), "MPO", save_all=True, append_images=[odd.noise()], quality=95)
    assert corner_colours(open_image(both[:-600])) == list(odd.CORNERS)


@pytest.mark.parametrize("name", ["quarters.heic", "turned.heic"])
def test_heic_is_read_upright(name):
    """The pixels of `turned.heic` are stored a quarter turn off, and its container (`irot`) says so."""
    image = open_image(DATA / name)
    assert_plain(image)
    assert image.size == SIZE == image_size(DATA / name)
    assert corner_colours(image) == list(odd.CORNERS)
    assert np.abs(np.asarray(image, int) - np.asarray(odd.quarters(), int)).mean() < 4


@pytest.mark.parametrize(("width", "height"), [(640, 480), (481, 639), (1, 5000), (5000, 1), (30, 30)])
@pytest.mark.parametrize("budget", [1, 7, 500, 10_000, 307_200])
def test_no_image_exceeds_the_pixel_budget(width, height, budget):
    image = open_image(odd.saved(Image.new("RGB", (width, height)), "PNG"), max_pixels=budget)
    assert image.width * image.height <= budget or image.size == (1, 1)
    assert image.width <= width and image.height <= height


def test_an_image_within_the_budget_keeps_every_pixel():
    image = odd.noise((640, 480))
    assert np.array_equal(
        np.asarray(open_image(odd.saved(image, "PNG"), max_pixels=640 * 480)), np.asarray(image)
    )


def test_a_reduced_image_keeps_proportions_and_tones():
    image = open_image(odd.saved(odd.quarters((640, 480)), "PNG"), max_pixels=10_000)
    assert abs(image.width / image.height - 4 / 3) < 0.02
    assert image.width * image.height > 9_500
    assert corner_colours(image) == list(odd.CORNERS)


def test_a_reduced_turned_image_is_upright():
    stored = odd.stored_turned(odd.quarters((640, 480)), 6)
    data = odd.saved(stored, "JPEG", exif=odd.exif_with(6), quality=95)
    image = open_image(data, max_pixels=10_000)
    assert image.width > image.height and corner_colours(image) == list(odd.CORNERS)
    assert image_size(data) == (640, 480)


@pytest.mark.parametrize("kind", KINDS)
def test_size_is_read_from_the_header(kind):
    assert image_size(KINDS[kind]) == SIZE


def test_size_needs_no_pixels():
    assert image_size(odd.saved(odd.noise((640, 480)), "JPEG")[:1000]) == (640, 480)
