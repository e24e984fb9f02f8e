"""What all tables that name pictures have in common: which table serves, its rows, and its marks for validation."""

from __future__ import annotations

from engine.data.formats.locate_images import place_pictures
from engine.data.formats.parsed_source import Found, Problem, Row
from engine.data.formats.phrases import counted, some
from engine.data.formats.source import Source
from engine.data.formats.text_table import COLUMNS, TextTable

VALID = {"true", "1", "1.0", "yes", "valid", "val", "validation"}
TRAIN = {"false", "0", "0.0", "no", "train", "training", ""}


def table_with(source: Source, *columns: str) -> TextTable | None:
    """The first table that has all these columns."""
    return next((table for table in source.tables if table.has(*columns)), None)


def rows_of(source: Source, table: TextTable) -> Found:
    """A row for each picture that a table names, placed in the folder, with the table's own split and groups."""
    found = Found(source.listing, problems=list(table.problems))
    found.rows = [Row(name, where) for name, where in zip(table.cells("fname"), table.places(), strict=True)]
    found.has_split = table.column("is_valid") is not None
    place_pictures(found, source.folder_of(table))
    _read_split(found, table)
    return found


def names_found(source: Source, table: TextTable) -> str:
    """One sentence on how many of the named pictures are there, and where."""
    found = Found(source.listing, [Row(name) for name in dict.fromkeys(table.cells("fname")) if name])
    place_pictures(found, source.folder_of(table))
    held = sum(row.fname in source.listing.known for row in found.rows)
    where = f"in “{found.place}”" if found.place else "beside it" if not table.joined else "where it says"
    return f"Of the {counted(len(found.rows), 'picture')} that it names, {held:,} lie {where}."


def missing_columns(table: TextTable, wanted: tuple[str, ...], other: tuple[str, ...]) -> str:
    """Why a table cannot serve: it lacks columns, or holds the other kind of target."""
    came = ", ".join(heading.strip() or "(no name)" for heading in table.header)
    if table.has(*other):
        is_points = "x" in wanted
        holds = "labels, not points" if is_points else "points, not labels"
        instead = "single-label or multi-label" if is_points else "points"
        return f"“{table.path.name}” holds {holds}; choose the task {instead}, or another table."
    missing = " and ".join(f"“{name}”" for name in wanted if table.column(name) is None)
    return f"“{table.path.name}” has no column {missing}; its columns are: {came}."


def _read_split(found: Found, table: TextTable) -> None:
    strange = []
    for row, cell, group in zip(found.rows, table.cells("is_valid"), table.cells("group"), strict=True):
        row.group = group or None
        if found.has_split:
            row.is_valid = cell.casefold() in VALID
            if not row.is_valid and cell.casefold() not in TRAIN:
                strange.append((row.fname, f"“{cell}” in {row.where}"))
    if strange:
        heading = COLUMNS["is_valid"][0]
        says = lambda told: f"“{heading}” must be True or False: {some(told)}."  # noqa: E731
        found.problems.append(Problem("part", tuple(strange), says))
