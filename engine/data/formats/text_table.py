"""A table in which every cell is only ever text, whatever kind of file it came from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from engine.data.formats.phrases import counted, some
from engine.data.formats.record import DatasetError

MOST_ROWS, MOST_COLUMNS, MOST_CELLS = 200_000, 5_000, 5_000_000

COLUMNS = {
    "fname": (
        *("fname", "filename", "file_name", "file", "image", "picture", "path", "name"),
        *("image_name", "picture_name", "image_path", "img_path", "file_path", "filepath", "img", "photo", "image_id"),
    ),
    "labels": ("labels", "tags", "classes", "label", "class", "category", "label_name", "classname"),
    "x": ("x", "x_px", "cx", "x_center", "center_x", "point_x", "x_percent", "x_fraction"),
    "y": ("y", "y_px", "cy", "y_center", "center_y", "point_y", "y_percent", "y_fraction"),
    "is_valid": ("is_valid", "valid", "validation", "split"),
    "group": ("group", "person", "series", "video", "subject"),
}  # fmt: skip
"""What a column may be called, the usual name first."""


@dataclass(frozen=True)
class TextTable:
    """A table: its header as it came, and (number, cells) for each row.

    `unit` is what the numbers count, "line" or "row"; `separator` is how lists in cells were joined, if any were;
    `joined` names the files, where several were read as this one: then a number also says of which.
    """

    path: Path
    header: tuple[str, ...]
    rows: list[tuple[int | str, list[str]]]
    problems: tuple[str, ...] = ()
    unit: str = "line"
    separator: str | None = None
    joined: tuple[str, ...] = ()

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
        return self.cells_at(at) if at is not None else [""] * len(self.rows)

    def cells_at(self, at: int) -> list[str]:
        """The cells of the column at this place, stripped of spaces around them."""
        return [cells[at].strip() for _, cells in self.rows]

    def places(self) -> list[str]:
        """How error sentences call each row: "line 7"."""
        return [f"{self.unit} {number}" for number, _ in self.rows]


def text_table(
    path: Path, header: Iterable[str], rows: Iterable, unit: str = "line", separator=None
) -> TextTable:
    """A table from its header and (number, cells) of its rows; empty rows are skipped.

    A row of the wrong length only becomes a problem of the table. Raises `DatasetError` when there is no header or
    when there are too many rows.
    """
    header = tuple(header)
    if not any(heading.strip() for heading in header):
        raise DatasetError(f"“{path.name}” is empty; its first line must name the columns.")
    if len(header) > MOST_COLUMNS:
        raise DatasetError(f"“{path.name}” has more than {MOST_COLUMNS:,} columns, too many for a table.")
    few = not_too_many(path, rows, len(header))
    full = [(number, cells) for number, cells in few if any(cell.strip() for cell in cells)]
    uneven = [(number, len(cells)) for number, cells in full if len(cells) != len(header)]
    even = [(number, cells) for number, cells in full if len(cells) == len(header)] if uneven else full
    return TextTable(path, header, even, _uneven(path, len(header), uneven, unit), unit, separator)


def not_too_many(path: Path, rows: Iterable, columns: int = 1) -> Iterator:
    """The rows one by one. Raises `DatasetError` at the first that is too many for a table of so many columns."""
    most = min(MOST_ROWS, MOST_CELLS // columns)
    for count, row in enumerate(rows):
        if count >= most:
            raise DatasetError(f"“{path.name}” has more than {most:,} rows, too many for a table; divide it.")
        yield row


def _uneven(path: Path, expected: int, uneven: list[tuple[int, int]], unit: str) -> tuple[str, ...]:
    if not uneven:
        return ()
    lines = some([f"{unit} {number} has {counted(count, 'cell')}" for number, count in uneven])
    return (f"In “{path.name}” every row must have {counted(expected, 'cell')} like the header: {lines}.",)
