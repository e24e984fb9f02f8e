"""The health of a dataset for the sections of page 9: checked once, kept, in a process of its own if it is large."""

import os
from pathlib import Path

import streamlit as st

from engine.data import bounded_read, edits
from engine.data.checks import Fix, Health, jobs, run_checks
from engine.data.edits import Decision, DecisionError
from engine.data.files import MANIFEST
from engine.data.formats import DatasetError
from engine.data.formats.source import TABLES
from engine.data.library import LibraryDataset
from pages.parts.shared.progress import time_left
from pages.parts.shared.text import plain

SECONDS_BETWEEN_LOOKS = 0.5
MOST_KEPT = 6
_TABLE_ENDINGS = {*TABLES, ".json"}
_FAILED = "mend_failed"
_AGAIN = "check_again"


def of(chosen: LibraryDataset) -> Health | None:
    """How the dataset stands now; None while its images are being checked, which the page then shows."""
    key, kept = state_key(chosen), _kept()
    health = kept.get(key)
    if health is None:
        with st.spinner("Checking every image…"):
            health = _check(chosen)
        if health is None:
            _look_in_background(chosen)
            return None
        kept[key] = health
        for oldest in list(kept)[:-MOST_KEPT]:
            kept.pop(oldest, None)
    return health


def _check(chosen: LibraryDataset) -> Health | None:
    place, task = chosen.data_path, chosen.task
    try:
        return bounded_read.read(place, run_checks.check_in_a_moment, place, task, jobs.QUICK_BYTES)
    except DatasetError as error:
        return run_checks.unreadable(place, task, error)


def forget() -> None:
    """Read the files again, since they may have changed on disk."""
    _kept().clear()


@st.cache_resource(show_spinner=False)
def _kept() -> dict[tuple, Health]:
    return {}


def state_key(chosen: LibraryDataset) -> tuple:
    """What tells one state of a dataset from another, without reading its images."""
    home, source = journal_home(chosen), chosen.source_path
    files = (home / edits.JOURNAL, chosen.folder / MANIFEST, source, *_tables(source))
    return (str(chosen.folder), chosen.task, *map(_changed, files))


def _tables(source: Path) -> list[Path]:
    """The files of a folder that may describe its images: one may be edited in place."""
    if not source.is_dir():
        return []
    with os.scandir(source) as entries:
        return sorted(
            Path(entry.path) for entry in entries if Path(entry.name).suffix.lower() in _TABLE_ENDINGS
        )


def _changed(path: Path) -> tuple[int, int]:
    try:
        about = path.stat()
        return about.st_mtime_ns, about.st_size
    except OSError:
        return 0, 0


def _look_in_background(chosen: LibraryDataset) -> None:
    """Start the process once for each visit, and show how far it is; it goes on without the page."""
    asked, here = st.session_state.setdefault(_AGAIN, set()), str(chosen.folder)
    if here not in asked:
        asked.add(here)
        jobs.start(chosen.data_path, chosen.task)
    if jobs.progress(chosen.data_path) is None:
        _offer_again(chosen)
        return
    st.fragment(_progress, run_every=SECONDS_BETWEEN_LOOKS)(chosen)


def _progress(chosen: LibraryDataset) -> None:
    at = jobs.progress(chosen.data_path)
    if at is None:
        st.rerun()
    done = f"{at.share:.0%}{time_left(at)}"
    st.progress(at.share, text=f"Checking every image once: {done}. You can use other pages meanwhile.")


def _offer_again(chosen: LibraryDataset) -> None:
    st.warning("The image check stopped early. Its findings so far are kept.")
    if log := jobs.log(chosen.data_path):
        with st.expander("Log"):
            st.code(log, language=None)
    if st.button("Continue the image check", icon=":material/resume:"):
        st.session_state[_AGAIN].discard(str(chosen.folder))
        st.rerun()


def journal_home(chosen: LibraryDataset) -> Path:
    """Where the decisions about it are kept."""
    return run_checks.journal_home(chosen.data_path)


def fix(chosen: LibraryDataset, remedy: Fix) -> None:
    """Save a fix as a decision, and confirm it; for use as a button's callback."""
    if decision := keep(chosen, remedy):
        st.toast(f"{plain(decision.says)}. Undo is at the top.", icon=":material/check:")


def keep(chosen: LibraryDataset, remedy: Fix) -> Decision | None:
    """Save a fix as a decision; None where it could not be saved, which the page then says."""
    try:
        return edits.add_each(journal_home(chosen), remedy.kind, remedy.given)
    except DecisionError as error:
        st.session_state[_FAILED] = str(error)
        return None


def undo_button(chosen: LibraryDataset) -> None:
    """What was decided last, and the button that takes it back; and what could not be kept, if anything."""
    if failed := st.session_state.pop(_FAILED, None):
        st.error(plain(failed))
    standing = edits.read(journal_home(chosen)).standing
    if standing:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.button("Undo", icon=":material/undo:", key="mend_undo", on_click=_undo, args=(chosen,))
            st.caption(f"Last change: {plain(standing[-1].says)}")


def _undo(chosen: LibraryDataset) -> None:
    try:
        edits.undo(journal_home(chosen))
    except DecisionError as error:
        st.session_state[_FAILED] = str(error)
