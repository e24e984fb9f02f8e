"""A table that says nothing but the part of each image, as CelebA's partition: it divides the table of the labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from engine.data.formats.bad_rows import TENTH, are_few
from engine.data.formats.files.file_index import Listing
from engine.data.formats.images.locate_images import find_images
from engine.data.formats.read_options import ReadOptions
from engine.data.formats.record import DatasetError
from engine.data.formats.tables import headings
from engine.data.formats.tables.cells import may_be_split
from engine.data.formats.tables.image_column import image_column
from engine.data.formats.tables.merge_split_tables import table_name
from engine.data.formats.tables.text_table import TextTable


def divide_by_tables(tables: Sequence[TextTable], listing: Listing, options: ReadOptions) -> list[TextTable]:
    """The tables without one that only divides them; each that names only images of it has its column added."""
    dividing = [table for table in tables if len(tables) > 1 and _splits(table)]
    if len(dividing) != 1 or options.table or options.split_column:
        return list(tables)
    [parts] = dividing
    said = _by_image(parts, listing, options)
    divided = [_with_column(table, parts, said, listing, options) for table in tables if table is not parts]
    return divided if any(table.split_file for table in divided) else list(tables)


def _splits(table: TextTable) -> bool:
    """Whether a table has two columns, of which the other one is called as a split and holds parts."""
    if len(table.header) != 2 or table.joined:
        return False
    places = [at for at in (0, 1) if headings.normal(table.header[at]) in headings.SPLIT]
    if len(places) != 1:
        return False
    cells = table.cells_at(places[0])
    parts = [cell for cell in cells if may_be_split([cell])]
    return may_be_split(parts) and are_few(len(cells) - len(parts), len(cells), TENTH)


def _by_image(table: TextTable, listing: Listing, options: ReadOptions) -> dict[str, str]:
    """What the table says of each image that is there."""
    place = next(at for at in (0, 1) if headings.normal(table.header[at]) in headings.SPLIT)
    names, cells = table.cells_at(1 - place), table.cells_at(place)
    files = _files(table, names, listing)
    return {files[name]: cell for name, cell in zip(names, cells, strict=True) if name in files}


def _files(table: TextTable, names: list[str], listing: Listing) -> dict[str, str]:
    folder = Path(table_name(table, listing)).parent.as_posix().removeprefix(".")
    return find_images(names, listing, folder)[0].files


def _with_column(
    table: TextTable, parts: TextTable, said: dict[str, str], listing: Listing, options: ReadOptions
) -> TextTable:
    """The table with the column of parts, where nothing in it divides its images already and almost all have a part.

    The few others are told as images of no known part.
    """
    if table.part_column is not None or {headings.normal(name) for name in table.header} & {*headings.SPLIT}:
        return table
    try:
        names = table.cells_at(image_column(table, listing, options)[0])
    except DatasetError:
        return table
    files = _files(table, names, listing)
    without = [name for name, file in files.items() if file not in said]
    if not files or (without and not are_few(len(without), len(files), TENTH)):
        return table
    said |= {files[name]: f"not in {parts.path.name}" for name in without}
    heading = next(name for name in parts.header if headings.normal(name) in headings.SPLIT)
    rows = [
        (number, [*cells, said.get(files.get(name, ""), "")])
        for (number, cells), name in zip(table.rows, names, strict=True)
    ]
    return replace(
        table, header=(*table.header, heading), rows=rows, part_column=len(table.header),
        split_file=table_name(parts, listing),
    )  # fmt: skip
