"""Defects on a page: visitors get one sentence with a reference number, and the log the traceback under it."""

import logging
import secrets

import streamlit as st

from engine.jobs import user_scope

_LOG = logging.getLogger(__name__)


def report(error: Exception) -> bool:
    """Show the sentence and log the traceback; False while everything is shared: then Streamlit shows the error.

    The server calls it for what a page raises, a callback, or a fragment that runs again.
    """
    if not user_scope.is_private():
        return False
    number = secrets.token_hex(4).upper()
    _LOG.error("Reference %s, visitor %s:", number, user_scope.current_user(), exc_info=error)
    st.error(
        "Something went wrong here. Reload the page. If it happens again, tell the owner of this app "
        f"the reference {number}.",
        icon=":material/bug_report:",
    )
    return True
