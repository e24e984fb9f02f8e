"""PASCAL_2007 (train.csv: fname, labels, is_valid; pictures in train/) and points (points.csv: fname, x, y)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence

from engine.data.csv_safety import guarded
from engine.data.exports.layout import Contents, placed, short_names
from engine.data.formats import Dataset


def pascal_2007(dataset: Dataset) -> Contents:
    """Labels are separated by spaces, as in PASCAL_2007; by bars where a label has a space in it."""
    joined = _joined(dataset)
    columns = {"fname": short_names(dataset), "labels": joined, **_common(dataset)}
    return Contents({"train.csv": _csv(columns)}, placed(dataset, "train"))


def points_table(dataset: Dataset) -> Contents:
    """Points in pixels of each upright picture, whose width and height are in the next columns."""
    table = dataset.table
    columns = {"fname": short_names(dataset), "x": table["x"].tolist(), "y": table["y"].tolist()}
    columns |= _common(dataset) | {name: table[name].tolist() for name in ("width", "height")}
    return Contents({"points.csv": _csv(columns)}, placed(dataset, "images"))


def _joined(dataset: Dataset) -> list[str]:
    rows = dataset.table["labels"]
    if any(" " in label for label in dataset.vocab):
        return ["".join(f"{label}|" for label in labels) for labels in rows]
    return [" ".join(labels) for labels in rows]


def _common(dataset: Dataset) -> dict[str, list]:
    columns: dict[str, list] = {"is_valid": [bool(part) for part in dataset.table["is_valid"]]}
    if "group" in dataset.table:
        columns["group"] = [group or "" for group in dataset.table["group"]]
    return columns


def _csv(columns: Mapping[str, Sequence]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(_cells(row) for row in zip(*columns.values(), strict=True))
    return text.getvalue()


def _cells(row: Iterable[object]) -> list[object]:
    return [guarded(cell) if isinstance(cell, str) else cell for cell in row]
