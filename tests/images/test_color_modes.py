"""Every colour mode becomes sRGB with the right tones; transparency becomes white."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image, ImageCms

from engine.images import open_image
from tests import odd_images as odd
from tests.images.opened import (
    SIZE,
    corner_colours,
)

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:PIL")


def test_16_bit_grey_png_keeps_its_tones():
    values = np.linspace(0, 65535, 64 * 48).reshape(48, 64).round().astype(np.uint16)
    grey = np.asarray(open_image(odd.png_16_bit_grey(values)))
    assert np.abs(grey[..., 0] - values / 257).max() <= 0.51
    assert (grey[..., 0] == grey[..., 1]).all() and (grey[..., 0] == grey[..., 2]).all()


def test_a_dark_16_bit_png_stays_dark():
    assert np.asarray(open_image(odd.png_16_bit_grey(np.full((48, 64), 2570)))).max() == 10


@pytest.mark.parametrize("bits", [8, 10, 12, 14, 16])
def test_16_bit_tiff_of_fewer_real_bits_reaches_white(bits):
    white = 2**bits - 1
    values = np.linspace(0, white, 64 * 48).reshape(48, 64).round().astype(np.uint16)
    grey = np.asarray(open_image(odd.saved(Image.fromarray(values), "TIFF")), float)[..., 0]
    assert np.abs(grey - values * 255.0 / white).max() <= 0.51


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0.0, 0.25, 1.0], [0, 64, 255]),
        ([0.0, 64.0, 255.0], [0, 64, 255]),
        ([-2.0, 0.0, 2.0], [0, 128, 255]),
        ([0.0, 100_000.0, 200_000.0], [0, 128, 255]),
        ([np.nan, 0.5, np.inf], [0, 255 // 2 + 1, 255]),
        ([0.0, 0.0, 0.0], [0, 0, 0]),
    ],
)
def test_float_tiff_is_scaled_by_its_values(values, expected):
    row = Image.fromarray(np.array([values], dtype=np.float32))
    assert np.asarray(open_image(odd.saved(row, "TIFF")))[0, :, 0].tolist() == expected


def test_white_is_zero_in_deep_grey_too():
    values = np.array([[0, 65535]], dtype=np.uint16)
    data = odd.tiff(
        2,
        1,
        [
            (258, 3, 1, 16),
            (259, 3, 1, 1),
            (262, 3, 1, 0),
            (273, 4, 1, 8),
            (277, 3, 1, 1),
            (278, 4, 1, 1),
            (279, 4, 1, 4),
        ],
        values.tobytes(),
    )
    assert np.asarray(open_image(data))[0, :, 0].tolist() == [255, 0]


def test_cmyk_is_not_a_negative():
    cmyk = odd.quarters().convert("CMYK")
    for kind in ("JPEG", "TIFF"):
        image = open_image(odd.saved(cmyk, kind))
        assert corner_colours(image) == list(odd.CORNERS), kind


def test_lab_tiff_agrees_with_its_rgb():
    to_lab = ImageCms.buildTransform(
        ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), "RGB", "LAB"
    )
    lab = ImageCms.applyTransform(odd.quarters(), to_lab)
    image = open_image(odd.saved(lab, "TIFF"))
    assert np.abs(np.asarray(image, int) - np.asarray(odd.quarters(), int)).max() <= 12


def test_a_colour_profile_is_applied():
    """A grey card with a profile of gamma 1 is far lighter in sRGB than its numbers say."""
    card = Image.new("L", SIZE, 128)
    linear = ImageCms.ImageCmsProfile(BytesIO(linear_grey_profile()))
    expected = ImageCms.profileToProfile(card, linear, ImageCms.createProfile("sRGB"), outputMode="RGB")
    image = open_image(odd.saved(card, "PNG", icc_profile=linear_grey_profile()))
    assert image.getpixel((5, 5)) == expected.getpixel((5, 5))
    assert 180 < image.getpixel((5, 5))[0] < 195


def linear_grey_profile() -> bytes:
    """The smallest grey ICC profile with a straight tone curve, written from the ICC specification (v2)."""
    curve, white = (
        b"curv" + bytes(8),
        b"XYZ " + bytes(4) + (0xF6D6).to_bytes(4, "big") + b"\0\1\0\0\0\0\xd3\x2d",
    )
    at = 128 + 4 + 2 * 12
    tags = b"".join(
        name + offset.to_bytes(4, "big") + length.to_bytes(4, "big")
        for name, offset, length in [(b"kTRC", at, 12), (b"wtpt", at + 12, 20)]
    )
    body = (2).to_bytes(4, "big") + tags + curve + white
    head = bytearray(128)
    head[0:4] = (128 + len(body)).to_bytes(4, "big")
    head[8:12] = b"\x02\x40\0\0"
    head[12:24] = b"mntrGRAYXYZ "
    head[36:40] = b"acsp"
    head[68:80] = b"\0\0\xf6\xd6\0\1\0\0\0\0\xd3\x2d"
    return bytes(head) + body


def test_a_broken_colour_profile_does_not_matter():
    data = odd.saved(odd.quarters(), "PNG", icc_profile=b"\0" * 16 + b"RGB " + b"\xff" * 200)
    assert corner_colours(open_image(data)) == list(odd.CORNERS)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "PA"])
def test_transparency_becomes_white(mode):
    image = Image.new("RGBA", SIZE, (0, 0, 0, 0))
    image.paste((100, 100, 100, 255), (0, 0, 20, 48))
    image.paste((0, 0, 0, 51), (20, 0, 40, 48))
    kind = "TIFF" if mode == "PA" else "PNG"
    image = image.convert("RGBA" if mode == "PA" else mode)
    opened = open_image(odd.saved(image, kind))
    assert [opened.getpixel((x, 5)) for x in (5, 30, 60)] == [(100,) * 3, (204,) * 3, (255,) * 3]


def test_a_transparent_palette_colour_becomes_white():
    palette = Image.new("P", SIZE, 0)
    palette.putpalette([200, 0, 0, 0, 0, 200])
    palette.paste(1, (32, 0, 64, 48))
    for kind in ("PNG", "GIF"):
        opened = open_image(odd.saved(palette, kind, transparency=0))
        assert opened.getpixel((5, 5)) == (255, 255, 255), kind
        assert opened.getpixel((60, 5)) == (0, 0, 200), kind


def test_one_bit_and_transparent_rgb():
    bits = Image.new("1", SIZE, 1)
    bits.paste(0, (0, 0, 32, 48))
    assert [open_image(odd.saved(bits, "PNG")).getpixel((x, 5))[0] for x in (5, 60)] == [0, 255]
    key = odd.saved(odd.quarters(), "PNG", transparency=odd.CORNERS["red"])
    assert open_image(key).getpixel((5, 5)) == (255, 255, 255)
