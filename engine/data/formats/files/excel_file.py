"""The filled sheets of an Excel file as tables of text. Formulas count as what they last showed."""

from __future__ import annotations

import time
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from engine.data.formats.record import DatasetError
from engine.data.formats.tables.text_table import MOST_COLUMNS, TextTable, text_table
from engine.jobs.resource_limits import OutOfTime

MOST_UNPACKED = 128 * 1024**2
MOST_SHARED_TEXT = 32 * 1024**2
HEADER_WITHIN = 1_000
"""The header is among so many rows."""
MOST_SECONDS = 6
"""In so much processor time, about 250,000 cells are read on a slow machine."""
MOST_CELLS_PASSED = 20_000_000


def read_excel(path: Path) -> list[TextTable]:
    """A table for each sheet of an .xlsx file that is not empty; its first filled row names the columns.

    Raises `DatasetError` where it is no such file, or every sheet is empty.
    """
    from openpyxl import load_workbook  # it takes a twentieth of a second, and few tables are of Excel

    _check_size(path)
    try:
        workbook = load_workbook(path, read_only=True, data_only=True, keep_links=False)
        try:
            return _tables(path, workbook)
        finally:
            workbook.close()
    except (DatasetError, MemoryError, OutOfTime):
        raise
    except Exception as error:  # a broken file makes openpyxl fail in a dozen ways
        raise DatasetError(f"“{path.name}” is not a readable Excel file (.xlsx); save it as CSV.") from error


def _check_size(path: Path) -> None:
    """An .xlsx file is a zip: what it would unpack to is asked before it is unpacked."""
    try:
        with zipfile.ZipFile(path) as archive:
            sizes = {info.filename: info.file_size for info in archive.infolist()}
    except (OSError, zipfile.BadZipFile) as error:
        raise DatasetError(f"“{path.name}” is not a readable Excel file (.xlsx); save it as CSV.") from error
    if sum(sizes.values()) > MOST_UNPACKED or sizes.get("xl/sharedStrings.xml", 0) > MOST_SHARED_TEXT:
        raise DatasetError(f"“{path.name}” would unpack to too much for a table; save it as CSV.")


def _tables(path: Path, workbook) -> list[TextTable]:
    tables = [table for sheet in workbook.worksheets if (table := _table(path, sheet)) is not None]
    if not tables:
        raise DatasetError(f"“{path.name}” is empty; its first row must name the columns.")
    return [replace(tables[0], sheet="")] if len(tables) == 1 else tables


def _table(path: Path, sheet) -> TextTable | None:
    sheet.reset_dimensions()
    header = next(_rows(path, sheet, 1, MOST_COLUMNS + 1, HEADER_WITHIN), None)
    if header is None:
        return None
    first, names = header[0], [name.strip() for name in header[1]]
    width = max((at + 1 for at, name in enumerate(names) if name), default=0)
    if not width or width > MOST_COLUMNS:
        return text_table(path, names, (), "row", sheet=sheet.title)
    return text_table(path, names[:width], _rows(path, sheet, first + 1, width), "row", sheet=sheet.title)


def _rows(
    path: Path, sheet, first: int, width: int, last: int | None = None
) -> Iterator[tuple[int, list[str]]]:
    """The numbers and the `width` cells of the rows that are not empty, from the row `first` on.

    An empty row costs time, too: a file of a few kB may have a million of them. So does a cell with text of its own.
    """
    began = time.thread_time()
    rows = sheet.iter_rows(min_row=first, max_row=last, max_col=width, values_only=True)
    for number, cells in enumerate(rows, first):
        if number * width > MOST_CELLS_PASSED:
            raise DatasetError(f"“{path.name}” has too many empty rows for a table; delete them.")
        if time.thread_time() - began > MOST_SECONDS:
            raise DatasetError(f"“{path.name}” takes too long to read as an Excel file; save it as CSV.")
        texts = [_text(cell) for cell in cells] if any(cell is not None for cell in cells) else []
        if any(texts):
            yield number, (texts + [""] * width)[:width]


def _text(value) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime) and not (value.hour or value.minute or value.second):
        return value.date().isoformat()
    return str(value)
