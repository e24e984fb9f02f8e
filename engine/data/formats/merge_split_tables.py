"""Tables of one kind that lie apart, one for training and one for validation, become one table that divides itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

from engine.data.formats.file_index import Listing
from engine.data.formats.locate_images import place_pictures
from engine.data.formats.parsed_source import Found, Row
from engine.data.formats.split_folders import FOLDERS, TEST, TRAIN, VALID, part_of
from engine.data.formats.text_table import COLUMNS, TextTable


def join_parts(tables: Sequence[TextTable], listing: Listing) -> list[TextTable]:
    """The tables, those of training and validation with the same columns as one, in the place of the first.

    The part is told by the folder (train/labels.csv), else by the name (train.csv). What the tables themselves say of
    the parts stands; a table for testing stays apart, after all others.
    """
    joined: list[TextTable] = []
    waiting = list(tables)
    while waiting:
        first = waiting.pop(0)
        alike = [first, *(one for one in waiting if _columns(one) == _columns(first))]
        alike = [one for one in alike if _part(one, listing) in (TRAIN, VALID)]
        if first in alike and first.has("fname") and len({_part(one, listing) for one in alike}) == 2:
            waiting = [one for one in waiting if one not in alike]
            first = _as_one(alike, listing)
        joined.append(first)
    return sorted(joined, key=lambda table: _part(table, listing) == TEST)


def _columns(table: TextTable) -> tuple[str, ...]:
    return tuple(heading.strip().casefold() for heading in table.header)


def _part(table: TextTable, listing: Listing) -> str | None:
    name = _name(table, listing)
    return part_of(name) or FOLDERS.get(PurePosixPath(name).stem.lower())


def _name(table: TextTable, listing: Listing) -> str:
    return table.path.relative_to(listing.folder).as_posix()


def _as_one(tables: list[TextTable], listing: Listing) -> TextTable:
    first, says_itself = tables[0], tables[0].has("is_valid")
    rows = [row for table in tables for row in _rows(table, listing, says_itself)]
    return replace(
        first,
        path=listing.folder / first.path.name,
        header=first.header if says_itself else (*first.header, COLUMNS["is_valid"][0]),
        rows=rows,
        problems=tuple(problem for table in tables for problem in table.problems),
        joined=tuple(_name(table, listing) for table in tables),
    )


def _rows(table: TextTable, listing: Listing, says_itself: bool) -> list[tuple[str, list[str]]]:
    """The rows with their pictures named as they lie, the part that they belong to, and where they stand."""
    name = _name(table, listing)
    at, said = table.column("fname"), [] if says_itself else [str(_part(table, listing) == VALID)]
    placed = Found(listing, [Row(cell) for cell in table.cells("fname")])
    place_pictures(placed, Path(name).parent.as_posix().removeprefix("."))
    return [
        (
            f"{number} of “{name}”",
            [*cells[:at], row.fname if cells[at].strip() else "", *cells[at + 1 :], *said],
        )
        for (number, cells), row in zip(table.rows, placed.rows, strict=True)
    ]
