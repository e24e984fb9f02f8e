"""A table with a column for each class, and 0 or 1 in its cells."""

from __future__ import annotations

from engine.data.formats.image_table import names_found, rows_of
from engine.data.formats.match import Evidence
from engine.data.formats.parsed_source import Found
from engine.data.formats.phrases import counted, some
from engine.data.formats.read_options import How
from engine.data.formats.source import Source
from engine.data.formats.text_table import COLUMNS, TextTable

YES = {"1", "1.0", "true", "yes", "x"}
NO = {"0", "0.0", "false", "no", ""}
LEAST = 2


def find(source: Source) -> Evidence | None:
    """The table of pictures that has no column of labels, but columns of 0 and 1."""
    table = _table(source)
    if table is None:
        return None
    classes = [table.header[at].strip() for at in class_columns(table)]
    says = f"{counted(len(classes), 'column')} of “{table.path.name}” hold 0 and 1 only: {some(classes)}."
    return Evidence((says, names_found(source, table)), table=table.path)


def read(source: Source, how: How) -> Found:
    """One row for each picture, labelled by the headings of the columns that say yes."""
    table = _table(source)
    found = rows_of(source, table)
    columns = class_columns(table)
    names = [table.header[at].strip() for at in columns]
    for row, (_, cells) in zip(found.rows, table.rows, strict=True):
        said = (cells[at].strip().casefold() in YES for at in columns)
        row.labels = tuple(dict.fromkeys(name for name, yes in zip(names, said, strict=True) if yes))
    _say_what_was_assumed(found, table, columns)
    return found


def class_columns(table: TextTable) -> list[int]:
    """The places of the columns that hold nothing but yes and no, other than those of another use."""
    used = {table.column(name) for name in COLUMNS}
    return [
        at
        for at, name in enumerate(table.header)
        if at not in used and name.strip() and _is_yes_or_no(table, at)
    ]


def _is_yes_or_no(table: TextTable, at: int) -> bool:
    said = {cells[at].strip().casefold() for _, cells in table.rows}
    return bool(said - {""}) and said <= YES | NO


def _table(source: Source) -> TextTable | None:
    return next(
        (
            table
            for table in source.tables
            if table.has("fname") and not table.has("labels") and len(class_columns(table)) >= LEAST
        ),
        None,
    )


def _say_what_was_assumed(found: Found, table: TextTable, columns: list[int]) -> None:
    empty = sum(not cells[at].strip() for _, cells in table.rows for at in columns)
    if empty:
        found.notes.append(f"{counted(empty, 'empty cell')} of the classes count as 0.")
    used = {*columns, *(table.column(name) for name in COLUMNS)}
    others = [name.strip() for at, name in enumerate(table.header) if at not in used and name.strip()]
    if others:
        found.notes.append(f"Columns that are no classes, since they hold more than 0 and 1: {some(others)}.")
