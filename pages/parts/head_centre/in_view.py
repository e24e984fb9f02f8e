"""Lesson 5: an image that stays in view while the sliders next to it, or below it on a phone, move."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from pages.parts.shared.streamlit_internals import COLUMN


@contextmanager
def keep(key: str) -> Iterator[None]:
    """What the block shows stays at the top of the window; call it inside a column, with a key of its own."""
    st.html(
        f"<style>{COLUMN}:has(.st-key-{key}) {{position: sticky; top: 3.25rem; align-self: flex-start; z-index: 2; "
        "background: light-dark(#fff, #171614)}}</style>"
    )
    with st.container(key=key):
        yield
