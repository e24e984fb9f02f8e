"""A table with a row for each picture and label, so that a picture with two labels has two rows."""

from __future__ import annotations

from collections import Counter

from engine.data.formats.csv_multilabel import BETWEEN_LABELS, COLUMNS, ONE_LABEL_HEADINGS
from engine.data.formats.image_table import names_found, rows_of, table_with
from engine.data.formats.match import Evidence
from engine.data.formats.parsed_source import Found, Problem, Row
from engine.data.formats.phrases import counted, some
from engine.data.formats.read_options import How
from engine.data.formats.source import Source
from engine.data.formats.text_table import TextTable

LEAST_SHARE = 0.1


def find(source: Source) -> Evidence | None:
    """The table of labels in which many pictures have several rows, each with one label at most."""
    table = table_with(source, *COLUMNS)
    if table is None or not _has_a_row_for_each_label(table):
        return None
    counts = Counter(table.cells("fname"))
    several = sum(count > 1 for count in counts.values())
    says = (
        f"“{table.path.name}” has {counted(several, 'picture')} with several rows, and one label in each row."
    )
    return Evidence((says, names_found(source, table)), "none", table=table.path)


def read(source: Source, how: How) -> Found:
    """One row for each picture, with the labels of all its rows."""
    found = rows_of(source, table := table_with(source, *COLUMNS))
    together: dict[str, Row] = {}
    torn = []
    for row, label in zip(found.rows, table.cells("labels"), strict=True):
        first = together.setdefault(row.fname, row)
        first.labels = tuple(dict.fromkeys((*first.labels, *([label] if label else []))))
        if first.is_valid != row.is_valid:
            torn.append((row.fname, f"{row.fname} in {row.where}"))
    if torn:
        says = lambda told: f"Pictures whose rows are for training and for validation: {some(told)}."  # noqa: E731
        found.problems.append(Problem("part", tuple(torn), says))
    found.rows = list(together.values())
    return found


def _has_a_row_for_each_label(table: TextTable) -> bool:
    """At least a tenth of the pictures are named again, and no cell holds several labels."""
    cells = table.cells("labels")
    if any(BETWEEN_LABELS.search(cell) for cell in cells):
        return False
    if table.header[table.column("labels")].strip().casefold() not in ONE_LABEL_HEADINGS and any(
        " " in cell for cell in cells
    ):
        return False
    counts = Counter(table.cells("fname"))
    several = sum(count > 1 for count in counts.values())
    return several > 1 and several >= LEAST_SHARE * len(counts)
