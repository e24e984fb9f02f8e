"""Page 9, import: a dataset that can be read in several ways shows each of them, and the visitor decides."""

import streamlit as st

from engine.data.formats.assumptions import AmbiguousError
from engine.data.library import LibraryDataset
from pages.parts.data.imports import apply_reading, mapping, option_inputs, reading_cache, reading_view
from pages.parts.shared.text import plain


def question(chosen: LibraryDataset) -> AmbiguousError | None:
    """What must be decided before the dataset can be read, or None."""
    return reading_cache.preview(chosen, chosen.manifest.chosen_options, chosen.task).question


def show(chosen: LibraryDataset, asked: AmbiguousError) -> None:
    """The readings side by side, each with a preview and the button that chooses it."""
    st.header("Choose how to read it")
    st.markdown(f"{plain(asked.question)} Nothing is used until you choose.")
    apply_reading.refusal()
    settings = chosen.manifest.chosen_options
    for number, choice in enumerate(asked.choices):
        options = choice.over(settings)
        reading = reading_cache.preview(chosen, options)
        key = option_inputs.key_of(chosen, f"reading_{number}")
        with st.container(border=True, key=key):
            st.markdown("; ".join(option_inputs.words(options, settings)))
            reading_view.show(reading, key)
            if reading.is_usable or reading.question:
                st.button(
                    "Read it this way", key=f"{key}_apply", type="primary", on_click=apply_reading.apply,
                    args=(chosen, options),
                )  # fmt: skip
    if option_inputs.words(settings):
        st.button("Undo my choices", icon=":material/undo:", on_click=apply_reading.undo, args=(chosen,))
    mapping.show(chosen)
