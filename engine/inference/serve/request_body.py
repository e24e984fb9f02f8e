"""The image in a request: its bytes, within limits, and its name in messages."""

from __future__ import annotations

import asyncio

from fastapi import HTTPException, Request
from starlette.datastructures import UploadFile

from engine.images import ImageError

FIELD = "image"
"""The field of a form that holds the image."""

MAX_BYTES = 32 * 1024**2
"""The largest file that is taken; a class of thirty photographs a second would fill the memory with larger ones."""

MAX_SECONDS = 60
"""So long a request may take to arrive: one that waits for the rest of its image takes the place of another."""

SLOW, TOO_LARGE = 408, 413
_FORM_MARGIN = 64 * 1024
"""So much a form may add to its file."""

OPENAPI = {
    "required": True,
    "content": {
        "image/*": {"schema": {"type": "string", "format": "binary"}},
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": [FIELD],
                "properties": {FIELD: {"type": "string", "format": "binary"}},
            }
        },
    },
}
"""How the OpenAPI page describes a request's body."""


async def read_image(request: Request) -> tuple[bytes, str]:
    """The image file in a request, and its name. Raises HTTPException (408, 413) or `ImageError`, one sentence."""
    try:
        async with asyncio.timeout(MAX_SECONDS):
            return await _read(request)
    except TimeoutError:
        raise HTTPException(
            SLOW, f"The image did not arrive within {MAX_SECONDS} seconds: save it smaller."
        ) from None


async def _read(request: Request) -> tuple[bytes, str]:
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        return await _limited(request), "image"
    length = request.headers.get("content-length", "")
    if not length.isascii() or not length.isdigit():
        raise ImageError("The form does not say its length (Content-Length): send the image file alone.")
    if int(length) > MAX_BYTES + _FORM_MARGIN:
        raise _too_large()
    async with request.form(max_files=1, max_fields=8) as form:
        file = form.get(FIELD)
        if not isinstance(file, UploadFile):
            raise ImageError(f"The form has no file in its field “{FIELD}”: send the image there.")
        return await file.read(), file.filename or "image"


async def _limited(request: Request) -> bytes:
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MAX_BYTES:
            raise _too_large()
    return bytes(body)


def _too_large() -> HTTPException:
    return HTTPException(
        TOO_LARGE, f"The file is larger than {MAX_BYTES // 1024**2} MB: save the image smaller."
    )
