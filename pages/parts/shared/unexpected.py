"""Defects on a page: visitors get one sentence with a reference number, and the log the traceback under it."""

import logging
import secrets

import streamlit as st

from engine.jobs import user_scope
from pages.parts.shared import streamlit_internals

_LOG = logging.getLogger(__name__)


def begin() -> None:
    """From now on in this visit, report what the page raises; while everything is shared, Streamlit shows it."""
    if user_scope.is_private():
        streamlit_internals.on_script_error(report)


def report(error: Exception) -> bool:
    """Show the sentence and log the traceback; True where Streamlit need not show anything more."""
    number = secrets.token_hex(4).upper()
    _LOG.error("Reference %s, visitor %s:", number, user_scope.current_user(), exc_info=error)
    st.error(
        "Something went wrong here. Reload the page. If it happens again, tell the owner of this app "
        f"the reference {number}.",
        icon=":material/bug_report:",
    )
    return streamlit_internals.is_on_a_server()
