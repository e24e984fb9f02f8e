"""A table with one cell of labels for each image, as PASCAL_2007 has it: fname, labels and optionally is_valid."""

from __future__ import annotations

from engine.data.formats.evidence import Evidence
from engine.data.formats.parsed_source import ParsedSource, Problem, Row
from engine.data.formats.phrases import some
from engine.data.formats.read_options import SEPARATORS, ReadOptions
from engine.data.formats.source import Source
from engine.data.formats.tables.columns import Columns
from engine.data.formats.tables.csv_long import has_a_row_for_each_label
from engine.data.formats.tables.image_table import (
    merge_equal_rows,
    names_matched,
    rows_of,
    split_rows,
    table_with,
)
from engine.data.formats.tables.label_cells import CellLabels, labels_of


def find(source: Source) -> Evidence | None:
    """The table that names images and their labels, and what stands between the labels."""
    columns = _columns(source)
    if columns is None or (
        source.options.format is None and has_a_row_for_each_label(columns, source.options)
    ):
        return None
    table, read = columns.table, _labels(columns, source.options)
    is_pascal = columns.split is not None and read.separator == "spaces" and not table.joined
    between = {
        "none": "Every cell of labels holds one label",
        "spaces": "Spaces stand between the labels of a cell",
        "lists": "Every cell of labels holds a list",
        "vector": "Every cell of labels holds 0 or 1 for each class",
    }.get(read.separator, f"{read.separator.capitalize()} stand between the labels of a cell")
    says = f"{table.title} has a column of pictures and one of labels"
    says += ", and says which are for validation, as PASCAL_2007 does" if is_pascal else ""
    separator = read.separator if read.separator in SEPARATORS else None
    return Evidence((f"{says}.", f"{between}.", names_matched(source, columns)), separator, table=table.path)


def read(source: Source, options: ReadOptions) -> ParsedSource:
    """One row for each image, its labels from one cell."""
    columns = _columns(source)
    assert columns is not None
    parsed, read_labels = rows_of(source, columns), _labels(columns, options)
    parsed.assumptions += read_labels.assumptions
    for row, labels in zip(parsed.rows, read_labels.labels, strict=True):
        row.labels = labels
    if options.separator is None:
        parsed.problems += _mixed_separators(parsed.rows)
    split_rows(parsed, columns)
    merge_equal_rows(parsed)
    return parsed


def _columns(source: Source) -> Columns | None:
    return table_with(source, lambda columns: columns.labels is not None)


def _labels(columns: Columns, options: ReadOptions) -> CellLabels:
    assert columns.labels is not None
    title = f" in {columns.title(columns.labels)} of {columns.table.title}"
    return labels_of(columns.cells(columns.labels), columns.names[columns.labels], options, title)


def _mixed_separators(rows: list[Row]) -> list[Problem]:
    """A label such as "car person" next to "car" and "person" is a cell that forgot the comma of the others."""
    known = {label for row in rows for label in row.labels}
    mixed = tuple(
        (row.fname, f"“{label}” in {row.where}")
        for row in rows
        for label in row.labels
        if " " in label and all(part in known for part in label.split())
    )
    begins = "Labels are separated by commas in some cells and by spaces in others:"
    return [Problem("mixed separators", mixed, lambda told: f"{begins} {some(told)}.")] if mixed else []
