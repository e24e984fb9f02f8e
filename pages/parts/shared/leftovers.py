"""What killed processes left is removed once per server, when a visitor first opens a page that starts jobs."""

import contextlib

import streamlit as st

from engine.data.imports import leftovers


@st.cache_resource(max_entries=1, show_spinner=False)
def sweep() -> None:
    """Remove it; where the library cannot be locked now, the next server does."""
    with contextlib.suppress(OSError):
        leftovers.sweep()
