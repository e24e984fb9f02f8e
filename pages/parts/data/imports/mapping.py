"""Page 9, import: which column of a table is for what, with a live preview of the labels or points that this gives."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from engine.data.formats.forms import FORMS
from engine.data.formats.read_options import ReadOptions
from engine.data.formats.reading_preview import ReadingPreview
from engine.data.formats.tables.column_preview import TablePreview
from engine.data.formats.tables.columns import NOT_READ
from engine.data.library import LibraryDataset
from pages.parts.data.imports import apply_reading, option_inputs, reading_cache, reading_view
from pages.parts.shared.text import plain

KINDS = {
    "cells": "Labels in one column",
    "rows": "One row per label",
    "columns": "One column per class",
    "points": "Points (x, y)",
}
"""The formats of tables that a visitor can choose, by what the table holds."""

_INPUTS = {
    "cells": ("image_column", "label_columns", "separator", "classes"),
    "rows": ("image_column", "label_columns", "classes"),
    "columns": ("image_column", "label_columns"),
    "points": ("image_column", "x_column", "y_column", "units"),
}
_ALWAYS = ("group_column", "split_column")
_IN_A_ROW = 3


def show(chosen: LibraryDataset) -> None:
    """The form, for a dataset that has a table."""
    tables = reading_cache.tables(chosen)
    if tables and _may_be_mapped(chosen, tables) and st.toggle(
        "Choose the columns yourself", key=option_inputs.key_of(chosen, "map_columns"),
        help=(
            "Choose which columns hold the images and their labels or points. You see the result before "
            "you apply it."
        ),
    ):  # fmt: skip
        _form(chosen, tables)


def _may_be_mapped(chosen: LibraryDataset, tables: Sequence[TablePreview]) -> bool:
    """Whether columns can say something: not those of another tool's JSON, whose objects only look like a table."""
    form = chosen.manifest.options.format
    is_read_as_table = form is None or FORMS[form].is_table
    return is_read_as_table or not all(table.file.lower().endswith(".json") for table in tables)


@st.fragment
def _form(chosen: LibraryDataset, tables: Sequence[TablePreview]) -> None:
    key = option_inputs.key_of(chosen, "map")
    now = reading_cache.preview(chosen, chosen.manifest.chosen_options)
    with st.container(border=True, key=key):
        try:
            options = _options(chosen.manifest.chosen_options, now, tables, key)
        except ValueError as error:
            st.warning(plain(error), icon=":material/warning:")
            return
        new = reading_cache.preview(chosen, options)
        reading_view.show(new, key)
        is_same = options == chosen.manifest.chosen_options
        if st.button("Apply", key=f"{key}_apply", type="primary", disabled=is_same or not new.is_usable):
            apply_reading.apply(chosen, options)
            st.rerun()


def _options(
    settings: ReadOptions, now: ReadingPreview, tables: Sequence[TablePreview], key: str
) -> ReadOptions:
    """The options that the inputs say. Raises ValueError, in words of the page, where they do not fit together."""
    table, values = _table(settings, now, tables, key)
    _first_rows(table)
    kind = _kind(settings, now, key)
    automatic = {
        assumption.option: assumption.value for assumption in now.assumptions if assumption.what != NOT_READ
    }
    labels = [label for label, _ in now.label_counts]
    named = ("keypoint",) if kind == "points" and settings.keypoint else ()
    names = (*_INPUTS[kind], *named, *_ALWAYS)
    for place, name in enumerate(names):
        if place % _IN_A_ROW == 0:  # a row at a time, so that a narrow screen keeps the order
            columns = st.columns(_IN_A_ROW)
        with columns[place % _IN_A_ROW]:
            if name == "label_columns" and kind != "columns":
                values[name] = _label_column(settings, table, key, automatic.get(name, ""))
            else:
                values[name] = option_inputs.ask(name, settings, table, key, labels, automatic.get(name, ""))
    if kind == "columns" and len(values["label_columns"]) == 1:
        raise ValueError("Choose two or more class columns. Choose none to have them recognized.")
    unused: dict[str, Any] = dict.fromkeys(("separator", "x_column", "y_column", "units", "keypoint"))
    unused |= {"label_columns": (), "classes": ()}
    return option_inputs.changed(settings, **unused | values | {"format": kind})


def _kind(settings: ReadOptions, now: ReadingPreview, key: str) -> str:
    recognized = now.form if now.form in KINDS else next(iter(KINDS))
    kind = settings.format if settings.format in KINDS else recognized
    return st.segmented_control(
        "The table holds", list(KINDS), default=kind, format_func=_title, required=True,
        key=f"{key}_kind_{settings.format}_{recognized}",
    )  # fmt: skip


def _title(kind: str) -> str:
    return KINDS[kind]


def _table(
    settings: ReadOptions, now: ReadingPreview, tables: Sequence[TablePreview], key: str
) -> tuple[TablePreview, dict[str, Any]]:
    """The table whose columns are shown, and the options that choose it, where there are several."""
    values: dict[str, Any] = {"table": settings.table, "sheet": settings.sheet}
    read = next((assumption.value for assumption in now.assumptions if assumption.what == "table"), "")
    files = list(dict.fromkeys(table.file for table in tables))
    if len(files) > 1:
        values["table"] = option_inputs.ask("table", settings, None, key, files, read)
    shown = option_inputs.table_of(tables, ReadOptions(table=values["table"]), read) or tables[0]
    sheets = [table.sheet for table in tables if table.file == shown.file and table.sheet]
    values["sheet"] = option_inputs.ask("sheet", settings, None, key, sheets) if len(sheets) > 1 else None
    of_file = (
        table for table in tables if table.file == shown.file and values["sheet"] in (None, table.sheet)
    )
    return next(of_file, shown), values


def _label_column(settings: ReadOptions, table: TablePreview, key: str, automatic: str) -> tuple[str, ...]:
    """One column of labels, as `ReadOptions` takes it."""
    only = settings.label_columns[0] if len(settings.label_columns) == 1 else ""
    options = ["", *table.choices]
    chosen = st.selectbox(
        "Label column", options, options.index(only) if only in options else 0,
        format_func=lambda name: option_inputs.with_example(name, table, automatic), key=f"{key}_label_{only}",
    )  # fmt: skip
    return (chosen,) if chosen else ()


def _first_rows(table: TablePreview) -> None:
    sheet = f", sheet “{table.sheet}”" if table.sheet else ""
    st.caption(plain(f"{table.file}{sheet}: the first {len(table.rows)} of {table.row_count:,} rows"))
    names = [heading or "(no name)" for heading in table.headings]
    unique = [name if name not in names[:at] else f"{name} ({at + 1})" for at, name in enumerate(names)]
    st.dataframe(pd.DataFrame(list(table.rows), columns=unique), hide_index=True, width="stretch")
