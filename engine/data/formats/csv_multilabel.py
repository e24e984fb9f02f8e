"""A table with one cell of labels for each picture, as PASCAL_2007 has it: fname, labels and optionally is_valid."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

from engine.data.formats.image_table import names_found, rows_of, table_with
from engine.data.formats.match import Evidence
from engine.data.formats.parsed_source import Found, Problem, Row
from engine.data.formats.phrases import some
from engine.data.formats.read_options import SEPARATORS, How
from engine.data.formats.source import Source
from engine.data.formats.text_table import TextTable

COLUMNS = ("fname", "labels")
BETWEEN_LABELS = re.compile(r"[,;|]")
ONE_LABEL_HEADINGS = {"label", "class", "category", "label_name", "classname"}
MARKS = {"commas": ",", "semicolons": ";", "bars": "|"}


def find(source: Source) -> Evidence | None:
    """The table that names pictures and their labels, and what stands between the labels."""
    table = table_with(source, *COLUMNS)
    if table is None:
        return None
    separator = separator_of(table)
    is_pascal = table.has("is_valid") and separator == "spaces" and not table.joined
    between = {
        "none": "every cell of labels holds one label",
        "spaces": "spaces stand between the labels of a cell",
    }.get(separator, f"{separator} stand between the labels of a cell")
    says = f"“{table.path.name}” has a column of pictures and one of labels"
    says += ", and says which are for validation, as PASCAL_2007 does" if is_pascal else ""
    return Evidence(
        (f"{says}.", f"{between[0].upper()}{between[1:]}.", names_found(source, table)),
        separator,
        table=table.path,
    )


def read(source: Source, how: How) -> Found:
    """One row for each picture, its labels from one cell."""
    table = table_with(source, *COLUMNS)
    found = rows_of(source, table)
    split = splitter(table, how.separator)
    for row, cell in zip(found.rows, table.cells("labels"), strict=True):
        row.labels = tuple(dict.fromkeys(split(cell)))
    if how.separator is None:
        found.problems += _mixed_separators(found.rows)
    return found


def separator_of(table: TextTable) -> str:
    """What stands between the labels of a cell: a name of `engine.data.formats.read_options.SEPARATORS`.

    Commas, semicolons and bars do where any cell has one; otherwise spaces do. A column headed "label" or "class", in
    the singular, without such marks holds one label a cell, spaces and all.
    """
    if table.separator:
        return table.separator
    cells = table.cells("labels")
    marks = Counter({name: sum(mark in cell for cell in cells) for name, mark in MARKS.items()})
    name, count = marks.most_common(1)[0]
    if count:
        return name
    if table.header[table.column("labels")].strip().casefold() in ONE_LABEL_HEADINGS:
        return "none"
    return "spaces"


def splitter(table: TextTable, separator: str | None) -> Callable[[str], list[str]]:
    """A function that takes a cell apart, by the separator that was chosen, or by what the cells show."""
    chosen = separator or separator_of(table)
    if chosen == "none":
        return lambda cell: [cell] if cell else []
    if chosen == "spaces":
        return str.split
    marks = (
        BETWEEN_LABELS
        if separator is None and table.separator is None
        else re.compile(re.escape(SEPARATORS[chosen]))
    )
    return lambda cell: [label.strip() for label in marks.split(cell) if label.strip()]


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
