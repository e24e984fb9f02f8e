"""Page 9, import: a reading that a visitor chose is kept, or undone, or what is wrong with it is said."""

from collections.abc import Callable

import streamlit as st

from engine.data import bounded_read, change_reading
from engine.data.formats import DatasetError
from engine.data.formats.assumptions import AmbiguousError
from engine.data.formats.read_options import ReadOptions
from engine.data.library import LibraryDataset
from pages.parts.shared.text import plain

REFUSED = "reading_refused"


def apply(chosen: LibraryDataset, settings: ReadOptions) -> None:
    """Read the dataset with these options from now on; for use as a button's callback."""
    _try(lambda: bounded_read.read(chosen.source_path, change_reading.read_with, chosen, settings))


def undo(chosen: LibraryDataset) -> None:
    """Go back to what was recognized; for use as a button's callback."""
    _try(lambda: bounded_read.read(chosen.source_path, change_reading.read_as_recognized, chosen))


def refusal() -> None:
    """Say once what was wrong with the last change, if anything."""
    for problem in st.session_state.pop(REFUSED, ()):
        st.error(plain(problem), icon=":material/block:")


def _try(change: Callable[[], object]) -> None:
    try:
        change()
    except AmbiguousError as error:
        st.session_state[REFUSED] = [error.question]
    except DatasetError as error:
        st.session_state[REFUSED] = list(error.problems)
    except OSError as error:
        st.session_state[REFUSED] = [f"The change could not be saved: {error.strerror or error}."]
