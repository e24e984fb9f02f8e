"""Names of files that came in: made safe, or refused."""

from __future__ import annotations

import re
from pathlib import PurePosixPath, PureWindowsPath

from engine.data.files import MANIFEST
from engine.data.formats.annotation_files import OTHER_TABLES, TABLES
from engine.data.formats.files.file_index import IMAGE_ENDINGS
from engine.functional.label_text import visible

LONGEST_PART, LONGEST_NAME, DEEPEST = 255, 1000, 20
DESCRIPTIONS = {
    *TABLES,
    *OTHER_TABLES,
    ".json",
    ".xml",
    ".txt",
    ".yaml",
    ".yml",
    ".names",
    ".labels",
    ".data",
    ".cal",
}
ARCHIVES = {".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar", ".zst"}
JUNK = {"__macosx", "thumbs.db", "desktop.ini", "ehthumbs.db", MANIFEST}
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
SHOWN = 80


class UnsafeName(ValueError):
    """A name that leads out of its folder, or that no disk could bear; the message says which."""


def safe_name(raw: str) -> str:
    """The name relative to its folder, with / between folders. Raises `UnsafeName` for any other.

    >>> safe_name("./cats\\\\1.jpg")
    'cats/1.jpg'
    """
    name = raw.replace("\\", "/")
    parts = PurePosixPath(name).parts
    if name.startswith("/") or PureWindowsPath(raw).drive or ".." in parts:
        raise UnsafeName("leads out of its folder")
    if not parts or _CONTROL.search(name):
        raise UnsafeName("contains characters that no name may contain")
    if (
        len(parts) > DEEPEST
        or len(_bytes(name)) > LONGEST_NAME
        or max(map(len, map(_bytes, parts))) > LONGEST_PART
    ):
        raise UnsafeName("is too long or too deeply nested")
    return "/".join(parts)


def is_junk(name: str) -> bool:
    """Whether a file was only put there by a computer: hidden, or a preview of folders."""
    return any(part.startswith(".") or part.casefold() in JUNK for part in name.split("/"))


def is_wanted(name: str) -> bool:
    """Whether a file is an image or may describe some, by its ending."""
    return ending(name) in IMAGE_ENDINGS | DESCRIPTIONS


def is_archive(name: str) -> bool:
    """Whether a file holds other files, by its ending."""
    return ending(name) in ARCHIVES


def ending(name: str) -> str:
    """The ending of a name in small letters, such as ".jpg"."""
    return PurePosixPath(name).suffix.lower()


def shown(name: str) -> str:
    """A name as a sentence can show it: on one line, and not too long."""
    return f"“{visible(name if len(name) <= SHOWN else name[:60] + '…' + name[-15:])}”"


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", errors="replace")
