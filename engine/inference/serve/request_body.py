"""The image in a request: its bytes, within limits, and its name in messages."""

from __future__ import annotations

from fastapi import HTTPException, Request
from starlette.datastructures import UploadFile
from starlette.types import Message, Receive

from engine.images import ImageError

FIELD = "image"
"""The field of a form that holds the image."""

MAX_BYTES = 32 * 1024**2
"""The largest file that is taken; a class of thirty photographs a second would fill the memory with larger ones."""

FORM_MARGIN = 64 * 1024
"""So much a form may add to its file."""

MAX_TEXT = 4096
"""The longest text in a field of a form; none is used."""

SLOW, TOO_LARGE = 408, 413

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
    """The image file in a request, and its name. Raises HTTPException (413) or `ImageError`, one sentence."""
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        return await _bounded(request, MAX_BYTES).body(), "image"
    try:
        return await _file_in_form(_bounded(request, MAX_BYTES + FORM_MARGIN))
    except UnicodeError:  # of a codec that the form names
        raise ImageError("The form's names cannot be read: write them in UTF-8.") from None


async def _file_in_form(request: Request) -> tuple[bytes, str]:
    async with request.form(max_files=1, max_fields=8, max_part_size=MAX_TEXT) as form:
        file = form.get(FIELD)
        if not isinstance(file, UploadFile):
            raise ImageError(f"The form has no file in its field “{FIELD}”: send the image there.")
        return await file.read(), file.filename or "image"


def _bounded(request: Request, most: int) -> Request:
    """The request, whose body ends with HTTPException (413) where it is longer, whatever length its headers name."""
    if int(request.headers.get("content-length", 0)) > most:
        raise _too_large()
    return Request(request.scope, _counting(request.receive, most))


def _counting(receive: Receive, most: int) -> Receive:
    left = most

    async def counted() -> Message:
        nonlocal left
        message = await receive()
        left -= len(message.get("body", b""))
        if left < 0:
            raise _too_large()
        return message

    return counted


def _too_large() -> HTTPException:
    return HTTPException(
        TOO_LARGE, f"The file is larger than {MAX_BYTES // 1024**2} MB: save the image smaller."
    )
