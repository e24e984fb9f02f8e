"""Page 9, import: a dataset of the library is renamed or removed, and the removal undone."""

import contextlib
import functools
from collections.abc import Callable
from pathlib import Path

import streamlit as st

from engine.data import library
from engine.data.formats import DatasetError
from engine.data.library import DamagedDataset, LibraryDataset, LibraryError
from pages.parts.shared.text import plain

REMOVED, IMPORTED = "import_removed", "import_arrived"


def show(chosen: LibraryDataset, take_up: Callable[[str], None]) -> None:
    """Rename or remove the chosen dataset; `take_up` lets the page be about another."""
    with st.expander("Rename or remove it", key="import_change"):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            name = st.text_input(
                "New name", chosen.name, key=f"import_rename_{chosen.folder.name}", width=260
            )
            if st.button("Rename", disabled=(name or "").strip() == chosen.name):
                _do(lambda: take_up(library.rename(chosen, name or "").name))
        where = " The folder that it is read from does not change." if chosen.manifest.in_place else ""
        undone = " You can undo this until you remove another dataset."
        st.caption(f"Removing it also deletes your labels and other changes.{where}{undone}")
        if st.button("Remove", icon=":material/delete:", key=f"import_remove_{chosen.folder.name}"):
            _do(lambda: _remove(chosen))


def arrived(name: str) -> None:
    """Keep in mind which dataset was imported last in this visit."""
    if one := library.find(name):
        st.session_state[IMPORTED] = str(one.folder)
        st.session_state.pop(REMOVED, None)


def undo_import(chosen: LibraryDataset) -> None:
    """Offer to undo the last import of this visit, where it is the chosen dataset."""
    if st.session_state.get(IMPORTED) != str(chosen.folder):
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"“{plain(chosen.name)}” was imported.", width="content")
        says = "Removes the dataset and everything you changed in it. You can undo that, too."
        if st.button("Undo the import", icon=":material/undo:", help=says):
            _do(lambda: _remove(chosen))


def undo_removal(take_up: Callable[[str], None]) -> None:
    """Offer to undo what was removed last in this visit."""
    removed = st.session_state.get(REMOVED)
    if not removed:
        return
    name, place = removed
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"“{plain(name)}” was removed.", width="content")
        if st.button("Undo", icon=":material/undo:"):
            st.session_state.pop(REMOVED)
            _do(lambda: _put_back(Path(place), take_up))


def show_unreadable() -> None:
    """Warn of what the library holds and nothing can read, such as datasets of another version; offer to remove it."""
    for damaged in library.damaged():
        st.warning(plain(damaged.reason), icon=":material/warning:")
        label, key = f"Remove “{plain(damaged.title)}”", f"remove_damaged_{damaged.folder.name}"
        if st.button(label, icon=":material/delete:", key=key):
            _do(functools.partial(_remove, damaged))


def _remove(chosen: LibraryDataset | DamagedDataset) -> None:
    name = chosen.title if isinstance(chosen, DamagedDataset) else chosen.name
    st.session_state[REMOVED] = name, str(library.remove(chosen))


def _put_back(place: Path, take_up: Callable[[str], None]) -> None:
    restored = library.put_back(place)
    with contextlib.suppress(DatasetError):  # a damaged one has no name, and is listed again
        take_up(restored.name)


def _do(change: Callable[[], None]) -> None:
    try:
        change()
    except (LibraryError, DatasetError, OSError) as error:
        st.error(plain(error))
        return
    st.rerun()
