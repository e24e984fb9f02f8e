"""How far the cells of an Excel file reach, asked before a reader makes room for all of them.

An .xlsx file is a zip of XML. A file of a kB may unpack to gigabytes, or hold two cells so far apart that the table
between them has 17 billion. Nothing that the file says of its own size is believed.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from engine.data.formats.record import DatasetError

CHUNK = 1024**2
MOST_UNPACKED = 128 * 1024**2
MOST_SHARED_TEXT = 32 * 1024**2
MOST_PARTS = 10_000
MOST_CELLS, MOST_AREA = 6_000_000, 10_000_000
"""More cells than a table may have, for those that are empty; and the area that all cells lie in."""
LONGEST_TAG = 4 * 1024**2
SHARED_TEXT = "sharedstrings.xml"
_A = ord("A") - 1
_ATTRIBUTES = rb"(?:\s*[^\s=<>/\"']+\s*=\s*(?:\"[^\"]*\"|'[^']*'))"
_REFERENCE = rb"r\s*=\s*[\"']([A-Za-z]+)\d+[\"']"
_ROW = re.compile(rb"r\s*=\s*[\"'][A-Za-z]*(\d+)[\"']")
_HAS_PREFIX = re.compile(rb":(?:row|c)[\s/>]")


@dataclass(frozen=True)
class _Patterns:
    """What finds the tags of rows and cells, the cells without a value, and the columns that cells name."""

    tags: re.Pattern[bytes]
    empty: re.Pattern[bytes]
    first: re.Pattern[bytes]
    anywhere: re.Pattern[bytes]

    @classmethod
    def after(cls, opening: bytes) -> _Patterns:
        return cls(
            re.compile(opening + rb"(row|c)(?=[\s/>])"),
            re.compile(opening + rb"c" + _ATTRIBUTES + rb"*+\s*/>"),
            re.compile(opening + rb"c\s+" + _REFERENCE),
            re.compile(opening + rb"c" + _ATTRIBUTES + rb"*?\s*" + _REFERENCE),
        )


_PLAIN = _Patterns.after(rb"<")
_PREFIXED = _Patterns.after(rb"<(?:[^\s<>/:=\"']+:)?")


@dataclass
class Extent:
    """How far the filled cells of a sheet may reach, counted from 1, and how many tags of cells it has.

    Cells say where they are, or lie after the one before. The bound is exact where all of them say it.
    """

    rows: int = 0
    columns: int = 0
    cells: int = 0
    _row_tags: int = 0
    _last_row: int = 0
    _widest: int = 0
    _has_unnumbered: bool = False

    @property
    def reach(self) -> tuple[int, int]:
        """The row and the column beyond which no filled cell lies."""
        if not self._has_unnumbered:
            return self.rows, self.columns
        return self.rows + self._row_tags + 1, self.columns + self._widest

    @property
    def is_too_large(self) -> bool:
        """Whether it has more cells than are read, or they lie too far apart."""
        rows, columns = self.reach
        return self.cells > MOST_CELLS or rows * columns > MOST_AREA

    def follow(self, text: bytes) -> None:
        """Add a piece of a sheet that begins and ends between two tags."""
        find = _PREFIXED if _HAS_PREFIX.search(text) else _PLAIN
        tags = find.tags.findall(text)
        ended, *others = b"".join(tags).split(b"row")
        widths = [self._last_row + len(ended), *map(len, others)]
        self._widest, self._last_row = max(self._widest, *widths), widths[-1]
        self._row_tags += len(others)
        self.cells += tags.count(b"c")
        filled, count = find.empty.subn(b"", text) if b"/>" in text else (text, 0)
        filled_cells = tags.count(b"c") - count
        columns = find.first.findall(filled)
        if len(columns) < filled_cells:
            columns = find.anywhere.findall(filled)
        self._has_unnumbered |= len(columns) < filled_cells
        if columns or others:
            self.columns = max(self.columns, *map(_number_of, set(columns)), 0)
            self.rows = max(self.rows, *map(int, set(_ROW.findall(filled))), 0)


def _number_of(letters: bytes) -> int:
    """The number of a column: 1 for A, 27 for AA."""
    number = 0
    for letter in letters[:9].upper():
        number = 26 * number + letter - _A
    return number


def check(path: Path) -> None:
    """Raise `DatasetError` where an .xlsx file is none, unpacks to too much, or its cells lie too far apart."""
    unpacked = shared = 0
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            if len(parts) > MOST_PARTS:
                raise _too_much(path)
            for part in parts:
                extent = Extent()
                for size, text in _pieces(archive, part):
                    unpacked += size
                    shared += size if part.filename.lower().endswith(SHARED_TEXT) else 0
                    if unpacked > MOST_UNPACKED or shared > MOST_SHARED_TEXT or len(text) > LONGEST_TAG:
                        raise _too_much(path)
                    extent.follow(text)
                    if extent.is_too_large:
                        raise _too_far(path)
    except DatasetError:
        raise
    except Exception as error:  # a broken zip fails in a dozen ways
        raise not_readable(path) from error


def not_readable(path: Path) -> DatasetError:
    """The error of a file that is no .xlsx file, whatever its name says."""
    return DatasetError(f"“{path.name}” is not a readable Excel file (.xlsx); save it as CSV.")


def _too_much(path: Path) -> DatasetError:
    return DatasetError(f"“{path.name}” unpacks to too much data for a table; save it as CSV.")


def _too_far(path: Path) -> DatasetError:
    says = f"“{path.name}” has more than {MOST_CELLS:,} cells, or cells far away from its table"
    return DatasetError(f"{says}: delete the empty rows and columns, or save it as CSV.")


def _pieces(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[tuple[int, bytes]]:
    """What a part really unpacks to: how many bytes are new, and text that ends between two tags."""
    part.file_size = MOST_UNPACKED + 2 * CHUNK  # else it would be read only as far as the file claims
    rest = b""
    with archive.open(part) as file:
        while new := file.read(CHUNK):
            held = rest + new
            end = held.rfind(b"<")
            rest = held[max(0, end) :]
            yield len(new), held[: max(0, end)]
            if len(rest) > LONGEST_TAG:
                yield 0, rest
    yield 0, rest
