"""Pictures made small and kept as JPEG, so that a page sends few bytes and decodes nothing twice."""

import base64
import math
from html import escape
from pathlib import Path

import streamlit as st
from PIL import Image, ImageOps

from engine import images

_MOUNT = (128, 128, 128)


def jpeg(source: Path | bytes, longest: int = 640) -> bytes:
    """The upright picture as JPEG, at most `longest` pixels on its longer side; made once and kept.

    Raises `engine.images.ImageError` for what is no picture.
    """
    if isinstance(source, bytes):
        return _jpeg(source, 0, longest)
    return _jpeg(str(source), source.stat().st_mtime_ns, longest)


def padded(source: Path, size_wh: tuple[int, int] = (336, 252)) -> bytes:
    """The whole upright picture on a mount of just `size_wh` pixels, as JPEG: pictures in a row line up."""
    return _padded(str(source), source.stat().st_mtime_ns, size_wh)


def cropped(source: Path, size_wh: tuple[int, int] = (336, 252)) -> bytes:
    """The middle of the upright image, filling just `size_wh` pixels, as JPEG: no bars, and images in a row line up."""
    return _cropped(str(source), source.stat().st_mtime_ns, size_wh)


def tag(jpeg: bytes, alt: str) -> str:
    """The JPEG as an HTML image that carries its own bytes."""
    return f'<img src="data:image/jpeg;base64,{base64.b64encode(jpeg).decode()}" alt="{escape(alt)}">'


@st.cache_data(max_entries=512, show_spinner=False)
def _jpeg(source: str | bytes, changed_ns: int, longest: int) -> bytes:
    given = source if isinstance(source, bytes) else Path(source)
    image = images.open_image(given, max_pixels=_pixels(images.image_size(given), longest))
    image.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    return images.to_jpeg(image)


def _pixels(size_wh: tuple[int, int], longest: int) -> int:
    """How many pixels the small picture has: a large JPEG is decoded no larger than needed."""
    share = min(1.0, longest / max(size_wh))
    width, height = (max(1, math.ceil(side * share)) for side in size_wh)
    return width * height


@st.cache_data(max_entries=512, show_spinner=False)
def _padded(source: str, changed_ns: int, size_wh: tuple[int, int]) -> bytes:
    fitted = ImageOps.pad(images.open_image(Path(source)), size_wh, Image.Resampling.LANCZOS, color=_MOUNT)
    return images.to_jpeg(fitted)


@st.cache_data(max_entries=512, show_spinner=False)
def _cropped(source: str, changed_ns: int, size_wh: tuple[int, int]) -> bytes:
    fitted = ImageOps.fit(
        images.open_image(Path(source)), size_wh, Image.Resampling.LANCZOS, centering=(0.5, 0.35)
    )
    return images.to_jpeg(fitted)
