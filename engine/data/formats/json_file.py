"""JSON files as they are brought: read within limits, and as tables of text where they hold rows."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from engine.data.formats.record import DatasetError
from engine.data.formats.text_table import TextTable, not_too_many, text_table

MOST_BYTES = 64 * 1024**2
BETWEEN = "|"


def read_json(path: Path):
    """What a JSON file holds. Raises `DatasetError` where it is none, too large, or nested too deeply."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise DatasetError(f"“{path.name}” is larger than {MOST_BYTES // 1024**2} MB; divide it.")
        return _parsed(path, path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError as error:
        raise DatasetError(f"“{path.name}” is not a text in UTF-8.") from error
    except OSError as error:
        raise DatasetError(f"“{path.name}” cannot be read: {error.strerror}.") from error


def read_json_lines(path: Path) -> TextTable:
    """A file with a JSON object on each line, as a table of text."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise DatasetError(
                f"“{path.name}” is larger than {MOST_BYTES // 1024**2} MB, too large for a table."
            )
        with path.open(encoding="utf-8-sig") as file:
            lines = ((number, line) for number, line in enumerate(file, 1) if line.strip())
            rows = [(number, _parsed(path, line, number)) for number, line in not_too_many(path, lines)]
    except UnicodeDecodeError as error:
        raise DatasetError(f"“{path.name}” is not a text in UTF-8.") from error
    except OSError as error:
        raise DatasetError(f"“{path.name}” cannot be read: {error.strerror}.") from error
    return table_of(path, rows, "line")


def table_of(path: Path, rows: Iterable[tuple[int, dict]], unit: str = "row") -> TextTable:
    """JSON objects as a table: its columns are all their keys; a list in a cell is joined with bars."""
    rows = list(rows)
    strange = next((number for number, row in rows if not isinstance(row, dict)), None)
    if strange is not None:
        raise DatasetError(
            f"“{path.name}” must hold objects with the columns' names: {unit} {strange} is none."
        )
    header = tuple(dict.fromkeys(key for _, row in rows for key in row))
    has_lists = any(isinstance(value, list) for _, row in rows for value in row.values())
    cells = (
        (number, [_cell(path, row.get(key), f"{unit} {number}") for key in header]) for number, row in rows
    )
    return text_table(path, header, cells, unit, "bars" if has_lists else None)


def _parsed(path: Path, text: str, line: int | None = None):
    where = f" in line {line}" if line else ""
    try:
        return json.loads(text)
    except RecursionError as error:
        raise DatasetError(f"“{path.name}” is nested too deeply to be read{where}.") from error
    except ValueError as error:
        raise DatasetError(f"“{path.name}” cannot be read as JSON{where}: {error}.") from error


def _cell(path: Path, value, where: str) -> str:
    if value is None:
        return ""
    if isinstance(value, list) and not any(isinstance(one, dict | list) for one in value):
        return BETWEEN.join(_cell(path, one, where) for one in value)
    if isinstance(value, dict | list):
        raise DatasetError(f"“{path.name}” has a cell that holds more than text or numbers in {where}.")
    return str(value)
