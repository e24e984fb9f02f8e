"""Where the pictures that a source names lie."""

from __future__ import annotations

from pathlib import PurePosixPath

from engine.data.formats.file_index import Listing
from engine.data.formats.names import is_unsafe
from engine.data.formats.parsed_source import Found

PICTURE_FOLDERS = ("train", "images", "pictures", "JPEGImages", "")
"""Where the pictures of a table may lie, seen from the table."""

MOST_FOLDERS = 200
ENOUGH = 200


def place_pictures(found: Found, near: str = "") -> None:
    """Write each row's name, as its source has it, relative to the listing; `near` is the folder of what names it.

    Where no folder holds any of them under the whole name, as with paths of another computer, the last part of the
    name is looked for.
    """
    names = [_tidy(row.fname) for row in found.rows]
    found.place, held = _picture_folder(names, found.listing, near)
    if not held:
        last = [PurePosixPath(name).name for name in names]
        place, held = _picture_folder(last, found.listing, near)
        if held:
            found.place, names = place, last
    for row, name in zip(found.rows, names, strict=True):
        place = _join(found.place, name) if name and not is_unsafe(name) else name
        row.has_name = bool(name)
        row.fname = (found.listing.same(place) or place) if name else row.where


def _tidy(name: str) -> str:
    return name.replace("\\", "/").removeprefix("./")


def _join(base: str, name: str) -> str:
    return f"{base}/{name}" if base else name


def _picture_folder(names: list[str], listing: Listing, near: str) -> tuple[str, int]:
    """The folder that holds most of the named pictures, and how many; if none does, a usual one that exists."""

    def held(base: str, among: list[str]) -> int:
        return sum(listing.same(_join(base, name)) is not None for name in among if name)

    usual = list(dict.fromkeys(_join(near, one) if one else near for one in PICTURE_FOLDERS))
    best = max(usual, key=lambda base: (held(base, names), base in listing.folders))
    if count := held(best, names):
        return best, count
    others = [base for base in listing.folders if base not in usual][:MOST_FOLDERS]
    other = max(others, key=lambda base: held(base, names[:ENOUGH]), default=best)
    return (other, count) if (count := held(other, names[:ENOUGH])) else (best, 0)
