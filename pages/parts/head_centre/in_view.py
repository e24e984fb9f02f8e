"""Lesson 5: an image that stays in view while the sliders next to it, or below it on a phone, move."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from pages.parts.shared.streamlit_internals import COLUMN

_STYLE = f"""<style>
{COLUMN}:has(.st-key-KEY) {{position: sticky; top: 3.25rem; align-self: flex-start; z-index: 2;
  background: light-dark(#fff, #171614)}}
@media (max-width: 640px) {{.st-key-KEY {COLUMN} {{min-width: 40%; flex: 1 1 40%}}}}
</style>"""


@contextmanager
def keep(key: str) -> Iterator[None]:
    """What the block shows stays at the top of the window; call it inside a column, with a key of its own.

    On a phone, its columns stay next to each other: one below the other would hide the sliders.
    """
    st.html(_STYLE.replace("KEY", key))
    with st.container(key=key):
        yield
