"""Any file that somebody brings, as an upright RGB picture, or one plain sentence about what is wrong with it."""

from __future__ import annotations

import os
import re
import stat
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import pi_heif
from PIL import (
    AvifImagePlugin,
    BmpImagePlugin,
    GifImagePlugin,
    Image,
    JpegImagePlugin,
    PngImagePlugin,
    PpmImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

from engine.images.errors import ImageError, quoted
from engine.images.kinds import BEGINNING, described, kind_of
from engine.images.tones import SHRINKABLE, to_rgb

Source = bytes | bytearray | memoryview | BinaryIO | str | os.PathLike

MAX_PIXELS = 3840 * 2160
"""The pixel budget: no picture that is handed out has more pixels than one 4K screen."""

MAX_BYTES = 128 * 1024**2
"""The largest file that is read at all."""

MILLION = 1_000_000
MOST_PIXELS = {
    "JPEG": 300 * MILLION,
    "PNG": 32 * MILLION,
    "GIF": 32 * MILLION,
    "BMP": 32 * MILLION,
    "PPM": 32 * MILLION,
    "TIFF": 25 * MILLION,
    "WEBP": 20 * MILLION,
    "AVIF": 20 * MILLION,
    "HEIF": 25 * MILLION,
}
"""The most pixels a file may hold, so that decoding stays within 400 MB. Only a JPEG can be decoded small."""

MOST_COEFFICIENTS = 64 * MILLION
"""The most numbers a JPEG of several scans may hold: libjpeg keeps them all, two bytes each, however small the
result."""

ORIENTATION = 274
TILE_WIDTH, TILE_LENGTH = 322, 323
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

READERS: dict[str, Callable[[BinaryIO], Image.Image]] = {
    "JPEG": JpegImagePlugin.JpegImageFile,
    "PNG": PngImagePlugin.PngImageFile,
    "GIF": GifImagePlugin.GifImageFile,
    "BMP": BmpImagePlugin.BmpImageFile,
    "PPM": PpmImagePlugin.PpmImageFile,
    "TIFF": TiffImagePlugin.TiffImageFile,
    "WEBP": WebPImagePlugin.WebPImageFile,
    "AVIF": AvifImagePlugin.AvifImageFile,
    "HEIF": pi_heif.open_heif,
}

warnings.filterwarnings(
    "ignore", module=r"PIL\."
)  # a hostile file could write a warning for each of 65,535 tags


def open_image(source: Source, name: str | None = None, max_pixels: int = MAX_PIXELS) -> Image.Image:
    """Return what a file shows: upright, 8-bit sRGB, wholly loaded, with nothing of its metadata left.

    Orientation is applied as the file asks (EXIF; the container's own in HEIC and AVIF), transparency is laid on
    white, an animation gives its first frame, greys of more than 8 bits and CMYK or Lab colours are converted. A
    picture of more than `max_pixels` pixels comes back smaller, in the same proportions. Decoding one file takes
    less than 400 MB of memory: what would need more is refused from its header alone.

    Parameters: `source` is bytes, a binary file or a path; `name` is how error sentences call it (default: the
    path's or the file's own name).

    Raises `ImageError`, one sentence, for everything that cannot be shown.
    """
    name = _name_of(source, name)
    with _opened(source, name) as file:
        return _decoded(*_read_header(file, name), name, max_pixels)


def picture_size(source: Source, name: str | None = None) -> tuple[int, int]:
    """Return (width, height) in pixels of the upright picture, from the file's header wherever that says it.

    These are the file's own pixels, also where `open_image` would return fewer. A file whose header is sound but
    whose pixels are cut off still has a size. Raises `ImageError` like `open_image`.
    """
    name = _name_of(source, name)
    with _opened(source, name) as file:
        kind, image = _read_header(file, name)
        width, height = image.size
        if kind == "PNG" and "exif" not in image.info:
            if not _has_late_exif(file):
                return width, height
            with _told_as_damage(name, kind):
                image.load()
        return (height, width) if _orientation(image, kind) >= 5 else (width, height)


def _has_late_exif(file: BinaryIO) -> bool:
    """Whether a PNG keeps its EXIF behind the pixels, where Pillow finds it only by decoding them."""
    position, found = file.tell(), False
    file.seek(8)
    while not found and len(chunk := file.read(8)) == 8:
        found = chunk[4:] == b"eXIf"
        file.seek(int.from_bytes(chunk[:4], "big") + 4, os.SEEK_CUR)
    file.seek(position)
    return found


def _name_of(source: Source, name: str | None) -> str:
    if name is None:
        name = source if isinstance(source, str | os.PathLike) else getattr(source, "name", "")
    return quoted(Path(os.fsdecode(name)).name if isinstance(name, str | bytes | os.PathLike) else "")


@contextmanager
def _opened(source: Source, name: str) -> Iterator[BinaryIO]:
    if isinstance(source, str | os.PathLike):
        with _opened_path(source, name) as file:
            yield file
    elif isinstance(source, bytes | bytearray | memoryview):
        yield BytesIO(_checked_length(source, name))
    else:
        yield _rewound(source, name)


def _opened_path(path: str | os.PathLike, name: str) -> BinaryIO:
    try:
        found = os.stat(path)
        if not stat.S_ISREG(found.st_mode):
            raise ImageError(f"{name} is not a file; choose a picture file.")
        _check_bytes(found.st_size, name)
        return open(path, "rb")
    except (OSError, ValueError) as error:
        if isinstance(error, ImageError):
            raise
        why = "is not there" if isinstance(error, FileNotFoundError) else "cannot be opened"
        raise ImageError(f"{name} {why}; check the name and the folder.") from error


def _rewound(file: BinaryIO, name: str) -> BinaryIO:
    """A file that can be read from its beginning; what cannot be rewound (a socket) is copied first."""
    try:
        length = file.seek(0, os.SEEK_END)
        _check_bytes(length, name)
        file.seek(0)
        return file
    except ImageError:
        raise
    except (OSError, AttributeError, ValueError):
        return BytesIO(_checked_length(file.read(MAX_BYTES + 1), name))


def _checked_length(data: bytes | bytearray | memoryview, name: str) -> bytes | bytearray | memoryview:
    _check_bytes(memoryview(data).nbytes, name)
    return data


def _check_bytes(count: int, name: str) -> None:
    if count == 0:
        raise ImageError(f"{name} is empty; send the file again.")
    if count > MAX_BYTES:
        most = MAX_BYTES // 1024**2
        raise ImageError(f"{name} has {count / 1024**2:,.0f} MB, and {most} is the most; save it smaller.")


def _read_header(file: BinaryIO, name: str) -> tuple[str, Image.Image]:
    """The format, and the picture before any pixel is decoded; its size is checked."""
    beginning = file.read(BEGINNING)
    file.seek(0)
    kind = kind_of(beginning)
    if kind is None:
        raise ImageError(_no_picture(name, described(beginning)))
    with _told_as_damage(name, kind):
        image = READERS[kind](file)
        pixels = _most_pixels_at_once(image, kind)
    if pixels > MOST_PIXELS[kind]:
        raise ImageError(_too_large(name, kind, image.size))
    if kind == "JPEG" and _kept_coefficients(image) > MOST_COEFFICIENTS:
        raise ImageError(_too_large(name, "JPEG", image.size, "progressive "))
    return kind, image


@contextmanager
def _told_as_damage(name: str, kind: str) -> Iterator[None]:
    """Pillow answers broken files with a dozen kinds of exception, down to IndexError and struct.error."""
    try:
        yield
    except Image.DecompressionBombError as error:
        most = MOST_PIXELS[kind] // MILLION
        raise ImageError(
            f"{name} claims {_claimed_pixels(error):,} pixels, and {most} million pixels are the most that a {kind}"
            " file may have here; save it smaller."
        ) from error
    except MemoryError as error:
        raise ImageError(f"{name} needs more memory than there is; save it smaller.") from error
    except Exception as error:
        raise ImageError(
            f"{name} is a {kind} file that is cut off or damaged; fetch it again, or save it anew as JPEG or PNG."
        ) from error


def _claimed_pixels(error: Image.DecompressionBombError) -> int:
    return int(re.search(r"\d+", str(error))[0])


def _no_picture(name: str, what: str) -> str:
    remedy = (
        "unpack it and choose the pictures in it" if "archive" in what else "save it as JPEG or PNG first"
    )
    return f"{name} is {what}, not a picture that can be read; {remedy}."


def _too_large(name: str, kind: str, size: tuple[int, int], sort: str = "") -> str:
    width, height = size
    most = MOST_PIXELS[kind] // MILLION if not sort else MOST_COEFFICIENTS // 3 // MILLION
    return (
        f"{name} is {width:,} x {height:,} pixels, and {most} million pixels are the most that a {sort}{kind} file"
        " may have here; save it smaller."
    )


def _most_pixels_at_once(image: Image.Image, kind: str) -> int:
    """The pixels to make room for: the picture's, or those of one tile where a forged TIFF makes it larger."""
    width, height = image.size
    if kind == "HEIF" and image.has_alpha:
        return width * height * 5 // 4
    if kind != "TIFF":
        return width * height
    tile = image.tag_v2.get(TILE_WIDTH, width) * image.tag_v2.get(TILE_LENGTH, 1)
    return max(width * height, tile)


def _kept_coefficients(image: JpegImagePlugin.JpegImageFile) -> int:
    """How many numbers libjpeg must hold at once: none for one scan, the whole picture's for several."""
    if not image.info.get("progressive") and _first_scan_is_whole(image):
        return 0
    width, height = image.size
    across, down = (max(component[axis] for component in image.layer) for axis in (1, 2))
    return sum(width * h * height * v // (across * down) for _, h, v, _ in image.layer)


def _first_scan_is_whole(image: JpegImagePlugin.JpegImageFile) -> bool:
    """Whether the first scan has every component. Pillow stops reading just behind the header of that scan."""
    after_header, components = image.fp.tell(), image.layers
    image.fp.seek(after_header - 8 - 2 * components)
    marker = image.fp.read(5)
    image.fp.seek(after_header)
    return marker[:2] == b"\xff\xda" and marker[4] == components


def _decoded(kind: str, image: Image.Image, name: str, max_pixels: int) -> Image.Image:
    with _told_as_damage(name, kind):
        if kind == "HEIF":
            image = image.to_pillow()
        if kind == "JPEG":
            image.draft(None, _within(image.size, max_pixels))
        image.load()
        orientation = _orientation(image, kind)
        if image.mode in SHRINKABLE and not image.has_transparency_data:
            image = to_rgb(_shrunk(image, max_pixels))
        else:
            image = _shrunk(to_rgb(image), max_pixels)
        return _bare(image.transpose(TURNS[orientation]) if orientation in TURNS else image)


def _within(size: tuple[int, int], max_pixels: int) -> tuple[int, int]:
    width, height = size
    scale = min(1.0, (max_pixels / (width * height)) ** 0.5)
    width, height = max(1, int(width * scale)), max(1, int(height * scale))
    return min(width, max_pixels // height or 1), min(height, max_pixels)


def _shrunk(image: Image.Image, max_pixels: int) -> Image.Image:
    size = _within(image.size, max_pixels)
    if size == image.size:
        return image
    smaller = image.resize(size, Image.Resampling.HAMMING, reducing_gap=2.0)
    smaller.format = image.format
    return smaller


def _orientation(image: Image.Image, kind: str) -> int:
    """How the camera was held, 1 to 8 as in EXIF; 1 where the decoder has turned the picture already."""
    if kind in {"TIFF", "HEIF"}:
        return 1
    try:
        orientation = image.getexif().get(ORIENTATION, 1)
    except Exception:  # a broken EXIF block is no reason to refuse a sound picture
        return 1
    return orientation if orientation in TURNS else 1


def _bare(image: Image.Image) -> Image.Image:
    """The same pixels as a plain picture, without file, format, text, EXIF or position."""
    plain = image if type(image) is Image.Image else image.copy()
    plain.info = {}
    plain.format = None
    return plain
