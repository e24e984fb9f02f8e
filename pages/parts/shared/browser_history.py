"""One entry in the browser's history for each action of the user."""

from pathlib import Path

import streamlit as st

_SCRIPT = Path(__file__).with_name("browser_history.js").read_text(encoding="utf-8")
_KEEPER = st.components.v2.component("browser_history", js=_SCRIPT)


def keep_short() -> None:
    """Let the browser merge the changes of the address that follow one action; it shows nothing."""
    _KEEPER(key="browser_history")
