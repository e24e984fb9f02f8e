"""An image of very many parts is refused at once, wherever they are; images as programs write them are read."""

import struct
import zlib

import pytest

from engine.images import ImageError, image_size, open_image
from engine.images.bounded_reads import HEADER_READS, PIXEL_READS
from tests.odd_images import quarters, saved

PNG, GIF, JPEG = (saved(quarters(), kind) for kind in ("PNG", "GIF", "JPEG"))
GIF_HEAD = 13 + 3 * (2 << (GIF[10] & 7))
PIXELS, END = (PNG.index(part) - 4 for part in (b"IDAT", b"IEND"))


def chunk(kind: bytes, data: bytes = b"") -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def many(kind: str, count: int) -> bytes:
    """An image with `count` parts of one kind, most of them empty."""
    return {
        "png": PNG[:PIXELS] + chunk(b"prVt") * count + PNG[PIXELS:],
        "png text": PNG[:PIXELS] + chunk(b"tEXt", b"a\0b") * count + PNG[PIXELS:],
        "jpeg": JPEG[:2] + b"\xff\xfe\0\x02" * count + JPEG[2:],
        "jpeg fill": JPEG[:2] + b"\xff" * count + JPEG[2:],
        "gif": GIF[:GIF_HEAD] + b"!\xf9\x04\0\0\0\0\0" * count + GIF[GIF_HEAD:],
        "ppm": b"P6\n#" + b"a" * count + b"\n2 2\n255\n" + b"\0" * 12,
    }[kind]


@pytest.mark.parametrize("kind", ["png", "png text", "jpeg", "jpeg fill", "gif", "ppm"])
def test_many_parts_in_front_of_the_pixels(kind):
    assert image_size(many(kind, HEADER_READS // 10))
    for read in (image_size, open_image):
        with pytest.raises(ImageError, match="“a” has more parts than any program writes; save it again"):
            read(many(kind, 2 * HEADER_READS), "a")


@pytest.mark.parametrize("at", [PIXELS, END])
def test_many_parts_of_pixels_or_behind_them(at):
    part = chunk(b"IDAT" if at == PIXELS else b"prVt")
    data = PNG[:at] + part * (PIXEL_READS // 2) + PNG[at:]
    assert image_size(data) == quarters().size
    with pytest.raises(ImageError, match="more parts than any program writes"):
        open_image(data)


def test_metadata_of_many_megabytes():
    segment = b"\xff\xe1\xff\xffExif\0\0" + b"A" * 65527
    assert image_size(JPEG[:2] + segment * 20 + JPEG[2:]) == quarters().size
    with pytest.raises(ImageError, match="more parts"):
        image_size(JPEG[:2] + segment * 300 + JPEG[2:])
