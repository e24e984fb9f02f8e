"""Page 9, import: imports in progress, found again after a reload, and those that were refused."""

from pathlib import Path

import streamlit as st

from engine.data import imports
from engine.data.imports import ImportJob
from engine.jobs.status import FINISHED
from pages.parts.shared.text import plain

SECONDS_BETWEEN_LOOKS = 0.5


def show() -> str | None:
    """Everything on its way; the name of what has arrived since the page last looked."""
    arrived, working = None, set()
    for one in imports.all_imports():
        if one.is_active:
            working.add(one.folder)
        elif problems := one.problems:
            _refused(one, problems)
        else:
            arrived = one.name if one.status.state == FINISHED else arrived
            imports.dismiss(one)
    if working:
        _watch(working)
    return arrived


def at_work() -> list[ImportJob]:
    """Everything that is still being worked on."""
    return [one for one in imports.all_imports() if one.is_active]


@st.fragment(run_every=SECONDS_BETWEEN_LOOKS)
def _watch(known: set[Path]) -> None:
    """How far each is; as soon as one of them has ended, the page takes it up."""
    working = at_work()
    for one in working:
        status = one.status
        done, of = status.details.get("done", 0), status.details.get("of", 0)
        says = f"unpacking: {done:,} of {of:,} files" if of else "reading the uploaded files"
        st.progress(status.progress.share, text=plain(f"{_title(one)}: {says}"))
        if st.button("Stop", icon=":material/stop:", key=f"stop_{one.folder.name}"):
            imports.stop(one)
    if {one.folder for one in working} != known:
        st.rerun()


def _refused(one: ImportJob, problems: tuple[str, ...]) -> None:
    with st.container(border=True, key=f"refused_{one.folder.name}"):
        told = "\n".join(f"- {plain(problem)}" for problem in problems)
        st.error(f"{plain(_title(one))} was not imported:\n\n{told}", icon=":material/block:")
        if st.button("Understood", key=f"dismiss_{one.folder.name}"):
            imports.dismiss(one)
            st.rerun()


def _title(one: ImportJob) -> str:
    names = [str(name) for name in one.asked.get("names", [])]
    if one.asked.get("name"):
        return str(one.asked["name"])
    return names[0] if len(names) == 1 else f"{len(names):,} files"
