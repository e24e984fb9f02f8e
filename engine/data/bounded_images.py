"""Decode the images that may take long in a process with limits, which ends with a sentence instead of the server."""

from __future__ import annotations

from PIL import Image

from engine.images import ImageError
from engine.jobs import bounded_call
from engine.jobs.resource_limits import OutOfTime, ResourceLimits

LIMITS = ResourceLimits(memory_bytes=1024**3, processor_seconds=10)


def decode(content: bytes, name: str, max_pixels: int) -> Image.Image:
    """What `open_image` returns, from a process with limits. Raises `ImageError`, also where they are too low."""
    try:
        return bounded_call.call("engine.images.opening:open_here", content, name, max_pixels, limits=LIMITS)
    except (OutOfTime, MemoryError) as error:
        raise ImageError(
            f"{name} takes too much time or memory to open; save it smaller, as a JPEG."
        ) from error
