"""Page 9, import: imports in progress, found again after a reload, and those that were refused."""

from pathlib import Path

import streamlit as st

from engine.data import imports
from engine.data.imports import ImportJob
from engine.jobs import job_places
from engine.jobs.status import FINISHED
from pages.parts.shared.text import plain

SECONDS_BETWEEN_LOOKS = 0.5


def show() -> str | None:
    """Everything on its way; the name of what has arrived since the page last looked."""
    arrived, working = None, set()
    for job in imports.all_imports():
        if job.is_active:
            working.add(job.folder)
        elif problems := job.problems:
            _refused(job, problems)
        else:
            arrived = job.name if job.status.state == FINISHED else arrived
            imports.dismiss(job)
    if working:
        _watch(working)
    return arrived


def at_work() -> list[ImportJob]:
    """Everything that is still being worked on."""
    return [job for job in imports.all_imports() if job.is_active]


@st.fragment(run_every=SECONDS_BETWEEN_LOOKS)
def _watch(known: set[Path]) -> None:
    """How far each is; as soon as one of them has ended, the page takes it up."""
    working = at_work()
    for job in working:
        status = job.status
        done, of = status.details.get("done", 0), status.details.get("of", 0)
        says = f"unpacking: {done:,} of {of:,} files" if of else "reading the files"
        if status.progress.text == job_places.WAITING:
            says = "waiting for other imports"
        st.progress(status.progress.share, text=plain(f"{_title(job)}: {says}"))
        if st.button("Stop", icon=":material/stop:", key=f"stop_{job.folder.name}"):
            imports.stop(job)
    if {job.folder for job in working} != known:
        st.rerun()


def _refused(job: ImportJob, problems: tuple[str, ...]) -> None:
    with st.container(border=True, key=f"refused_{job.folder.name}"):
        reasons = "\n".join(f"- {plain(problem)}" for problem in problems)
        st.error(f"{plain(_title(job))} was not imported:\n\n{reasons}", icon=":material/block:")
        if st.button("Dismiss", key=f"dismiss_{job.folder.name}"):
            imports.dismiss(job)
            st.rerun()


def _title(job: ImportJob) -> str:
    names = [str(name) for name in job.asked.get("names", [])]
    if job.asked.get("name"):
        return str(job.asked["name"])
    return names[0] if len(names) == 1 else f"{len(names):,} files"
