"""The filled sheets of an Excel file as tables of text. Formulas count as what they last showed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from engine.data.formats.files import workbook_extent
from engine.data.formats.record import DatasetError
from engine.data.formats.tables.text_table import MOST_COLUMNS, TextTable, text_table
from engine.jobs.resource_limits import OutOfTime

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

HEADER_WITHIN = 1_000
"""The header is among so many rows."""


def read_excel(path: Path) -> list[TextTable]:
    """A table for each sheet of an .xlsx file that is not empty; its first filled row names the columns.

    Raises `DatasetError` where it is no such file, too large for a table, or every sheet is empty.
    """
    from python_calamine import CalamineWorkbook  # few tables are of Excel

    workbook_extent.check(path)
    try:
        with CalamineWorkbook.from_path(str(path)) as workbook:
            return _tables(path, workbook)
    except (DatasetError, MemoryError, OutOfTime):
        raise
    except Exception as error:  # a broken file makes calamine fail in a dozen ways
        raise workbook_extent.not_readable(path) from error


def _tables(path: Path, workbook: CalamineWorkbook) -> list[TextTable]:
    from python_calamine import SheetTypeEnum

    names = [about.name for about in workbook.sheets_metadata if about.typ == SheetTypeEnum.WorkSheet]
    tables = [table for name in names if (table := _table(path, workbook.get_sheet_by_name(name)))]
    if not tables:
        raise DatasetError(f"“{path.name}” is empty; its first row must name the columns.")
    return [replace(tables[0], sheet="")] if len(tables) == 1 else tables


def _table(path: Path, sheet: CalamineSheet) -> TextTable | None:
    rows = enumerate(sheet.iter_rows(), 1)
    _, header = next(_filled(islice(rows, HEADER_WITHIN), MOST_COLUMNS + 1), (0, []))
    names = [name.strip() for name in header]
    width = max((at + 1 for at, name in enumerate(names) if name), default=0)
    if not width:
        return None
    if width > MOST_COLUMNS:
        return text_table(path, names, (), "row", sheet=sheet.name)
    return text_table(path, names[:width], _filled(rows, width), "row", sheet=sheet.name)


def _filled(rows: Iterator[tuple[int, list]], width: int) -> Iterator[tuple[int, list[str]]]:
    """The numbers and the first `width` cells of the rows that are not empty."""
    for number, cells in rows:
        texts = [_text(cell) for cell in cells[:width]]
        if any(texts):
            yield number, texts + [""] * (width - len(texts))


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime) and not (value.hour or value.minute or value.second):
        return value.date().isoformat()
    return str(value)
