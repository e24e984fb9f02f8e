"""Tables that name pictures: labels as PASCAL_2007 has them (fname, labels, is_valid), or points (fname, x, y)."""

from __future__ import annotations

import math
import re

from engine.datasets.csv_file import COLUMNS, CsvTable
from engine.datasets.found import Found, Problem, Row
from engine.datasets.listing import Listing
from engine.datasets.names import is_unsafe
from engine.datasets.wording import some
from engine.tasks import POINTS

PICTURE_FOLDERS = ("train", "images", "pictures", "JPEGImages", "")
"""Where the pictures of a table may lie, seen from the table."""

BETWEEN_LABELS = re.compile(r"[,;|]")
ONE_LABEL_HEADINGS = {"label", "class", "category"}
VALID = {"true", "1", "1.0", "yes", "valid", "val", "validation"}
TRAIN = {"false", "0", "0.0", "no", "train", "training", ""}


def needed_columns(task: str) -> tuple[str, ...]:
    """The columns without which a table cannot serve a task."""
    return ("fname", "x", "y") if task == POINTS else ("fname", "labels")


def read_table(table: CsvTable, listing: Listing, task: str) -> Found:
    """The rows of a table of labels or of points, with every problem in it."""
    found = Found(listing, problems=list(table.problems))
    missing = [name for name in needed_columns(task) if table.column(name) is None]
    if missing:
        found.problems.append(_missing_columns(table, task, missing))
        return found
    found.rows = [
        Row(fname, f"line {line}") for fname, (line, _) in zip(table.cells("fname"), table.rows, strict=True)
    ]
    found.has_split = table.column("is_valid") is not None
    _place_pictures(found, listing)
    _read_split(found, table)
    (_read_points if task == POINTS else _read_labels)(found, table)
    return found


def _missing_columns(table: CsvTable, task: str, missing: list[str]) -> str:
    other = ("fname", "labels") if task == POINTS else ("fname", "x", "y")
    came = ", ".join(heading.strip() or "(no name)" for heading in table.header)
    if table.has(*other):
        holds = "labels, not points" if task == POINTS else "points, not labels"
        instead = "single-label or multi-label" if task == POINTS else "points"
        return f"“{table.path.name}” holds {holds}; choose the task {instead}, or another table."
    wanted = " and ".join(f"“{name}”" for name in missing)
    return f"“{table.path.name}” has no column {wanted}; its columns are: {came}."


def _place_pictures(found: Found, listing: Listing) -> None:
    """Write each name relative to the folder."""
    names = [row.fname.replace("\\", "/").removeprefix("./") for row in found.rows]
    found.place = _picture_folder(names, listing)
    for row, name in zip(found.rows, names, strict=True):
        place = f"{found.place}/{name}" if found.place and not is_unsafe(name) else name
        row.has_name = bool(name)
        row.fname = (listing.same(place) or place) if name else row.where


def _picture_folder(names: list[str], listing: Listing) -> str:
    """The folder, seen from the table, that holds most of the named pictures; if none does, one that exists."""

    def held(base: str) -> int:
        return sum((f"{base}/{name}" if base else name) in listing.known for name in names)

    return max(PICTURE_FOLDERS, key=lambda base: (held(base), base in listing.folders))


def _read_split(found: Found, table: CsvTable) -> None:
    strange = []
    for row, cell, group in zip(found.rows, table.cells("is_valid"), table.cells("group"), strict=True):
        row.group = group if table.column("group") is not None else None
        if found.has_split:
            row.is_valid = cell.casefold() in VALID
            if not row.is_valid and cell.casefold() not in TRAIN:
                strange.append((row.fname, f"“{cell}” in {row.where}"))
    if strange:
        heading = COLUMNS["is_valid"][0]
        found.problems.append(
            Problem("part", tuple(strange), lambda told: f"“{heading}” must be True or False: {some(told)}.")
        )


def _read_labels(found: Found, table: CsvTable) -> None:
    cells = table.cells("labels")
    split = _label_splitter(cells, table.header[table.column("labels")])
    for row, cell in zip(found.rows, cells, strict=True):
        row.labels = tuple(dict.fromkeys(split(cell)))
    found.problems += _mixed_separators(found.rows)


def _label_splitter(cells: list[str], heading: str):
    """Commas, semicolons and bars separate labels where any cell has one; otherwise spaces do.

    A column headed "label" or "class", in the singular, without such marks holds one label a cell, spaces and all.
    """
    if any(BETWEEN_LABELS.search(cell) for cell in cells):
        return lambda cell: [label.strip() for label in BETWEEN_LABELS.split(cell) if label.strip()]
    if heading.strip().casefold() in ONE_LABEL_HEADINGS:
        return lambda cell: [cell] if cell else []
    return str.split


def _mixed_separators(rows: list[Row]) -> list[Problem]:
    """A label such as "car person" beside "car" and "person" is a cell that forgot the comma of the others."""
    known = {label for row in rows for label in row.labels}
    mixed = tuple(
        (row.fname, f"“{label}” in {row.where}")
        for row in rows
        for label in row.labels
        if " " in label and all(part in known for part in label.split())
    )
    begins = "Labels are separated by commas in some cells and by spaces in others:"
    return [Problem("mixed separators", mixed, lambda told: f"{begins} {some(told)}.")] if mixed else []


def _read_points(found: Found, table: CsvTable) -> None:
    strange = []
    for row, x, y in zip(found.rows, table.cells("x"), table.cells("y"), strict=True):
        try:
            row.point_px = _number(x), _number(y)
        except ValueError:
            strange.append((row.fname, f"“{x}”, “{y}” in {row.where}"))
    if strange:
        found.problems.append(
            Problem(
                "number", tuple(strange), lambda told: f"x and y must be numbers, in pixels: {some(told)}."
            )
        )
    points = [row.point_px for row in found.rows if row.point_px]
    if points and all(abs(value) <= 1 for point in points for value in point):
        found.problems.append(
            "Every x and y lies between -1 and 1, so they look like shares of the picture; give them in pixels."
        )
        found.rows = [Row(row.fname, row.where) for row in found.rows]


def _number(cell: str) -> float:
    value = float(cell)
    if not math.isfinite(value):
        raise ValueError(cell)
    return value
