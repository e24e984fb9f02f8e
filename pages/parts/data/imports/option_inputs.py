"""Page 9, import: an input for each option that says how to read a dataset."""

from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from typing import Any
from zlib import crc32

import streamlit as st

from engine.data.formats.forms import FORMS
from engine.data.formats.read_options import SEPARATORS, UNITS, ReadOptions
from engine.data.formats.reading_preview import ReadingPreview
from engine.data.formats.tables.column_preview import TablePreview
from engine.data.library import LibraryDataset
from pages.parts.shared.text import plain

NONE = "none"
TITLES = {
    "format": "Format",
    "image_column": "Image column",
    "label_columns": "Label columns",
    "separator": "Separator",
    "classes": "Classes",
    "x_column": "x column",
    "y_column": "y column",
    "units": "Units of x and y",
    "group_column": "Group column",
    "split_column": "Split column",
    "sheet": "Sheet",
    "table": "Table",
    "keypoint": "Keypoint",
}
"""What the page calls each field of `ReadOptions`."""

SEPARATOR_TITLES = {
    "spaces": "Spaces",
    "commas": "Commas",
    "semicolons": "Semicolons",
    "bars": "Vertical bars",
    NONE: "None: one label per cell",
}
_NONE_TITLES = {"group_column": "No groups", "split_column": "No split column"}
_HELP = {
    "classes": "Choose the labels to keep; others are dropped. Leave it empty to keep all.",
    "group_column": "Images of one group, such as one person, stay in the same part of the split.",
    "split_column": "The column that says which images are for training, validation or testing.",
    "label_columns": "The column that holds the labels, or every column that stands for a class.",
    "keypoint": "A name, or a number from 1. “box” uses the middle of the box.",
}
AUTOMATIC = "Recognize automatically"


def ask(
    option: str,
    settings: ReadOptions,
    table: TablePreview | None,
    key: str,
    choices: Sequence[str] = (),
    automatic: str = "",
) -> Any:
    """The input for an option, set to what was said; returns what is chosen, None or () for recognizing it.

    `choices` are the formats, classes, sheets or tables; `automatic` says what is recognized.
    """
    now = getattr(settings, option)
    key = f"{key}_{crc32(repr(settings).encode()):x}_{option}"
    if option == "keypoint":
        return st.text_input(TITLES[option], now or "", key=key, help=_HELP[option]).strip() or None
    headings = table.choices if table else ()
    if option in ("label_columns", "classes"):
        return _several(option, now, headings if option == "label_columns" else choices, table, key)
    options = _choices(option, headings, choices)
    if now is not None and now not in options:
        options = [now, *options]
    titled = _titled(option, table, automatic)
    at = 0 if now is None else 1 + options.index(now)
    chosen = st.selectbox(
        TITLES[option], ["", *options], at, format_func=titled, key=key, help=_HELP.get(option)
    )
    return chosen or None


def _several(
    option: str, now: tuple[str, ...], choices: Sequence[str], table: TablePreview | None, key: str
) -> tuple[str, ...]:
    options = list(dict.fromkeys([*choices, *now]))
    titled = _titled(option, table, "") if option == "label_columns" else str
    return tuple(
        st.multiselect(
            TITLES[option], options, list(now), format_func=titled, key=key, placeholder=AUTOMATIC,
            accept_new_options=option == "classes" or not options, help=_HELP[option],
        )
    )  # fmt: skip


def _choices(option: str, headings: Sequence[str], choices: Sequence[str]) -> list[str]:
    if option == "separator":
        return list(SEPARATORS)
    if option == "units":
        return list(UNITS)
    if option in _NONE_TITLES:
        return [NONE, *headings]
    return list(headings) if option.endswith("_column") else list(choices)


def _titled(option: str, table: TablePreview | None, automatic: str) -> Callable[[str], str]:
    def title(value: str) -> str:
        if not value:
            return with_example(value, table, automatic)
        if option == "format":
            return FORMS[value].title
        if option == "separator":
            return SEPARATOR_TITLES[value]
        if option in _NONE_TITLES and value == NONE:
            return _NONE_TITLES[option]
        return with_example(value, table)

    return title


def with_example(heading: str, table: TablePreview | None, automatic: str = "") -> str:
    """A heading with its first filled cell; for an empty one, what is recognized."""
    if not heading:
        return f"{AUTOMATIC}: {automatic}" if automatic else AUTOMATIC
    example = table.example(heading) if table and heading in table.choices else ""
    return f"{heading} ({example})" if example else heading


def words(options: ReadOptions, than: ReadOptions | None = None) -> list[str]:
    """Every option that is set, and is set otherwise in `than`, as Markdown: "Separator: **Commas**"."""
    than = than or ReadOptions()
    clauses = []
    for field in fields(options):
        value = getattr(options, field.name)
        if value not in (None, ()) and value != getattr(than, field.name):
            title = TITLES[field.name]
            title = title.removesuffix("s") if field.name == "label_columns" and len(value) == 1 else title
            clauses.append(f"{title}: **{_shown(field.name, value)}**")
    return clauses


def _shown(option: str, value: Any) -> str:
    if isinstance(value, tuple):
        return plain(", ".join(value))
    return plain(_titled(option, None, "")(value))


def table_of(chosen: Sequence[TablePreview], settings: ReadOptions, read: str = "") -> TablePreview | None:
    """The table that is read: the one that was said, or the one whose title the reader gives, or the first."""
    fitting = [
        table
        for table in chosen
        if settings.table in (None, table.file) and settings.sheet in (None, table.sheet)
    ]
    named = [table for table in fitting if f"“{table.file.rpartition('/')[2]}”" in read]
    return next(iter(named or fitting), None)


def changed(settings: ReadOptions, **values: Any) -> ReadOptions:
    """The options with other values. Raises ValueError for a combination that cannot be, in words of the page."""
    x, y = (values.get(name, getattr(settings, name)) for name in ("x_column", "y_column"))
    if (x is None) != (y is None):
        raise ValueError("Choose both the x column and the y column, or neither.")
    return replace(settings, **values)


def choices_of(
    option: str, chosen: LibraryDataset, reading: ReadingPreview, tables: Sequence[TablePreview]
) -> tuple[str, ...]:
    """The formats, classes, tables or sheets from which to choose."""
    if option == "format":
        return tuple(dict.fromkeys([reading.form, *chosen.manifest.other_formats]))
    if option == "classes":
        return tuple(label for label, _ in reading.label_counts)
    places = [table.file if option == "table" else table.sheet for table in tables]
    return tuple(dict.fromkeys(place for place in places if place))


def key_of(chosen: LibraryDataset, part: str) -> str:
    """The beginning of the keys of a part's inputs for a dataset."""
    return f"{part}_{chosen.folder.name}"
