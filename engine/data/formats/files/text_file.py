"""Text files in the encodings that people's programs write: UTF-8, UTF-16 ("Unicode text"), and Windows or Latin-1."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from engine.data.formats.record import DatasetError

MOST_BYTES = 64 * 1024**2
CHUNK = 1024**2
NAMES = {"utf-8-sig": "UTF-8", "utf-16": "UTF-16", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16",
         "cp1252": "Windows-1252", "latin-1": "Latin-1"}  # fmt: skip
UTF_8 = NAMES["utf-8-sig"]
_BINARY = re.compile(r"[\x00-\x08\x0e-\x1f]")
_UTF_8_SIGN = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_WORD = re.compile(r"[A-Za-z0-9\x80-\U0010ffff]+")
WESTERN = ("cp1252", "latin-1")
_NO_TEXT = "is not a text table; save it as “CSV (UTF-8)”."


@contextmanager
def open_text(path: Path, most_bytes: int = MOST_BYTES) -> Iterator[tuple[TextIO, str]]:
    """The opened file, with its line ends as they are, and the name of its encoding.

    A byte order mark decides; without one it is UTF-8 where all of it fits, UTF-16 where every other byte is zero, and
    otherwise Windows-1252 or Latin-1. Raises `DatasetError` where it is too large, cannot be read, or is no text.
    """
    try:
        if path.stat().st_size > most_bytes:
            raise DatasetError(
                f"“{path.name}” is larger than {most_bytes // 1024**2} MB, too large for a table."
            )
        codec = _codec(path)
        with path.open(encoding=codec, newline="") as file:
            yield file, NAMES[codec]
    except OSError as error:
        raise DatasetError(f"“{path.name}” cannot be read: {error.strerror}.") from error


def read_text(path: Path, most_bytes: int = MOST_BYTES) -> tuple[str, str]:
    """The whole text of a file and the name of its encoding. Raises what `open_text` raises."""
    with open_text(path, most_bytes) as (file, encoding):
        return file.read(), encoding


def _codec(path: Path) -> str:
    """The first codec in which the whole file is text."""
    with path.open("rb") as file:
        start = file.read(400)
    codecs_to_try = ["utf-8-sig", "cp1252", "latin-1"]
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        codecs_to_try = ["utf-16"]
    elif kind := _utf_16_without_mark(start):
        codecs_to_try = [kind]
    for codec in codecs_to_try:
        try:
            if _is_text(path, codec):
                if codec in WESTERN:
                    _refuse_other_scripts(path, codec)
                return codec
            break
        except UnicodeDecodeError:
            continue
    raise DatasetError(f"“{path.name}” {_NO_TEXT}")


def _refuse_other_scripts(path: Path, codec: str) -> None:
    """Raise `DatasetError` for bytes that only look like Western letters: broken UTF-8, Chinese, Cyrillic.

    Every byte is a sign in Windows-1252, so it would be read, and every label be nonsense.
    """
    with path.open("rb") as file:
        beginning = file.read(CHUNK)
    encoded = b"".join(_UTF_8_SIGN.findall(beginning))
    if 2 * len(encoded) > sum(byte > 127 for byte in beginning):
        line = beginning[: _first_fault(beginning)].count(b"\n") + 1
        raise DatasetError(
            f"“{path.name}” is UTF-8 with an invalid character in line {line}; save it again as “CSV (UTF-8)”."
        )
    words = [word for word in _WORD.findall(beginning.decode(codec, "replace")) if not word.isascii()]
    foreign = [word for word in words if len(word) > 1 and not re.search("[A-Za-z]", word)]
    if 2 * len(foreign) > len(words):
        raise DatasetError(f"“{path.name}” does not say which encoding it uses; save it as “CSV (UTF-8)”.")


def _first_fault(content: bytes) -> int:
    try:
        content.decode()
    except UnicodeDecodeError as error:
        return error.start
    return len(content)


def _is_text(path: Path, codec: str) -> bool:
    """Whether a file holds no signs of a binary file. Raises UnicodeDecodeError where the codec does not fit."""
    with path.open(encoding=codec, newline="") as file:
        return not any(_BINARY.search(chunk) for chunk in iter(lambda: file.read(CHUNK), ""))


def _utf_16_without_mark(start: bytes) -> str:
    """The byte order of text of mostly Latin letters, where every other byte of the beginning is zero; else ""."""
    if len(start) < 8 or len(start) % 2:
        return ""
    even, odd = start[::2].count(0), start[1::2].count(0)
    if odd > 0.9 * len(start[1::2]) and not even:
        return "utf-16-le"
    return "utf-16-be" if even > 0.9 * len(start[::2]) and not odd else ""
