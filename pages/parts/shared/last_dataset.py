"""The datasets that a visitor had on screen last, so that every page of the workflow begins with the same one."""

from collections.abc import Iterable

import streamlit as st

from engine.data.library import LibraryDataset
from pages.parts.shared import workflow_facts

_KEY = "datasets_shown_last"
_MOST = 8

Choice = tuple[str, str]
"""A task, and what `--data` gets."""


def remember(task: str, data: str) -> None:
    """Keep in mind that a page is about these data, of the library or a sample."""
    chosen = task, data
    st.session_state[_KEY] = [chosen, *(one for one in recent() if one != chosen)][:_MOST]


def remember_dataset(dataset: LibraryDataset) -> None:
    """The same for a dataset of the library."""
    remember(dataset.task, workflow_facts.typed(dataset))


def recent() -> list[Choice]:
    """What was on screen in this visit, the last first."""
    return list(st.session_state.get(_KEY, []))


def of(library: Iterable[LibraryDataset]) -> LibraryDataset | None:
    """The dataset of the library that was on screen last; before there was any, one's own that was imported last."""
    sets = list(library)
    for _, data in recent():
        if dataset := workflow_facts.dataset_at(data, sets):
            return dataset
    own = [one for one in sets if not one.is_shared_with_me]
    return max(own, key=lambda one: one.manifest.imported_at, default=None)
