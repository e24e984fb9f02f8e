"""The text of a small file, whatever encoding its tool wrote it in."""

from __future__ import annotations

import codecs
from pathlib import Path

MOST_BYTES = 1024**2
_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
FALLBACK = "cp1252"


def decode(content: bytes) -> tuple[str, str]:
    """The text, and the name of its encoding where that is only a guess, else "".

    A byte order mark decides; otherwise UTF-8, and Windows-1252 for bytes that are no UTF-8. Raises ValueError for
    bytes that are no text.

    >>> decode("naïve".encode("utf-8")), decode("naïve".encode("cp1252"))
    (('naïve', ''), ('naïve', 'cp1252'))
    """
    marked = next((name for mark, name in _MARKS.items() if content.startswith(mark)), None)
    try:
        text, guess = content.decode(marked or "utf-8"), ""
    except UnicodeDecodeError as error:
        if marked:
            raise ValueError(f"it is not a text in {marked.upper()}") from error
        text, guess = _fallback(content), FALLBACK
    if "\0" in text:
        raise ValueError("it is not a text")
    return text, guess


def read_text(path: Path, most_bytes: int = MOST_BYTES) -> tuple[str, str]:
    """The same of a file. Raises ValueError where it is too large or no text, and OSError."""
    if path.stat().st_size > most_bytes:
        raise ValueError(f"it has more than {most_bytes / 1024**2:.0f} MB")
    return decode(path.read_bytes())


def _fallback(content: bytes) -> str:
    try:
        return content.decode(FALLBACK)
    except UnicodeDecodeError as error:
        raise ValueError("it is not a text in UTF-8; save it as UTF-8") from error
