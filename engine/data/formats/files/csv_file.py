"""A CSV or TSV file as a table of text; every fault is named with its line."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from pathlib import Path
from typing import TextIO

from engine.data.csv_safety import unguarded
from engine.data.formats.files.text_file import open_text
from engine.data.formats.record import DatasetError
from engine.data.formats.tables.text_table import TextTable, text_table

DELIMITERS = ",;\t|"
LONGEST_LINE = 100_000
LOOKED_AT = 50
"""How many lines are compared to find what separates the cells."""


def read_csv(path: Path) -> TextTable:
    """Read a CSV file: cells between commas, semicolons, tabs or bars, in any encoding of `read_text`.

    Excel's first line `sep=;` names the delimiter. Without it, it is the one that gives most lines as many cells as
    the first line. The apostrophe that keeps a spreadsheet from running a cell is taken off again.

    Raises `DatasetError` when the file is no such table; a row of the wrong length only becomes a problem of it.
    """
    with open_text(path) as (file, encoding):
        named = _sep_line(file)
        skipped, delimiter = (1, named) if named else (0, _delimiter(file))
        lines = csv.reader(file, delimiter=delimiter, strict=True)
        guarded: list[str] = []
        try:
            rows = ((lines.line_num + skipped, _unguarded(cells, guarded)) for cells in lines)
            table = text_table(path, next(lines, ()), rows, encoding=encoding, delimiter=delimiter)
        except csv.Error as error:
            at = lines.line_num + skipped
            raise DatasetError(
                f"“{path.name}” cannot be read as a table in line {at}: {error}; check the quotation marks."
            ) from error
    return replace(table, guarded=tuple(guarded))


def _unguarded(cells: list[str], guarded: list[str]) -> list[str]:
    """The cells without the apostrophes that guard them; those that had one are added to `guarded`."""
    taken = [unguarded(cell) for cell in cells]
    guarded += [cell for cell, bare in zip(cells, taken, strict=True) if cell != bare]
    return taken


def _sep_line(file: TextIO) -> str:
    """The delimiter that a first line such as "sep=;" names, and "" without one; the file is then at its beginning."""
    line = re.fullmatch(r"\"?sep=([,;\t|])\"?\s*", file.readline(LONGEST_LINE), re.IGNORECASE)
    if line:
        return line[1]
    file.seek(0)
    return ""


def _delimiter(file: TextIO) -> str:
    """What separates the cells; the file is at its beginning before and after."""
    beginning = file.read(LONGEST_LINE)
    file.seek(0)
    first = re.split(r"[\r\n]", beginning, maxsplit=1)[0]
    counts = {one: first.count(one) for one in DELIMITERS}
    there = [one for one in DELIMITERS if counts[one]]
    if len(there) < 2:
        return there[0] if there else ","
    return max(there, key=lambda one: (_even_lines(beginning, one), counts[one]))


def _even_lines(text: str, delimiter: str) -> int:
    """How many of the first lines have as many cells as the first of them."""
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        widths = [len(cells) for cells, _ in zip(lines, range(LOOKED_AT), strict=False) if cells]
    except csv.Error:
        return 0
    return sum(width == widths[0] for width in widths)
