"""The image of a Label Studio task: which value names it, and what its file is called here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from engine.data.formats.files.file_index import is_image
from engine.data.formats.source import Source

_PREFIX = re.compile(r"^[0-9a-f]{6,8}-")
"""What Label Studio puts before the name of an uploaded file."""


def image_in(data: Mapping[str, Any]) -> str | None:
    """The key of the only value that names an image: "image" or "img" first."""
    keys = [key for key, value in data.items() if isinstance(value, str) and is_image(_path(value))]
    usual = [key for key in ("image", "img") if key in keys]
    return (usual or keys or [None])[0]


def on_disk(source: Source, written: str) -> str:
    """The path of an image as the folder may have it: local files by their own path, uploads also without a prefix."""
    path = _path(written)
    name = PurePosixPath(path).name
    original = _PREFIX.sub("", name)
    if original != name and not source.listing.candidates(name) and source.listing.candidates(original):
        return original
    return path if "/data/upload/" not in f"/{path}" else name


def _path(written: str) -> str:
    """The path in a web address or of /data/local-files/?d=."""
    parts = urlsplit(written)
    if "local-files" in parts.path and (inside := parse_qs(parts.query).get("d")):
        return inside[0]
    is_address = bool(parts.scheme) and len(parts.scheme) > 1
    return unquote(parts.path).lstrip("/") if is_address else unquote(written.partition("?")[0])
