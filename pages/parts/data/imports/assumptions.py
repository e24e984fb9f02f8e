"""Page 9, import: everything that the reader assumed about a dataset, why, and a control to change it."""

import streamlit as st

from engine.data.formats.assumptions import Assumption
from engine.data.formats.reading_preview import ReadingPreview
from engine.data.library import LibraryDataset
from pages.parts.data.imports import apply_reading, option_inputs, reading_cache
from pages.parts.shared.text import plain

_STYLE = '<style>[class*="st-key-assumed_row"] {flex-wrap: nowrap}</style>'
"""The button stays next to what it changes, however narrow the screen is."""
_TOGETHER = {"x_column": ("x_column", "y_column"), "y_column": ("x_column", "y_column")}
"""Options that are only given together."""


def show(chosen: LibraryDataset, reading: ReadingPreview) -> None:
    """What was said, with its undo, and what was assumed."""
    _said(chosen)
    assumed = [assumption for assumption in reading.assumptions if not assumption.is_said]
    if assumed:
        st.markdown("**What was assumed**")
        st.html(_STYLE)
    for number, assumption in enumerate(assumed):
        _row(chosen, reading, assumption, option_inputs.key_of(chosen, f"assumed_{number}"))


def _said(chosen: LibraryDataset) -> None:
    words = option_inputs.words(chosen.manifest.chosen_options)
    if not words:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"You chose: {'; '.join(words)}", width="stretch")
        st.button(
            "Undo", icon=":material/undo:", key=option_inputs.key_of(chosen, "undo_reading"),
            help="Goes back to what was recognized.", on_click=apply_reading.undo, args=(chosen,),
        )  # fmt: skip


def _row(chosen: LibraryDataset, reading: ReadingPreview, assumption: Assumption, key: str) -> None:
    what = f"{assumption.what[:1].upper()}{assumption.what[1:]}"
    is_new = assumption.evidence and assumption.evidence not in chosen.manifest.reasons
    because = f"  \n:small[:gray[{plain(assumption.evidence)}]]" if is_new else ""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"assumed_row_{key}"):
        st.markdown(f"{plain(what)}: **{plain(assumption.value)}**{because}", width="stretch")
        if _can_change(chosen, reading, assumption.option):
            with st.popover("Change", key=f"{key}_change"):
                _change(chosen, reading, assumption.option, key)


def _can_change(chosen: LibraryDataset, reading: ReadingPreview, option: str) -> bool:
    """Whether an option leaves a choice: not the only table, and no label column for points."""
    if option in ("table", "sheet"):
        return len(option_inputs.choices_of(option, chosen, reading, reading_cache.tables(chosen))) > 1
    return bool(option) and not (option == "label_columns" and reading.form == "points")


def _change(chosen: LibraryDataset, reading: ReadingPreview, option: str, key: str) -> None:
    """The inputs for an option, what the dataset is then, and the button that applies it."""
    settings = chosen.manifest.chosen_options
    tables = reading_cache.tables(chosen)
    read = next((assumption.value for assumption in reading.assumptions if assumption.what == "table"), "")
    table = option_inputs.table_of(tables, settings, read)
    choices = option_inputs.choices_of(option, chosen, reading, tables)
    names = _TOGETHER.get(option, (option,))
    try:
        options = option_inputs.changed(
            settings, **{name: option_inputs.ask(name, settings, table, key, choices) for name in names}
        )
    except ValueError as error:
        st.warning(plain(error))
        return
    new = reading_cache.preview(chosen, options) if options != settings else reading
    if options != settings:
        st.caption(plain(new.summary if new.form else " ".join(new.problems)))
    st.button(
        "Apply", key=f"{key}_apply", type="primary", disabled=options == settings or not new.is_usable,
        on_click=apply_reading.apply, args=(chosen, options),
    )  # fmt: skip
