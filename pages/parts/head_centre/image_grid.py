"""Lesson 5: images in a grid, three in a row, or two on a phone so that they fit on its screen."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

_STYLE = """<style>
.st-key-point_images {display: grid !important; grid-template-columns: repeat(3, 1fr);
  gap: 1rem; align-items: start}
.st-key-point_images > * {min-width: 0; width: 100% !important}
@media (max-width: 640px) {.st-key-point_images {grid-template-columns: repeat(2, 1fr); gap: .5rem}}
</style>"""


@contextmanager
def rows() -> Iterator[None]:
    """What the block draws fills the rows of the grid, an element to a cell."""
    st.html(_STYLE)
    with st.container(key="point_images"):
        yield
