"""Decompression bombs are rejected by their header, and no accepted file takes 400 MB."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from engine.images import MAX_PIXELS
from engine.images.headers import read_header
from engine.images.limits import MOST_COEFFICIENTS, MOST_PIXELS, _first_scan_is_whole
from engine.images.sources import MAX_BYTES
from tests import odd_images as odd
from tests.images.opened import (
    error_message,
    open_in_subprocess,
)

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:PIL")


JPEG = odd.saved(odd.quarters(), "JPEG")


WEBP = odd.saved(odd.quarters(), "WEBP", lossless=True)


BOMBS = {
    "bomb.png": odd.png(65_536, 65_536),
    "long.png": odd.png(2**31 - 1, 1),
    "bomb.gif": odd.gif_claiming(65_535, 65_535),
    "outgrown.gif": odd.gif_claiming(65_535, 65_535, screen=(10, 10)),
    "bomb.bmp": odd.bmp_claiming(3_000_000, 2_000_000),
    "bomb.jpg": odd.jpeg_claiming(65_500, 65_500, JPEG),
    "bomb.webp": odd.webp_claiming(16_383, 16_383, WEBP),
    "bomb.tif": odd.tiff(100_000, 100_000, [(258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1), (273, 4, 1, 8)]),
    "bomb.ppm": b"P6 100000 100000 255\n\0",
    "tile.tif": odd.tiff_with_a_giant_tile(),
    "progressive.jpg": odd.jpeg_claiming(12_000, 9_000, odd.saved(odd.quarters(), "JPEG", progressive=True)),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_with_its_size(name):
    outcome = open_in_subprocess(BOMBS[name], name)
    assert outcome["sentence"].startswith(f"“{name}”")
    assert "and the limit is" in outcome["sentence"] and "save it smaller." in outcome["sentence"]
    assert outcome["peak_mb"] < 60


def test_the_size_that_is_named_is_the_size_that_is_claimed():
    assert "65,536 x 65,536 pixels" in error_message(BOMBS["bomb.png"])
    assert "3,000,000 x 2,000,000 pixels" in error_message(BOMBS["bomb.bmp"])
    assert "claims 4,294,836,225 pixels" in error_message(BOMBS["outgrown.gif"])


def test_a_text_bomb_is_refused_in_little_memory():
    outcome = open_in_subprocess(odd.png_text_bomb(), "note.png")
    assert "damaged" in outcome["sentence"] and outcome["peak_mb"] < 60


def test_a_jpeg_of_several_scans_is_recognized_without_the_progressive_mark():
    """libjpeg keeps every coefficient of such a file, so its limit is lower; Pillow does not report it."""
    _, whole = read_header(BytesIO(JPEG), "one")
    parted = JPEG.replace(b"\xff\xda\x00\x0c\x03", b"\xff\xda\x00\x08\x01")
    assert parted != JPEG
    _, several = read_header(BytesIO(parted), "several")
    assert _first_scan_is_whole(whole) and not _first_scan_is_whole(several)


def big(kind, pixels, mode="RGB"):
    """A striped image of that many pixels, which compresses to a small file."""
    width = 4000
    row = np.tile(np.arange(250, dtype=np.uint8), width // 250)
    image = Image.fromarray(np.tile(row, (pixels // width, 1)))
    if mode in {"I;16", "F"}:
        return Image.fromarray(np.asarray(image).astype(np.uint16 if mode == "I;16" else np.float32))
    return image.convert(mode)


LARGEST = [
    ("PNG", "RGBA", {"compress_level": 1}),
    ("PNG", "I;16", {"compress_level": 1}),
    ("PNG", "P", {"compress_level": 1, "transparency": 0}),
    ("GIF", "P", {}),
    ("BMP", "RGB", {}),
    ("TIFF", "RGBA", {"compression": "tiff_deflate", "strip_size": 2**28}),
    ("TIFF", "CMYK", {"compression": "tiff_deflate", "strip_size": 2**28}),
    ("TIFF", "F", {"compression": "tiff_deflate", "strip_size": 2**28}),
    ("WEBP", "RGBA", {"lossless": True, "method": 0, "quality": 0}),
    ("AVIF", "RGB", {"speed": 10}),
]


@pytest.mark.parametrize(("kind", "mode", "options"), LARGEST)
def test_the_largest_file_that_is_accepted_stays_below_400_mb(kind, mode, options, tmp_path):
    """Peak memory of a subprocess, including the interpreter and Pillow."""
    path = tmp_path / f"large.{kind.lower()}"
    big(kind, MOST_PIXELS[kind], mode).save(path, format=kind, **options)
    outcome = open_in_subprocess(path)
    assert outcome["size"][0] * outcome["size"][1] <= MAX_PIXELS
    assert outcome["peak_mb"] < 400


@pytest.mark.parametrize(("megapixels", "options"), [(69, {}), (20, {"progressive": True, "subsampling": 0})])
def test_a_huge_jpeg_is_decoded_small(megapixels, options, tmp_path):
    path = tmp_path / "large.jpg"
    big("JPEG", megapixels * 10**6).save(path, quality=30, **options)
    outcome = open_in_subprocess(path)
    assert 0.2 * MAX_PIXELS < outcome["size"][0] * outcome["size"][1] <= MAX_PIXELS
    assert outcome["peak_mb"] < 400


def test_limits_are_in_proportion():
    assert MOST_COEFFICIENTS * 2 < 200e6
    assert max(count for kind, count in MOST_PIXELS.items() if kind != "JPEG") * 9 < 300e6


def test_a_file_of_too_many_bytes_is_refused_unread(tmp_path):
    path = tmp_path / "vast.bmp"
    with path.open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    assert "the limit is 128" in error_message(path)
    with path.open("rb") as file:
        assert "the limit is 128" in error_message(file)
