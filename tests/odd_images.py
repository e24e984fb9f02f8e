"""Files that break picture readers, made by the tests themselves: cut, forged, deep, turned, and not pictures."""

import struct
import zlib
from io import BytesIO

import numpy as np
from PIL import Image

CORNERS = {"red": (220, 30, 30), "green": (30, 200, 60), "blue": (40, 60, 220), "yellow": (230, 210, 40)}
"""Colours of the four quarters of `quarters`: upper left, upper right, lower left, lower right."""


def quarters(size=(64, 48)) -> Image.Image:
    """A landscape picture whose four quarters tell how it is turned."""
    image = Image.new("RGB", size)
    width, height = size
    for index, colour in enumerate(CORNERS.values()):
        left, top = (index % 2) * width // 2, (index // 2) * height // 2
        image.paste(colour, (left, top, left + width // 2, top + height // 2))
    return image


def noise(size=(64, 48), seed=0) -> Image.Image:
    width, height = size
    return Image.fromarray(np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8))


def saved(image: Image.Image, kind: str, **how) -> bytes:
    file = BytesIO()
    image.save(file, format=kind, **how)
    return file.getvalue()


def stored_turned(upright: Image.Image, orientation: int) -> Image.Image:
    """The pixels as a camera stores them, written from EXIF's definition: which edge row 0 and column 0 are."""
    pixels = np.asarray(upright)
    stored = {
        1: pixels,
        2: pixels[:, ::-1],
        3: pixels[::-1, ::-1],
        4: pixels[::-1],
        5: pixels.swapaxes(0, 1),
        6: pixels[:, ::-1].swapaxes(0, 1),
        7: pixels[::-1, ::-1].swapaxes(0, 1),
        8: pixels[::-1].swapaxes(0, 1),
    }[orientation]
    return Image.fromarray(np.ascontiguousarray(stored))


def exif_with(orientation: int | None = None, **more) -> Image.Exif:
    exif = Image.Exif()
    if orientation is not None:
        exif[274] = orientation
    exif[271] = "A camera maker"
    exif.get_ifd(0x8825)[2] = (52.0, 31.0, 12.0)
    return exif


def png(width: int, height: int, depth=8, colour=2, chunks=(), data=b"") -> bytes:
    """A PNG with any header one likes, however untrue."""
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    body = [(b"IHDR", header), *chunks, (b"IDAT", zlib.compress(data)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, content) for name, content in body)


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def png_text_bomb() -> bytes:
    """A compressed note of 80 MB in a picture of one pixel."""
    note = b"note\0\0" + zlib.compress(b"a" * 80_000_000, 9)
    return png(1, 1, chunks=[(b"zTXt", note)], data=b"\0\1\2\3")


def png_16_bit_grey(values: np.ndarray) -> bytes:
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in values)
    return png(values.shape[1], values.shape[0], depth=16, colour=0, data=rows)


def gif_claiming(width: int, height: int, screen: tuple[int, int] | None = None) -> bytes:
    screen = (
        b"GIF89a" + struct.pack("<HHBBB", *(screen or (width, height)), 0x80, 0, 0) + b"\0\0\0\xff\xff\xff"
    )
    return screen + b"," + struct.pack("<HHHHB", 0, 0, width, height, 0) + b"\2\2D\1\0;"


def bmp_claiming(width: int, height: int) -> bytes:
    return (
        b"BM"
        + struct.pack("<IHHI", 0, 0, 0, 54)
        + struct.pack("<IiiHHIIiiII", 40, width, height, 1, 24, 0, 0, 0, 0, 0, 0)
    )


def jpeg_claiming(width: int, height: int, jpeg: bytes) -> bytes:
    """The JPEG with another size in its frame header."""
    at = next(at for at in (jpeg.find(b"\xff\xc0"), jpeg.find(b"\xff\xc2")) if at > 0)
    return jpeg[: at + 5] + struct.pack(">HH", height, width) + jpeg[at + 9 :]


def webp_claiming(width: int, height: int, webp: bytes) -> bytes:
    """The lossless WebP with another size in its header."""
    at = webp.find(b"VP8L") + 9
    kept = int.from_bytes(webp[at : at + 4], "little") >> 28 << 28
    bits = kept | (width - 1) | (height - 1) << 14
    return webp[:at] + bits.to_bytes(4, "little") + webp[at + 4 :]


def tiff(width: int, height: int, entries: list[tuple[int, int, int, int]], data: bytes = b"") -> bytes:
    """A TIFF with any directory one likes: entries of (tag, type, count, value); the data follow at byte 8."""
    fields = sorted([(256, 4, 1, width), (257, 4, 1, height), *entries])
    directory = b"".join(struct.pack("<HHLL", *field) for field in fields)
    head = b"II*\0" + struct.pack("<L", 8 + len(data))
    return head + data + struct.pack("<H", len(fields)) + directory + b"\0\0\0\0"


def tiff_with_a_giant_tile() -> bytes:
    """A picture of 64 x 48 whose one compressed tile claims to be 20,000 x 20,000."""
    data = zlib.compress(bytes(1000))
    grey = [(258, 3, 1, 8), (259, 3, 1, 8), (262, 3, 1, 1), (277, 3, 1, 1)]
    tile = [(322, 4, 1, 20_000), (323, 4, 1, 20_000), (324, 4, 1, 8), (325, 4, 1, len(data))]
    return tiff(64, 48, grey + tile, data)


def tags_sharing_one_blob(count=5000, length=1500) -> bytes:
    """An EXIF block of 5,000 tags that all point at the same bytes: small as a file, vast once read."""
    start = 8 + 2 + 12 * count + 4
    tags = b"".join(struct.pack("<HHLL", 1000 + tag, 7, length, start) for tag in range(count))
    return b"II*\0" + struct.pack("<LH", 8, count) + tags + b"\0\0\0\0" + b"x" * length


def jpeg_with_exif_block(jpeg: bytes, block: bytes) -> bytes:
    body = b"Exif\0\0" + block
    return jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body + jpeg[2:]


NOT_IMAGES = {
    "drawing.svg": (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "an SVG drawing"),
    "report.pdf": (b"%PDF-1.4\n%%EOF", "a PDF document"),
    "page.html": (b"<!DOCTYPE html><p>", "a web page"),
    "pictures.zip": (b"PK\x05\x06" + bytes(18), "a ZIP archive"),
    "texture.dds": (b"DDS " + bytes(124), "a DirectDraw texture"),
    "favicon.ico": (b"\0\0\1\0\1\0" + bytes(16), "a Windows icon"),
    "layers.psd": (b"8BPS" + bytes(22), "a Photoshop file"),
    "figure.eps": (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "a PostScript file"),
    "film.mp4": (b"\0\0\0\x18ftypisom" + bytes(12), "a film"),
    "notes.jpg": (b"This is not a picture.", "a text file"),
    "scan.dcm": (bytes(128) + b"DICM" + bytes(60), "a DICOM file"),
    "nothing.png": (bytes(range(128, 256)), "in an unknown format"),
    "zero_width.png": (png(0, 48), "damaged"),
}
