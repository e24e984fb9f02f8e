"""A table with one cell of labels for each image, as PASCAL_2007 has it: fname, labels and optionally is_valid."""

from __future__ import annotations

import re

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
)
from engine.data.formats.tables.label_cells import CellLabels, labels_of
from engine.data.formats.tables.label_table import label_table


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
        "none": "Every label cell holds one label",
        "spaces": "Spaces separate the labels of a cell",
        "lists": "Every label cell holds a list",
        "vector": "Every label cell holds 0 or 1 for each class",
    }.get(read.separator, f"{read.separator.capitalize()} separate the labels of a cell")
    says = f"{table.title} has a column of images and one of labels"
    says += ", and marks the images for validation, as PASCAL_2007 does" if is_pascal else ""
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
    columns = label_table(source)
    return columns if columns is not None and columns.labels is not None else None


def _labels(columns: Columns, options: ReadOptions) -> CellLabels:
    assert columns.labels is not None
    title = f" in {columns.title(columns.labels)} of {columns.table.title}"
    return labels_of(columns.cells(columns.labels), columns.names[columns.labels], options, title)


def _mixed_separators(rows: list[Row]) -> list[Problem]:
    """A label such as "car person" or "car/person" next to "car" and "person" is probably both of them."""
    known = {label for row in rows for label in row.labels}
    several = {label for label in known if _may_be_several(label, known)}
    mixed = tuple(
        (row.fname, f"“{label}” in {row.where}") for row in rows for label in row.labels if label in several
    )
    says = lambda told: (  # noqa: E731
        f"Labels that seem to combine several other labels: {some(told)}; use the same separator "
        "everywhere, or name it with --separator."
    )
    return [Problem("mixed separators", mixed, says)] if mixed else []


def _may_be_several(label: str, known: set[str]) -> bool:
    parts = [part for part in re.split(r"[\s/+&,;|]+", label) if part]
    return len(parts) > 1 and all(part in known for part in parts)
