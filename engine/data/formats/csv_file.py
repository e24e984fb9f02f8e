"""A CSV or TSV file as a table of text; every fault is named with its line."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from engine.data.csv_safety import unguarded
from engine.data.formats.record import DatasetError
from engine.data.formats.text_table import TextTable, text_table

MOST_BYTES = 64 * 1024**2
SEPARATORS = ",;\t"
NO_TEXT = "is not a table of text in UTF-8; save it as “CSV (UTF-8)”."


def read_csv(path: Path) -> TextTable:
    """Read a CSV file with a header. Commas, semicolons or tabs separate the cells, whichever the header has most.

    The apostrophe that keeps a spreadsheet from running a cell is taken off again.

    Raises `DatasetError` when the file is no such table; a row of the wrong length only becomes a problem of it.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise DatasetError(
                f"“{path.name}” is larger than {MOST_BYTES // 1024**2} MB, too large for a table."
            )
        with path.open(encoding="utf-8-sig", newline="") as file:
            return _read(path, file)
    except OSError as error:
        raise DatasetError(f"The table “{path.name}” cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise DatasetError(f"“{path.name}” {NO_TEXT}") from error


def _read(path: Path, file: TextIO) -> TextTable:
    separator = max(SEPARATORS, key=file.readline(100_000).count)
    file.seek(0)
    lines = csv.reader(_without_zeros(path, file), delimiter=separator, strict=True)
    try:
        rows = ((lines.line_num, [unguarded(cell) for cell in cells]) for cells in lines)
        return text_table(path, next(lines, ()), rows)
    except csv.Error as error:
        raise DatasetError(
            f"“{path.name}” cannot be read as a table in line {lines.line_num}: {error}; check the quotation marks."
        ) from error


def _without_zeros(path: Path, file: TextIO) -> Iterator[str]:
    for line in file:
        if "\0" in line:
            raise DatasetError(f"“{path.name}” {NO_TEXT}")
        yield line
