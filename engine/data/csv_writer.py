"""Predictions as CSV that is safe to open in a spreadsheet, whatever the images' files are called."""

import csv
import io
from collections.abc import Mapping, Sequence

from engine.data.csv_safety import guarded


def csv_text(rows: Sequence[Mapping[str, object]]) -> str:
    """One CSV line per row, under the columns of all rows in order of first appearance.

    Spreadsheets run a cell that begins with = + - or @ as a formula, so text that does (blanks before it do not
    count) gets an apostrophe in front; numbers stay numbers. Missing cells are empty.
    See the OWASP page "CSV Injection".
    """
    columns = list(dict.fromkeys(column for row in rows for column in row))
    return csv_lines(rows, columns, header=True)


def csv_lines(rows: Sequence[Mapping[str, object]], columns: Sequence[str], header: bool) -> str:
    """The same with given columns, with or without the line that names them: for a file that grows."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    if header:
        writer.writerow([safe_cell(column) for column in columns])
    writer.writerows([[safe_cell(row.get(column)) for column in columns] for row in rows])
    return text.getvalue()


def safe_cell(value: object) -> object:
    """The value as a spreadsheet may see it: text that would be run as a formula is quoted with an apostrophe."""
    if value is None:
        return ""
    return guarded(value) if isinstance(value, str) else value
