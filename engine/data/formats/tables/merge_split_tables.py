"""Tables of one kind that lie apart, for training and validation or for different images, become one table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

from engine.data.formats.files.file_index import Listing
from engine.data.formats.images.locate_images import find_images, place_images
from engine.data.formats.parsed_source import ParsedSource, Row
from engine.data.formats.read_options import ReadOptions
from engine.data.formats.record import DatasetError
from engine.data.formats.splits.folders import part_of
from engine.data.formats.tables import headings
from engine.data.formats.tables.cells import TEST, TRAIN, VALID, part_named
from engine.data.formats.tables.image_column import image_column
from engine.data.formats.tables.text_table import TextTable

PART_HEADING = "split"


def join_parts(tables: Sequence[TextTable], listing: Listing, options: ReadOptions) -> list[TextTable]:
    """The tables, those with the same columns as one, in the place of the first: those of training and validation, or
    those that name different images.

    The part is told by the folder (train/labels.csv), else by the name (train.csv) or the sheet. What the tables
    themselves say of the parts stands; tables for testing and samples of a submission stay apart, after all others.
    """
    joined: list[TextTable] = []
    waiting = list(tables)
    while waiting:
        first = waiting.pop(0)
        alike = _of_one_kind(first, waiting, listing)
        image = _image_column(alike, listing, options) if len(alike) > 1 else None
        if image is not None and (
            _parts(alike, listing) == {TRAIN, VALID} or _are_apart(alike, listing, image)
        ):
            waiting = [one for one in waiting if one not in alike]
            first = _as_one(alike, listing, image)
        joined.append(first)
    return sorted(joined, key=lambda table: is_for_test(table, listing))


def is_for_test(table: TextTable, listing: Listing) -> bool:
    """Whether a table is for testing, or a sample of what to submit: its labels are not meant."""
    stem = PurePosixPath(table_name(table, listing)).stem.lower()
    return part_of_table(table, listing) == TEST or "submission" in stem or stem.startswith("sample")


def _of_one_kind(first: TextTable, others: list[TextTable], listing: Listing) -> list[TextTable]:
    """The table and those with the same columns: of training and validation, else those of its own part."""
    alike = [
        one for one in (first, *others) if _columns(one) == _columns(first) and not is_for_test(one, listing)
    ]
    divided = [one for one in alike if part_of_table(one, listing)]
    if _parts(divided, listing) == {TRAIN, VALID} and first in divided:
        return divided
    part = part_of_table(first, listing)
    return [one for one in alike if part_of_table(one, listing) == part] if first in alike else []


def _parts(tables: Sequence[TextTable], listing: Listing) -> set[str | None]:
    return {part_of_table(one, listing) for one in tables}


def _are_apart(tables: Sequence[TextTable], listing: Listing, image: int) -> bool:
    """Whether each table names images that are there, and no two tables name the same."""
    named = [images_named(table, listing, image) for table in tables]
    return all(named) and sum(map(len, named)) == len(set().union(*named))


def images_named(table: TextTable, listing: Listing, image: int) -> set[str]:
    """The images that are there and that a column of a table names."""
    folder = Path(table_name(table, listing)).parent.as_posix().removeprefix(".")
    matches, _ = find_images(table.cells_at(image), listing, folder)
    return set(matches.files.values())


def part_of_table(table: TextTable, listing: Listing) -> str | None:
    """The part that a table's folder, name or sheet says."""
    name = table_name(table, listing)
    return part_of(name) or part_named(PurePosixPath(name).stem) or part_named(table.sheet)


def table_name(table: TextTable, listing: Listing) -> str:
    """The name of a table's file, relative to the listing."""
    return table.path.relative_to(listing.folder).as_posix()


def _columns(table: TextTable) -> tuple[str, ...]:
    return tuple(headings.normal(heading) for heading in table.header)


def _image_column(tables: list[TextTable], listing: Listing, options: ReadOptions) -> int | None:
    try:
        places = {image_column(table, listing, options)[0] for table in tables}
    except DatasetError:
        return None
    return places.pop() if len(places) == 1 else None


def _as_one(tables: list[TextTable], listing: Listing, image: int) -> TextTable:
    first = tables[0]
    says_itself = (
        any(name in headings.SURE_SPLIT for name in _columns(first)) or len(_parts(tables, listing)) == 1
    )
    rows = [row for table in tables for row in _rows(table, listing, image, says_itself)]
    return replace(
        first,
        path=listing.folder / first.path.name,
        header=first.header if says_itself else (*first.header, PART_HEADING),
        rows=rows,
        problems=tuple(problem for table in tables for problem in table.problems),
        set_aside=tuple(problem for table in tables for problem in table.set_aside),
        guarded=tuple(cell for table in tables for cell in table.guarded),
        texts_set_aside=tuple(text for table in tables for text in table.texts_set_aside),
        joined=tuple(table_name(table, listing) for table in tables),
        part_column=None if says_itself else len(first.header),
        sheet="",
    )


def _rows(
    table: TextTable, listing: Listing, image: int, says_itself: bool
) -> list[tuple[int | str, list[str]]]:
    """The rows with their images named as they lie, the part that they belong to, and where they stand."""
    name = table_name(table, listing)
    said = [] if says_itself else [part_of_table(table, listing) or TRAIN]
    placed = ParsedSource(listing, [Row(cell) for cell in table.cells_at(image)])
    place_images(placed, Path(name).parent.as_posix().removeprefix("."))
    return [
        (
            f"{number} of “{name}”",
            [*cells[:image], row.fname if cells[image].strip() else "", *cells[image + 1 :], *said],
        )
        for (number, cells), row in zip(table.rows, placed.rows, strict=True)
    ]
