"""How far a job at work is, how long it will still take, and the button that stops it."""

import streamlit as st

from engine.jobs.status import Progress, Status
from engine.runs import Run
from pages.parts.shared.text import plain


def show(run: Run) -> None:
    """A bar with what is being done, which share of it is done, and about how long it still takes."""
    status = run.job_status
    st.progress(status.progress.share, text=plain(_says(status)))


def stop_button(run: Run, key: str) -> bool:
    """Whether the person has just asked the job to stop."""
    is_asked = run.job.stop_requested
    return st.button(
        "Stopping…" if is_asked else "Stop", icon=":material/stop:", disabled=is_asked, key=key,
        help="Ends after the current batch; what was learned is kept.",
    )  # fmt: skip


def _says(status: Status) -> str:
    progress = status.progress
    if not progress.text:
        return "waiting" if status.message else "starting: loading the libraries"
    size = status.details.get("size_mb") if progress.text.startswith("downloading") else None
    arrived = f" ({progress.share * size:,.0f} of {size:,.0f} MB)" if isinstance(size, float) else ""
    return f"{progress.text}, {progress.share:.0%}{arrived}{time_left(progress)}"


def time_left(progress: Progress) -> str:
    """ ", about 20 s left", or nothing where that cannot be estimated yet."""
    seconds = progress.seconds_left
    if not seconds:
        return ""
    return f", about {seconds:.0f} s left" if seconds < 90 else f", about {seconds / 60:.0f} min left"
