"""A table with a row for each image and label, or for each object, so that an image with two labels has two rows."""

from __future__ import annotations

from collections import Counter

from engine.data.formats.evidence import Evidence
from engine.data.formats.parsed_source import ParsedSource, Row
from engine.data.formats.phrases import counted
from engine.data.formats.read_options import ReadOptions
from engine.data.formats.source import Source
from engine.data.formats.tables.cells import NO
from engine.data.formats.tables.columns import Columns
from engine.data.formats.tables.image_table import (
    conflicting_parts,
    names_matched,
    rows_of,
    split_rows,
)
from engine.data.formats.tables.label_cells import LISTS, MARKS, labels_of
from engine.data.formats.tables.label_table import label_table

LEAST_SHARE = 0.1


def find(source: Source) -> Evidence | None:
    """The table of labels in which each row is an object, or many images have several rows with one label each."""
    columns = label_table(source)
    if columns is None or not has_a_row_for_each_label(columns, source.options):
        return None
    counts = Counter(columns.cells(columns.image))
    several = sum(count > 1 for count in counts.values())
    says = (
        f"{columns.table.title} has {counted(several, 'image')} with several rows, and one label in each row."
    )
    if columns.is_object_table:
        says = f"Each row of {columns.table.title} is an object with its box{f'. {says}' if several else '.'}"
    return Evidence((says, names_matched(source, columns)), "none", table=columns.table.path)


def read(source: Source, options: ReadOptions) -> ParsedSource:
    """One row for each image, with the labels of all its rows."""
    columns = label_table(source)
    assert columns is not None and columns.labels is not None
    parsed = rows_of(source, columns)
    one_label = options if options.separator else ReadOptions(separator="none", classes=options.classes)
    read_labels = labels_of(columns.cells(columns.labels), columns.names[columns.labels], one_label)
    parsed.assumptions += read_labels.assumptions
    parsed.assume("rows", "a row for each label", "labels of all rows of an image are joined", "format")
    is_there = [not _says_no(cell) for cell in columns.cells(columns.presence)]
    for row, labels, there in zip(parsed.rows, read_labels.labels, is_there, strict=True):
        row.labels = labels if there else ()
    split_rows(parsed, columns)
    _join(parsed)
    return parsed


def _says_no(cell: str) -> bool:
    return cell.casefold() in NO


def _join(parsed: ParsedSource) -> None:
    """Join the rows of each image into its first; rows of one image in different parts are a problem."""
    together: dict[str, Row] = {}
    labels: dict[str, dict[str, None]] = {}
    torn = []
    for row in parsed.rows:
        first = together.setdefault(row.fname, row)
        labels.setdefault(row.fname, {}).update(dict.fromkeys(row.labels))
        if first.is_valid != row.is_valid:
            torn.append((row.fname, f"{row.fname} in {row.where}"))
    for fname, first in together.items():
        first.labels = tuple(labels[fname])
    conflicting_parts(parsed, torn)
    parsed.rows = list(together.values())


def has_a_row_for_each_label(columns: Columns, options: ReadOptions) -> bool:
    """Whether rows have boxes or a mark of presence, or a tenth of the images are named again and no cell holds several
    labels."""
    if columns.labels is None:
        return False
    if columns.is_object_table or columns.presence is not None:
        return True
    cells = columns.cells(columns.labels)
    if any(mark in cell for cell in set(cells) for mark in (*MARKS.values(), "[")):
        return False
    said = ReadOptions(separator=options.separator, classes=options.classes)
    labels = labels_of(cells, columns.names[columns.labels], said)
    if labels.separator == LISTS or any(len(one) > 1 for one in labels.labels):
        return False
    counts = Counter(columns.cells(columns.image))
    several = sum(count > 1 for count in counts.values())
    return several > 1 and several >= LEAST_SHARE * len(counts)
