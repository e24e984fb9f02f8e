"""JSON files as they are imported: read within limits, and as tables of text where they hold rows."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from engine.data.formats.files.text_file import open_text, read_text
from engine.data.formats.record import DatasetError
from engine.data.formats.tables.text_table import TextTable, not_too_many, text_table

MOST_VALUES = 12_000_000
"""In a JSON file that is held whole: COCO's outlines come near it, lists of empty lists go far beyond."""


def read_json(path: Path) -> Any:
    """What a JSON file holds. Raises `DatasetError` where it is none, too large, or nested too deeply."""
    text, _ = read_text(path)
    if text.count(",") > MOST_VALUES:
        raise DatasetError(f"“{path.name}” holds more than {MOST_VALUES:,} values; split it up.")
    return _parsed(path, text)


def read_json_lines(path: Path) -> TextTable:
    """A file with a JSON object on each line, as a table of text; lines that hold none are set aside where few."""
    rows: list[tuple[int, Any]] = []
    unread: list[tuple[int, str, str]] = []
    first_error: DatasetError | None = None
    with open_text(path) as (file, encoding):
        lines = ((number, line) for number, line in enumerate(file, 1) if line.strip())
        for number, line in not_too_many(path, lines):
            try:
                rows.append((number, _parsed(path, line, number)))
            except DatasetError as error:
                first_error = first_error or error
                unread.append((number, "cannot be read as JSON", line))
    if first_error and not rows:
        raise first_error
    return replace(table_of(path, rows, "line", unread), encoding=encoding)


def table_of(
    path: Path,
    rows: Iterable[tuple[int, Any]],
    unit: str = "row",
    unread: Iterable[tuple[int, str, str]] = (),
) -> TextTable:
    """JSON objects as a table: its columns are all their keys, also those of objects in them (`objects.categories`);
    lists and deeper objects stay JSON in their cells.

    `unread` are the numbers of rows that could not be read, with the reason and their text. Raises `DatasetError` where
    no row is an object.
    """
    rows = list(rows)
    objects = [(number, _flat(row)) for number, row in rows if isinstance(row, dict)]
    strange = [
        (number, "is not an object", json.dumps(row)) for number, row in rows if not isinstance(row, dict)
    ]
    header = tuple(dict.fromkeys(key for _, row in objects for key in row))
    if not header and strange:
        raise DatasetError(
            f"“{path.name}” must hold objects with the columns' names: {unit} {strange[0][0]} is not one."
        )
    cells = ((number, [_cell(row.get(key)) for key in header]) for number, row in objects)
    return text_table(path, header, cells, unit, sorted([*unread, *strange]))


def _flat(row: dict) -> dict:
    """The row with the keys of objects in it as keys of its own, after the name of the object and a point."""
    if not any(isinstance(value, dict) for value in row.values()):
        return row
    flat: dict[str, Any] = {}
    for key, value in row.items():
        inner = {f"{key}.{name}": one for name, one in value.items()} if isinstance(value, dict) else {}
        flat |= inner or {key: value}
    return flat


def _parsed(path: Path, text: str, line: int | None = None) -> Any:
    where = f" in line {line}" if line else ""
    try:
        return json.loads(text)
    except RecursionError as error:
        raise DatasetError(f"“{path.name}” is nested too deeply to be read{where}.") from error
    except ValueError as error:
        raise DatasetError(f"“{path.name}” cannot be read as JSON{where}: {error}.") from error


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else str(value)
