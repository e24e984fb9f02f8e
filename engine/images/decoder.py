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

_places: list[tuple[str, bool]] = []


def set_decoder(place: str, *, serves_pages: bool = True) -> None:
    """Set, once per process, what decodes the images that are not ordinary: (content, name, most pixels) -> image.

    `place` is "module:function"; the name that it gets is quoted already. A process that serves pages has others who
    wait, so that more images are not ordinary for it than for a job. See `engine.images.heavy`.
    """
    _places[:] = [(place, serves_pages)]


def limit_passes() -> None:
    """Let a job or command leave JPEGs of too many passes to `WITH_LIMITS`, unless the process serves pages."""
    if not _places:
        set_decoder(WITH_LIMITS, serves_pages=False)


def serves_pages() -> bool:
    """Whether this process answers people, who wait for it."""
    return bool(_places) and _places[0][1]


def decoder() -> Decoder | None:
    """What decodes the images that are not ordinary; None where this process does it itself."""
    if not _places:
        return None
    module, _, function = _places[0][0].partition(":")
    return getattr(import_module(module), function)
