"""A table file as rows of text: every cell is only ever text, and every fault is named with its line."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path

from engine.datasets.record import DatasetError
from engine.datasets.wording import counted, some

MOST_BYTES = 256 * 1024**2
SEPARATORS = ",;\t"
NO_TEXT = "is not a table of text in UTF-8; save it as “CSV (UTF-8)”."

COLUMNS = {
    "fname": ("fname", "filename", "file_name", "file", "image", "picture", "path", "name"),
    "labels": ("labels", "tags", "classes", "label", "class", "category"),
    "x": ("x", "x_px"),
    "y": ("y", "y_px"),
    "is_valid": ("is_valid", "valid", "validation", "split"),
    "group": ("group", "person", "series", "video"),
}
"""What a column may be called, the usual name first."""


@dataclass(frozen=True)
class CsvTable:
    """A table: its header as it came, and (line number, cells) for each row."""

    path: Path
    header: tuple[str, ...]
    rows: list[tuple[int, list[str]]]
    problems: tuple[str, ...] = ()

    def column(self, name: str) -> int | None:
        """The place of a column under any of its usual names, or `None`."""
        headings = [heading.strip().casefold() for heading in self.header]
        return next((headings.index(usual) for usual in COLUMNS[name] if usual in headings), None)

    def has(self, *names: str) -> bool:
        """Whether all these columns are there."""
        return all(self.column(name) is not None for name in names)

    def cells(self, name: str) -> list[str]:
        """The cells of a column, stripped of spaces around them; "" everywhere if there is no such column."""
        at = self.column(name)
        return [cells[at].strip() if at is not None else "" for _, cells in self.rows]


def read_csv(path: Path) -> CsvTable:
    """Read a CSV file with a header. Commas, semicolons or tabs separate the cells, whichever the header has most.

    Raises `DatasetError` when the file is no such table; a row of the wrong length only becomes a problem of it.
    """
    lines = csv.reader(io.StringIO(_text(path), newline=""), delimiter=_separator(path), strict=True)
    try:
        header = tuple(next(lines, ()))
        rows = [(lines.line_num, cells) for cells in lines if any(cell.strip() for cell in cells)]
    except csv.Error as error:
        raise DatasetError(
            f"“{path.name}” cannot be read as a table in line {lines.line_num}: {error}; check the quotation marks."
        ) from error
    if not any(heading.strip() for heading in header):
        raise DatasetError(f"“{path.name}” is empty; its first line must name the columns.")
    uneven = [(line, len(cells)) for line, cells in rows if len(cells) != len(header)]
    even = [(line, cells) for line, cells in rows if len(cells) == len(header)]
    return CsvTable(path, header, even, _uneven(path, len(header), uneven))


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise DatasetError(
                f"“{path.name}” is larger than {MOST_BYTES // 1024**2} MB, too large for a table."
            )
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise DatasetError(f"The table “{path.name}” cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise DatasetError(f"“{path.name}” {NO_TEXT}") from error
    if "\0" in text:
        raise DatasetError(f"“{path.name}” {NO_TEXT}")
    return text


def _separator(path: Path) -> str:
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        header = file.readline(100_000)
    return max(SEPARATORS, key=header.count)


def _uneven(path: Path, expected: int, uneven: list[tuple[int, int]]) -> tuple[str, ...]:
    if not uneven:
        return ()
    lines = some([f"line {line} has {counted(count, 'cell')}" for line, count in uneven])
    return (f"In “{path.name}” every row must have {counted(expected, 'cell')} like the header: {lines}.",)
