"""A table with a column for each class, and 0 or 1 (or -1 or 1, or yes or no) in its cells."""

from __future__ import annotations

from collections import Counter, defaultdict

from engine.data.formats.evidence import Evidence
from engine.data.formats.parsed_source import ParsedSource, Problem
from engine.data.formats.phrases import counted, quoted, some
from engine.data.formats.read_options import ReadOptions
from engine.data.formats.source import Source
from engine.data.formats.tables.cells import NO, YES, is_missing, present
from engine.data.formats.tables.columns import Columns
from engine.data.formats.tables.image_table import (
    merge_equal_rows,
    names_matched,
    rows_of,
    split_rows,
)
from engine.data.formats.tables.label_table import label_table


def find(source: Source) -> Evidence | None:
    """The table of images that has columns of 0 and 1 for classes."""
    columns = _columns(source)
    if columns is None:
        return None
    classes = _names(columns)
    says = f"{counted(len(classes), 'column')} of {columns.table.title} hold 0 and 1 only: {some(classes)}."
    return Evidence((says, names_matched(source, columns)), table=columns.table.path)


def read(source: Source, options: ReadOptions) -> ParsedSource:
    """One row for each image, labelled by the headings of the columns that say yes."""
    columns = _columns(source)
    assert columns is not None
    parsed, names = rows_of(source, columns), _names(columns)
    yes = {cell for at in columns.classes for cell in set(columns.cells(at)) if cell.casefold() in YES}
    said = [[cell in yes for cell in columns.cells(at)] for at in columns.classes]
    for row, marks in zip(parsed.rows, zip(*said, strict=True), strict=True):
        labels = (name for name, yes in zip(names, marks, strict=True) if yes)
        row.labels = tuple(
            dict.fromkeys(one for one in labels if not options.classes or one in options.classes)
        )
    never = {*names} - {label for row in parsed.rows for label in row.labels}
    if never and not options.classes:
        told = some(quoted(name for name in names if name in never))
        parsed.notes.append(f"No image has {told}: the column holds no yes, and is no class.")
    if told := _same_heading(columns):
        parsed.problems.append(told)
    _say_what_was_assumed(parsed, columns)
    split_rows(parsed, columns)
    merge_equal_rows(parsed)
    return parsed


def _columns(source: Source) -> Columns | None:
    columns = label_table(source)
    return columns if columns is not None and columns.classes else None


def _names(columns: Columns) -> list[str]:
    return [columns.table.header[at].strip() for at in columns.classes]


def _same_heading(columns: Columns) -> str:
    """A sentence about columns of one heading that say different things; "" without such."""
    different: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    for at, name in zip(columns.classes, _names(columns), strict=True):
        different[name].add(tuple(columns.cells(at)))
    torn = [f"“{name}”" for name, held in different.items() if len(held) > 1]
    says = f"Columns of {columns.table.title} with the same heading hold different cells"
    return f"{says}: {some(torn)}; rename one." if torn else ""


def _say_what_was_assumed(parsed: ParsedSource, columns: Columns) -> None:
    cells = {at: columns.cells(at) for at in columns.classes}
    counts = {at: Counter(column) for at, column in cells.items()}
    empty = sum(count for column in counts.values() for cell, count in column.items() if is_missing(cell))
    if empty:
        told = f"{counted(empty, 'empty cell')} of the classes count as 0."
        parsed.notes.append(told)
        parsed.assume("missing values", "0", told)
    minus = [at for at in cells if present(cells[at]) & {"-1", "-1.0"}]
    if minus:
        parsed.assume("-1", "no", f"{counted(len(minus), 'class column')} hold -1")
    unsure = [columns.title(at) for at in minus if present(cells[at]) & {"0", "0.0"}]
    if unsure:
        parsed.notes.append(
            f"Columns with 1, 0 and -1; -1 may mean “uncertain” and counts as no: {some(unsure)}."
        )
    unknown = {cell for column in counts.values() for cell in column if not is_missing(cell)}
    unknown = {cell for cell in unknown if cell.casefold() not in YES | NO}
    strange = tuple(
        (row.fname, f"“{cell}” in {row.where}")
        for column in (cells.values() if unknown else ())
        for row, cell in zip(parsed.rows, column, strict=True)
        if cell in unknown
    )
    if strange:
        says = lambda told: f"The class columns must hold 0 and 1: {some(told)}."  # noqa: E731
        parsed.problems.append(Problem("number", strange, says))
    others = [
        name.strip()
        for at, name in enumerate(columns.table.header)
        if at not in columns.used and name.strip()
    ]
    if others:
        parsed.notes.append(
            f"Columns that are not classes, because they hold more than 0 and 1: {some(others)}."
        )
