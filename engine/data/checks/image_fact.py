"""What one image file is: readable or not, its size, its content and how it looks, from one read of the file."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import imagehash
import numpy as np
from PIL import Image

from engine.images import ImageError, image_size, open_image
from engine.images.sources import MAX_BYTES

THUMB_SIDE = 8
LOOKED_AT_PIXELS = 64 * 64
"""Enough for the hash and the thumbnail, so that libjpeg decodes a photograph at an eighth of its sides."""
_ERROR_BYTES = 400
FACT = np.dtype(
    [
        ("state", "u1", (16,)),
        ("width", "i4"),
        ("height", "i4"),
        ("content", "u1", (32,)),
        ("look", "u8"),
        ("thumb", "u1", (THUMB_SIDE * THUMB_SIDE * 3,)),
        ("error", f"S{_ERROR_BYTES}"),
    ]
)
"""`state` says which file in which state this is about; `content` is the SHA-256 of its bytes; `look` its perceptual
hash; `thumb` its colours, 8 x 8 RGB; `error` the sentence where it cannot be read, and then there is no look."""


def read_fact(path: Path, state: np.ndarray) -> np.ndarray:
    """The `FACT` of a file in this `state`. The file is decoded to its end: one that is cut off opens all the same."""
    fact = np.zeros((), FACT)
    fact["state"] = state
    try:
        content = _content(path)
        fact["width"], fact["height"] = image_size(content, path.name)
        _fill_look(fact, open_image(content, path.name, max_pixels=LOOKED_AT_PIXELS))
        fact["content"] = np.frombuffer(hashlib.sha256(content).digest(), np.uint8)
    except (ImageError, OSError) as error:
        fact["error"] = str(error).encode()[:_ERROR_BYTES]
    return fact


def file_state(folder: str, fname: str) -> np.ndarray:
    """(16,) uint8: a digest of a file's name, size and times, which changes whenever the file does."""
    try:
        about = os.stat(f"{folder}/{fname}")
        told = f"{fname}\0{about.st_size}\0{about.st_mtime_ns}\0{about.st_ctime_ns}"
    except OSError:
        told = f"{fname}\0gone"
    return np.frombuffer(hashlib.blake2b(told.encode(errors="replace"), digest_size=16).digest(), np.uint8)


def _content(path: Path) -> bytes:
    """The bytes of a file. One that is missing, no file, empty or too large is left to `image_size` to refuse."""
    if not path.is_file() or not 0 < path.stat().st_size <= MAX_BYTES:
        image_size(path)
    return path.read_bytes()


def _fill_look(fact: np.ndarray, image: Image.Image) -> None:
    bits = imagehash.phash(image).hash
    fact["look"] = np.packbits(bits).view(np.uint64)[0]
    small = image.resize((THUMB_SIDE, THUMB_SIDE), Image.Resampling.BOX)
    fact["thumb"] = np.asarray(small, np.uint8).ravel()
