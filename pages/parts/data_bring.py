"""Page 9, bring: what is on the shelf, and the ways to put more on it."""

from pathlib import Path
from urllib.parse import urlencode

import streamlit as st

from engine import shelf
from engine.datasets import DatasetError
from engine.shelf import ShelfError, Shelved
from engine.tasks import TASKS
from pages.parts.text import plain

CHOSEN = "set"


def choose() -> Shelved | None:
    """The data set that the page is about, by name; None while the shelf is empty."""
    sets = {one.name: one for one in shelf.all_sets()}
    if not sets:
        return None
    if st.session_state.get(CHOSEN) not in sets:
        asked = st.query_params.get(CHOSEN)
        st.session_state[CHOSEN] = asked if asked in sets else next(iter(sets))
    name = st.selectbox("Data set", list(sets), key=CHOSEN)
    st.query_params[CHOSEN] = name
    return sets[name]


def show(chosen: Shelved | None) -> None:
    """Everything under "Bring"."""
    with st.form("bring_folder", border=False):
        path = st.text_input("A folder or table on the machine that runs this app", key="bring_path")
        task = st.segmented_control("Task", TASKS, default=TASKS[1], required=True, key="bring_task")
        if st.form_submit_button("Bring it"):
            _register(Path(path), task)
    if chosen is None:
        st.info("Nothing has been brought yet.")
        return
    try:
        record = chosen.record()
        st.success(f"{len(record.table):,} pictures, {len(record.vocab)} labels.")
    except DatasetError as error:
        st.error("\n".join(f"- {plain(problem)}" for problem in error.problems))
    address = urlencode({"task": chosen.task, "data": str(chosen.data_path)})
    st.markdown(f"[Train on it](/Train?{address})")


def _register(path: Path, task: str) -> None:
    if not path.expanduser().exists():
        st.error(plain(f"There is no folder or table “{path}” on this machine; check the name."))
        return
    try:
        one = shelf.add(path.name, task, elsewhere=path.expanduser(), source=f"the folder {path}")
    except (ShelfError, OSError) as error:
        st.error(plain(error))
        return
    st.session_state[CHOSEN] = one.name
    st.rerun()
