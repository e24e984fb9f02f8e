"""What all tables that name images have in common: which table serves, its rows, its split and its groups."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace

from engine.data.formats.assumptions import AmbiguousError
from engine.data.formats.bad_rows import says_set_aside
from engine.data.formats.images.locate_images import find_images, place_images
from engine.data.formats.parsed_source import ParsedSource, Problem, Row
from engine.data.formats.phrases import counted, some
from engine.data.formats.record import DatasetError
from engine.data.formats.source import Source
from engine.data.formats.splits.column import apply_split
from engine.data.formats.splits.folders import divide_by_folders
from engine.data.formats.tables.cells import is_missing
from engine.data.formats.tables.columns import Columns
from engine.data.formats.tables.text_table import TextTable


def table_with(source: Source, serves: Callable[[Columns], bool]) -> Columns | None:
    """The columns of the first table that serves; `ReadOptions.table` names the only one that is asked."""
    for table in source.tables:
        try:
            columns = source.columns(table)
        except DatasetError as error:
            if table is source.tables[0] and isinstance(error, AmbiguousError):
                raise
            continue
        if serves(columns):
            return columns
    return None


def rows_of(source: Source, columns: Columns) -> ParsedSource:
    """A row for each row of a table, its image placed in the folder, with the table's own groups."""
    table = columns.table
    names = columns.cells(columns.image)
    parsed = ParsedSource(source.listing, problems=list(table.problems))
    if _may_be_incomplete(names, table.texts_set_aside):
        parsed.problems += [
            f"{problem} Correct this first: their images may have other rows." for problem in table.set_aside
        ]
    else:
        parsed.set_aside += [replace(one, says=says_set_aside(one.says, "row")) for one in table.set_aside]
    if broken := [f"“{' '.join(name.split())[:40]}”" for name in names if "\n" in name]:
        parsed.problems.append(
            f"Names of images with line breaks: {some(broken)}; a quotation mark may not be closed."
        )
    parsed.assumptions += [*source.about(table), *columns.assumptions]
    parsed.files_read |= {*(table.joined or (source.name_of(table),)), *filter(None, (table.split_file,))}
    parsed.rows = [
        Row(" ".join(name.split("\n")), at) for name, at in zip(names, table.places(), strict=True)
    ]
    for row, group in zip(parsed.rows, columns.cells(columns.group), strict=True):
        row.group = None if is_missing(group) else group
    place_images(parsed, source.folder_of(table))
    return parsed


def _may_be_incomplete(names: Sequence[str], broken: Sequence[str]) -> bool:
    """Whether rows that could not be read may belong to images that have other rows, whose labels would be too few."""
    if not broken:
        return False
    known = {name for name in names if name}
    words = {word.strip() for text in broken for word in re.split(r"[\t\n,;|\"{}\[\]]+|: ", text)}
    return len(known) < sum(bool(name) for name in names) or not known.isdisjoint(words)


def split_rows(parsed: ParsedSource, columns: Columns) -> None:
    """Divide the rows as the table's column says, or else as the folders of their images do."""
    if columns.split is None:
        divide_by_folders(parsed)
    else:
        heading = columns.names[columns.split] if columns.split < len(columns.names) else "split"
        apply_split(parsed, columns.cells(columns.split), heading, columns.title(columns.split))
    tests = {*parsed.for_testing} & {row.fname for row in parsed.rows}
    conflicting_parts(
        parsed, [(name, f"{name}, which is for testing in another row") for name in sorted(tests)]
    )


def merge_equal_rows(parsed: ParsedSource) -> None:
    """Keep one of several rows of an image that say the same, and note it; rows that differ stay a problem."""
    of_image: dict[str, list[Row]] = defaultdict(list)
    for row in parsed.rows:
        of_image[row.fname if row.has_name else row.where].append(row)
    several = {fname: rows for fname, rows in of_image.items() if len(rows) > 1}
    equal = {fname for fname, rows in several.items() if all(_says(row) == _says(rows[0]) for row in rows)}
    if equal:
        images = counted(len(equal), "image")
        parsed.notes.append(f"Equal rows merged: {images} had several equal rows ({some(sorted(equal))}).")
        parsed.rows = [row for row in parsed.rows if row.fname not in equal or row is of_image[row.fname][0]]


def _says(row: Row) -> tuple:
    return frozenset(row.labels), row.point_px, row.is_valid, row.group


def names_matched(source: Source, columns: Columns) -> str:
    """One sentence on how many of the named images are there, and where."""
    names = [name for name in dict.fromkeys(columns.cells(columns.image)) if name]
    matches, place = find_images(names, source.listing, source.folder_of(columns.table))
    where = f"in “{place}”" if place else "where it says" if columns.table.joined else "next to it"
    return f"Of the {counted(len(names), 'image')} that it names, {len(matches.files):,} were found {where}."


def missing_columns(table: TextTable, columns: Columns | None, is_points: bool) -> str:
    """Why a table cannot serve: it lacks columns, or holds the other kind of target."""
    came = ", ".join(heading.strip() or "(no name)" for heading in table.header)
    has_labels = columns is not None and (columns.labels is not None or columns.classes)
    has_points = columns is not None and columns.x is not None
    if (has_labels and is_points) or (has_points and not is_points):
        holds, instead = ("labels, not points", "single-label or multi-label") if is_points else (
            "points, not labels", "points",
        )  # fmt: skip
        return f"{table.title} holds {holds}; choose the task {instead}, or another table."
    wanted = "columns “x” and “y”" if is_points else "column of labels"
    flags = "--x-column and --y-column" if is_points else "--label-column"
    return f"{table.title} has no {wanted}; its columns are: {came}. Name them with {flags}."


def conflicting_parts(parsed: ParsedSource, torn: list[tuple[str, str]]) -> None:
    """Record images whose rows belong to different parts as a problem."""
    if torn:
        says = lambda told: f"Images whose rows are for training and for validation: {some(told)}."  # noqa: E731
        parsed.problems.append(Problem("part", tuple(torn), says))
