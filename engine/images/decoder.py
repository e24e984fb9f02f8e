"""Which function decodes the images that may take long, where a process has one for them.

It is named, not imported: a page that opens no image need not load what opens images.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image

    Decoder = Callable[[bytes, str, int], Image.Image]

WITH_LIMITS = "engine.data.bounded_images:decode"
"""Decodes them in a process whose time and memory are limited: for a process that serves others."""

_places: list[str] = []


def set_decoder(place: str) -> None:
    """Set, once per process, what decodes the images that are not ordinary: (content, name, most pixels) -> image.

    `place` is "module:function"; the name that it gets is quoted already. See `engine.images.heavy`.
    """
    _places[:] = [place]


def is_set() -> bool:
    """Whether this process leaves the images that are not ordinary to a function."""
    return bool(_places)


def decoder() -> Decoder | None:
    """What decodes the images that are not ordinary; None where this process does it itself."""
    if not _places:
        return None
    module, _, function = _places[0].partition(":")
    return getattr(import_module(module), function)
