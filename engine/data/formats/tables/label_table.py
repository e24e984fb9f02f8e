"""Which table gives the labels: the first that holds some, unless another says something else of the same images."""

from __future__ import annotations

from engine.data.formats.assumptions import AmbiguousError
from engine.data.formats.record import DatasetError
from engine.data.formats.source import USUAL_TABLES, Source
from engine.data.formats.tables.columns import Columns
from engine.data.formats.tables.merge_split_tables import images_named, is_for_test
from engine.data.formats.tables.text_table import TextTable

MOST_COMPARED = 20
LABEL_FORMS = ("rows", "cells", "columns")


def label_table(source: Source) -> Columns | None:
    """The columns of the table that gives the labels; None where no table holds labels.

    Raises `AmbiguousError` where two tables give the same images labels and neither has a usual name.
    """
    if "label table" not in source.memo:
        try:
            source.memo["label table"] = _label_table(source)
        except AmbiguousError as error:
            source.memo["label table"] = error
    found = source.memo["label table"]
    if isinstance(found, AmbiguousError):
        raise found
    return found


def _label_table(source: Source) -> Columns | None:
    with_labels: list[Columns] = []
    for at, table in enumerate(source.tables):
        try:
            columns = source.columns(table)
        except AmbiguousError:
            if at == 0:
                raise
            continue
        except DatasetError:
            continue
        if _serves(columns, source.options.format):
            with_labels.append(columns)
    if with_labels and not source.options.table:
        _ask_about_rivals(source, with_labels[0], with_labels[1:MOST_COMPARED])
    return with_labels[0] if with_labels else None


def _serves(columns: Columns, form: str | None) -> bool:
    if form in LABEL_FORMS:
        return bool(columns.classes) if form == "columns" else columns.labels is not None
    return columns.labels is not None or bool(columns.classes)


def _ask_about_rivals(source: Source, first: Columns, others: list[Columns]) -> None:
    """Raise `AmbiguousError` for another table in the same folder that names the same images and says other things."""
    table = first.table
    if source.name_of(table) in USUAL_TABLES or table.joined:
        return
    named = images_named(table, source.listing, first.image)
    for other in others:
        if source.folder_of(other.table) != source.folder_of(table) or is_for_test(
            other.table, source.listing
        ):
            continue
        if not named & images_named(other.table, source.listing, other.image) or _say_the_same(first, other):
            continue
        option = "sheet" if other.table.path == table.path else "table"
        choices = [{option: _call(source, one, option)} for one in (table, other.table)]
        raise AmbiguousError(
            f"{table.title} and {other.table.title} both give labels to the same images.", (option,), choices
        )


def _say_the_same(one: Columns, other: Columns) -> bool:
    cells = lambda columns: sorted(columns.table.cells_at(at) for at in sorted(columns.used))  # noqa: E731
    return cells(one) == cells(other)


def _call(source: Source, table: TextTable, option: str) -> str:
    return table.sheet if option == "sheet" else source.name_of(table)
