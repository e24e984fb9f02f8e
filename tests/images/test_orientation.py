"""The orientation of EXIF and of the container is applied once; metadata is dropped."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image, ImageOps

from engine.images import image_size, open_image, to_jpeg, to_png
from tests import odd_images as odd
from tests.images.opened import (
    LOSSY,
    SIZE,
    assert_plain,
    corner_colours,
    open_in_subprocess,
)

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:PIL")


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
def test_orientation_is_applied(kind, orientation):
    stored = odd.stored_turned(odd.quarters(), orientation)
    data = odd.saved(stored, kind, exif=odd.exif_with(orientation), **LOSSY.get(kind, {}))
    image = open_image(data)
    assert image.size == SIZE == image_size(data)
    assert corner_colours(image) == list(odd.CORNERS)
    assert_plain(image)


@pytest.mark.parametrize("compression", ["raw", "tiff_lzw"])
def test_a_tiff_is_not_turned_twice(compression):
    stored = odd.stored_turned(odd.quarters(), 6)
    data = odd.saved(stored, "TIFF", tiffinfo={274: 6}, compression=compression)
    assert corner_colours(open_image(data)) == list(odd.CORNERS)
    assert image_size(data) == SIZE


@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientation_agrees_with_pillow(orientation):
    data = odd.saved(odd.noise(), "PNG", exif=odd.exif_with(orientation))
    expected = ImageOps.exif_transpose(Image.open(BytesIO(data)))
    assert np.array_equal(np.asarray(open_image(data)), np.asarray(expected))


@pytest.mark.parametrize("orientation", [0, 9, 65535])
def test_an_orientation_that_does_not_exist_changes_nothing(orientation):
    assert open_image(odd.saved(odd.quarters(), "JPEG", exif=odd.exif_with(orientation))).size == SIZE


def test_position_and_camera_do_not_leave_with_the_image():
    data = odd.saved(odd.quarters(), "JPEG", exif=odd.exif_with(1), comment=b"my garden")
    assert Image.open(BytesIO(data)).getexif().get_ifd(0x8825)
    image = open_image(data)
    assert_plain(image)
    assert b"camera maker" not in to_jpeg(image) + to_png(image)


def test_a_broken_exif_block_does_not_matter():
    data = odd.jpeg_with_exif_block(odd.saved(odd.quarters(), "JPEG"), b"II*\0\xff\xff\xff\xff" + bytes(40))
    assert open_image(data).size == SIZE


def test_thousands_of_tags_over_the_same_bytes_are_harmless(capfd):
    data = odd.jpeg_with_exif_block(odd.saved(odd.quarters(), "JPEG"), odd.tags_sharing_one_blob())
    assert open_in_subprocess(data)["peak_mb"] < 100


def test_a_png_may_keep_its_exif_behind_the_pixels():
    data = odd.saved(odd.stored_turned(odd.quarters(), 6), "PNG", exif=odd.exif_with(6))
    start = data.index(b"eXIf") - 4
    chunk = data[start : start + 12 + int.from_bytes(data[start : start + 4], "big")]
    late = data.replace(chunk, b"")[:-12] + chunk + data[-12:]
    assert image_size(late) == open_image(late).size == SIZE == image_size(data)
