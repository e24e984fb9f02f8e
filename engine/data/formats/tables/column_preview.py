"""The columns of every table of a source with a few of their cells, for a person who says which column is which."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from engine.data.formats.open_source import open_source
from engine.data.formats.source import Source
from engine.data.formats.tables.text_table import TextTable

ROWS_SHOWN = 5
LONGEST_CELL = 60


@dataclass(frozen=True)
class TablePreview:
    """The head of one table.

    Attributes:
        file: its name, relative to the folder of the source; what `ReadOptions.table` takes.
        sheet: the sheet of an Excel file that has several; "" otherwise.
        headings: (C,) the headings, as `ReadOptions` takes them.
        rows: the first rows, (C,) cells each; long cells are cut.
        row_count: how many rows there are in all.
    """

    file: str
    sheet: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    row_count: int

    @property
    def choices(self) -> tuple[str, ...]:
        """The headings that a person can choose: those that are not empty, each once."""
        return tuple(dict.fromkeys(heading for heading in self.headings if heading))

    def example(self, heading: str) -> str:
        """The first filled cell below a heading among the rows shown; "" where all are empty."""
        at = self.headings.index(heading)
        return next((row[at] for row in self.rows if row[at]), "")


def table_previews(path: Path) -> tuple[TablePreview, ...]:
    """Every table at a path, each sheet on its own; () where there is none that can be read.

    Raises `DatasetError` where the path itself cannot be read.
    """
    source = open_source(path)
    return tuple(_preview(source, table) for table in source.all_sheets)


def _preview(source: Source, table: TextTable) -> TablePreview:
    rows = tuple(tuple(_short(cell) for cell in cells) for _, cells in table.rows[:ROWS_SHOWN])
    headings = tuple(heading.strip() for heading in table.header)
    return TablePreview(source.name_of(table), table.sheet, headings, rows, len(table.rows))


def _short(cell: str) -> str:
    cell = cell.strip()
    return cell if len(cell) <= LONGEST_CELL else f"{cell[: LONGEST_CELL - 1]}…"
