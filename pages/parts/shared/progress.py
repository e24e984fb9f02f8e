"""How far a job at work is, how long it will still take, and the button that stops it."""

import streamlit as st

from engine import runs
from engine.runs import Run
from pages.parts.shared.text import plain


def show(run: Run) -> None:
    """A bar with what is being done, which share of it is done, and about how long it takes yet."""
    done, left = run.progress, run.seconds_left
    share = min(max(float(done.get("share", 0)), 0.0), 1.0)
    st.progress(share, text=plain(_says(done, share, left, run.status.get("message", ""))))


def stop_button(run: Run, key: str) -> bool:
    """Whether the person has just asked the job to stop."""
    is_asked = (run.folder / runs.STOP).exists()
    return st.button(
        "Stopping…" if is_asked else "Stop", icon=":material/stop:", disabled=is_asked, key=key,
        help="Ends after the current batch; what was learned is kept.",
    )  # fmt: skip


def _says(done: dict, share: float, left: float | None, message: str) -> str:
    if not done:
        return "waiting" if message else "starting: loading the libraries"
    size = done.get("size_mb")
    arrived = f" ({share * size:,.0f} of {size:,.0f} MB)" if isinstance(size, float) else ""
    return f"{done.get('activity')}, {share:.0%}{arrived}" + (f", about {_spoken(left)} left" if left else "")


def _spoken(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"
