"""Tables as CSV text that no spreadsheet runs."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence

from engine.data.csv_safety import guarded
from engine.data.formats import Dataset


def csv_text(columns: Mapping[str, Sequence]) -> str:
    """Columns of equal length as CSV, the headings first; text that a spreadsheet would run is guarded."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(_cells(row) for row in zip(*columns.values(), strict=True))
    return text.getvalue()


def common_columns(dataset: Dataset) -> dict[str, list]:
    """The validation split and the groups, where there are groups."""
    columns: dict[str, list] = {"is_valid": [bool(part) for part in dataset.table["is_valid"]]}
    if "group" in dataset.table:
        columns["group"] = [group or "" for group in dataset.table["group"]]
    return columns


def _cells(row: Iterable[object]) -> list[object]:
    return [guarded(cell) if isinstance(cell, str) else cell for cell in row]
