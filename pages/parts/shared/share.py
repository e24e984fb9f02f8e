"""Sharing: a teacher's own datasets and runs for everybody to read, and a visitor's copy of a shared dataset."""

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from engine.data import shared_datasets
from engine.data.library import LibraryDataset, LibraryError
from engine.jobs import shares, user_scope
from engine.jobs.shares import ShareError
from engine.runs import Run
from pages.parts.shared.text import plain

EVERYBODY = "Share it with everyone"
ENDS = "Stop sharing it"
COPY = "Make a copy of my own"


def dataset(one: LibraryDataset) -> None:
    """Let a teacher share a dataset; nothing for other people."""
    _offer(one.folder, one.name, lambda: shared_datasets.share(one))


def run(one: Run) -> None:
    """Let a teacher share a run; nothing for other people."""
    if user_scope.teacher():
        st.caption("Others see the images of a shared run only where its dataset is shared, too.")
    _offer(one.folder, one.name, lambda: shares.share(one.folder))


def offer_copy(one: LibraryDataset, take_up: Callable[[str], None]) -> None:
    """Say what can be done with another person's dataset, and copy it."""
    st.info(
        "Your teacher shares this dataset. You can browse it and train on it. To change it, copy it first."
    )
    if st.button(COPY, icon=":material/content_copy:", key=f"copy_{one.folder.name}"):
        try:
            take_up(shared_datasets.copy(one).name)
        except (LibraryError, ValueError) as error:
            st.error(plain(error))
            return
        st.rerun()


def _offer(folder: Path, name: str, begin: Callable[[], None]) -> None:
    if not user_scope.teacher():
        return
    is_shared = shares.is_shared(folder)
    if is_shared:
        st.caption(f"Everyone who has signed in can read {plain(name)}.")
    label, icon = (ENDS, ":material/lock:") if is_shared else (EVERYBODY, ":material/group:")
    if st.button(label, icon=icon, key=f"share_{folder.name}"):
        try:
            shares.unshare(folder) if is_shared else begin()
        except ShareError as error:
            st.error(plain(error))
            return
        st.rerun()
