"""The image in a request: its bytes, within limits, and its name in messages."""

from __future__ import annotations

from fastapi import HTTPException, Request
from starlette.datastructures import UploadFile

from engine.images import ImageError

FIELD = "image"
"""The field of a form that holds the image."""

MAX_BYTES = 32 * 1024**2
"""The largest file that is taken; a class of thirty photographs a second would fill the memory with larger ones."""

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
    """The image file in a request, and its name. Raises HTTPException (413) or `ImageError`, one sentence."""
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        return await _limited(request), "image"
    length = request.headers.get("content-length", "")
    if not length.isdigit() or int(length) > MAX_BYTES + _FORM_MARGIN:
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
    return HTTPException(413, f"The file is larger than {MAX_BYTES // 1024**2} MB: save the image smaller.")
