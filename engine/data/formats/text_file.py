"""Text files in the encodings that people's programs write: UTF-8, UTF-16 ("Unicode text"), and Windows or Latin-1."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from engine.data.formats.record import DatasetError

MOST_BYTES = 64 * 1024**2
UTF_8, UTF_16, LATIN_1 = "UTF-8", "UTF-16", "Latin-1 (Windows-1252)"
_BINARY = re.compile(r"[\x00-\x08\x0e-\x1f]")
_NO_TEXT = "is not a text; save it as “CSV (UTF-8)”."


def read_text(path: Path, most_bytes: int = MOST_BYTES) -> tuple[str, str]:
    """The text of a file and the name of its encoding.

    A byte order mark decides; without one it is UTF-8 where that fits, UTF-16 where every other byte is zero, and
    otherwise Windows-1252. Raises `DatasetError` where it is too large, cannot be read, or is no text.
    """
    try:
        if path.stat().st_size > most_bytes:
            raise DatasetError(
                f"“{path.name}” is larger than {most_bytes // 1024**2} MB, too large for a table."
            )
        data = path.read_bytes()
    except OSError as error:
        raise DatasetError(f"“{path.name}” cannot be read: {error.strerror}.") from error
    text, encoding = _decoded(path, data)
    if _BINARY.search(text):
        raise DatasetError(f"“{path.name}” {_NO_TEXT}")
    return text, encoding


def _decoded(path: Path, data: bytes) -> tuple[str, str]:
    try:
        if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return data.decode("utf-16"), UTF_16
        if kind := _utf_16_without_mark(data):
            return data.decode(kind), UTF_16
    except UnicodeDecodeError as error:
        raise DatasetError(f"“{path.name}” {_NO_TEXT}") from error
    for codec, name in (("utf-8-sig", UTF_8), ("cp1252", LATIN_1)):
        try:
            return data.decode(codec), name
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1"), LATIN_1


def _utf_16_without_mark(data: bytes) -> str:
    """The byte order of text of mostly Latin letters, where every other byte of the beginning is zero; else ""."""
    start = data[:400]
    if len(start) < 8 or len(data) % 2:
        return ""
    even, odd = start[::2].count(0), start[1::2].count(0)
    if odd > 0.9 * len(start[1::2]) and not even:
        return "utf-16-le"
    return "utf-16-be" if even > 0.9 * len(start[::2]) and not odd else ""
