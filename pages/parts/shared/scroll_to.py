"""Scrolls the page to a place once, for a link that leads to a part of the page which is already open."""

from pathlib import Path

import streamlit as st

_SCRIPT = Path(__file__).with_name("scroll_to.js").read_text(encoding="utf-8")
_PLACE = st.components.v2.component("scroll_to", html="<span></span>", js=_SCRIPT)


def here(key: str, token: str) -> None:
    """Scroll to this place when `token` is another one than before."""
    _PLACE(key=key, data={"token": token}, height="content")
