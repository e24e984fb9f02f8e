"""Page 9, import: the ways to import images, imports in progress, and what was recognized in the chosen dataset."""

import streamlit as st

from engine.data import shared_datasets
from engine.data.library import LibraryDataset
from pages.parts.data.imports import library as imports_library
from pages.parts.data.imports import progress, readings, recognized, sources
from pages.parts.shared import last_dataset, scroll_to, share

CHOSEN = "set"
_ARRIVALS = "imports_arrived"


def choose() -> LibraryDataset | None:
    """The dataset that the page is about, by name; None while the library is empty."""
    sets = shared_datasets.by_title()
    if not sets:
        return None
    if st.session_state.get(CHOSEN) not in sets:
        asked = st.query_params.get(CHOSEN)
        st.session_state[CHOSEN] = asked if asked in sets else _last_of(sets)
    name = st.selectbox("Dataset", list(sets), key=CHOSEN)
    st.query_params[CHOSEN] = name
    last_dataset.remember_dataset(sets[name])
    return sets[name]


def _last_of(sets: dict[str, LibraryDataset]) -> str:
    last = last_dataset.of(sets.values())
    return next((title for title, one in sets.items() if one == last), next(iter(sets)))


def take_up(name: str) -> None:
    """Let the page be about this dataset from the next run on."""
    st.session_state.pop(CHOSEN, None)
    st.query_params[CHOSEN] = name


def is_undecided(chosen: LibraryDataset) -> bool:
    """Whether it must first be decided how to read the dataset."""
    return chosen.manifest.options.format is None and readings.question(chosen) is not None


def show(chosen: LibraryDataset | None) -> None:
    """Everything under "Import"."""
    with st.container():  # what is open below stays open when an import ends
        arrived = progress.show()
    if arrived:
        st.session_state[_ARRIVALS] = st.session_state.get(_ARRIVALS, 0) + 1
        take_up(arrived)
        imports_library.arrived(arrived)
        st.rerun()
    if arrivals := st.session_state.get(_ARRIVALS):  # the form of a second import stands at the end
        scroll_to.here("import_arrived", f"import {arrivals}")
    imports_library.undo_removal(take_up)
    imports_library.show_unreadable()
    if chosen is not None:
        imports_library.undo_import(chosen)
        if chosen.is_shared_with_me:
            share.offer_copy(chosen, take_up)
        else:
            recognized.show(chosen)
            imports_library.show(chosen, take_up)
            share.dataset(chosen)
        st.header("Import another dataset")
    sources.show(is_first=chosen is None and not progress.at_work())
