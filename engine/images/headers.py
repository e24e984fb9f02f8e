"""Reading a file's header: its format, its size and its orientation, before any pixel is decoded."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import BinaryIO, cast

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

from engine.images.bounded_reads import BoundedReads, TooManyPartsError
from engine.images.errors import ImageError
from engine.images.file_formats import BEGINNING, described, kind_of
from engine.images.limits import MILLION, MOST_PIXELS, Undecoded, require_within_limits

ORIENTATION = 274
TRANSPOSITIONS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

READERS: dict[str, Callable[[BinaryIO], Undecoded]] = {
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

READ_WHOLE = ("WEBP", "AVIF", "HEIF")
"""The formats whose libraries read the whole file at once."""

# A hostile file can cause a warning for each of 65,535 tags.
warnings.filterwarnings("ignore", module=r"PIL\.")


def read_header(file: BinaryIO, name: str) -> tuple[str, Undecoded]:
    """The format, and the image before any pixel is decoded; its size has been checked."""
    beginning = file.read(BEGINNING)
    file.seek(0)
    kind = kind_of(beginning)
    if kind is None:
        raise ImageError(_not_an_image(name, described(beginning)))
    with decoding_errors(name, kind):
        bounded = BoundedReads(file)
        image = READERS[kind](file if kind in READ_WHOLE else cast(BinaryIO, bounded))
        require_within_limits(image, kind, name)
        bounded.begin_pixels()
    return kind, image


@contextmanager
def decoding_errors(name: str, kind: str) -> Iterator[None]:
    """Convert any exception of a decoder to `ImageError`: Pillow raises a dozen kinds, down to struct.error."""
    try:
        yield
    except ImageError:
        raise
    except Image.DecompressionBombError as error:
        most = MOST_PIXELS[kind] // MILLION
        raise ImageError(
            f"{name} claims {_claimed_pixels(error):,} pixels, and the limit is {most} million for a {kind} "
            "file; save it smaller."
        ) from error
    except TooManyPartsError as error:
        raise ImageError(
            f"{name} has more parts than any program writes; save it again as JPEG or PNG."
        ) from error
    except MemoryError as error:
        raise ImageError(f"{name} needs more memory than is available; save it smaller.") from error
    except Exception as error:
        raise ImageError(
            f"{name} is a {kind} file that is cut off or damaged; get a new copy, or save it again as JPEG or PNG."
        ) from error


def _claimed_pixels(error: Image.DecompressionBombError) -> int:
    number = re.search(r"\d+", str(error))
    return int(number[0]) if number else 0


def _not_an_image(name: str, what: str) -> str:
    fix = "unpack it and choose the images in it" if "archive" in what else "save it as JPEG or PNG first"
    return f"{name} is {what}, not an image that can be read; {fix}."


def orientation_of(image: Undecoded, kind: str) -> int:
    """The EXIF orientation, 1 to 8; 1 where the decoder has already applied it."""
    if kind in {"TIFF", "HEIF"}:
        return 1
    try:
        orientation = image.getexif().get(ORIENTATION, 1)
    except Exception:  # a broken EXIF block is no reason to reject an intact image
        return 1
    return orientation if orientation in TRANSPOSITIONS else 1
