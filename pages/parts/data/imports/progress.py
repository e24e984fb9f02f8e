"""Page 9, bring: what is on its way to the shelf, found again after a reload, and what was refused."""

from pathlib import Path

import streamlit as st

from engine.data import imports
from engine.data.imports import Bringing
from engine.data.imports.import_job import DONE, FAILED, WORKING
from pages.parts.shared.text import plain

SECONDS_BETWEEN_LOOKS = 0.5


def show() -> str | None:
    """Everything on its way; the name of what has arrived since the page last looked."""
    arrived, working = None, set()
    for one in imports.all_bringings():
        status = one.status
        if status.state == DONE:
            arrived = status.name
            imports.dismiss(one)
        elif status.state == FAILED:
            _refused(one, status.problems)
        else:
            working.add(one.folder)
    if working:
        _watch(working)
    return arrived


def at_work() -> list[Bringing]:
    """Everything that is still being worked on."""
    return [one for one in imports.all_bringings() if one.status.state == WORKING]


@st.fragment(run_every=SECONDS_BETWEEN_LOOKS)
def _watch(known: set[Path]) -> None:
    """How far each is; as soon as one of them has ended, the page takes it up."""
    working = at_work()
    for one in working:
        status = one.status
        share = status.done / status.of if status.of else 0.0
        says = (
            f"unpacking: {status.done:,} of {status.of:,} files" if status.of else "looking at what was sent"
        )
        st.progress(min(share, 1.0), text=plain(f"{_title(one)}: {says}"))
        if st.button("Stop", icon=":material/stop:", key=f"stop_{one.folder.name}"):
            imports.stop(one)
    if {one.folder for one in working} != known:
        st.rerun()


def _refused(one: Bringing, problems: tuple[str, ...]) -> None:
    with st.container(border=True, key=f"refused_{one.folder.name}"):
        told = "\n".join(f"- {plain(problem)}" for problem in problems)
        st.error(f"{plain(_title(one))} was not taken:\n\n{told}", icon=":material/block:")
        if st.button("Understood", key=f"dismiss_{one.folder.name}"):
            imports.dismiss(one)
            st.rerun()


def _title(one: Bringing) -> str:
    names = [str(name) for name in one.asked.get("names", [])]
    if one.asked.get("name"):
        return str(one.asked["name"])
    return names[0] if len(names) == 1 else f"{len(names):,} files"
