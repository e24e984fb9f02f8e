"""How a Plotly figure stands on a page: its title above it as text that wraps on a narrow screen."""

from collections.abc import Sequence

import plotly.graph_objects as go
import streamlit as st

from engine.plots.overlay_marks import Marks
from pages.parts.shared import plot_overlay, present_mode

_CONFIG = {"displayModeBar": False}
ROOM_FOR_WORDS = 24
"""Pixels above a chart with words in it."""


def show(figure: go.Figure, key: str | None = None, top: int | None = None) -> None:
    """Show a figure with its title as text above it; the title is also what a screen reader says.

    Dragging scrolls the page instead of zooming, so that a thumb is not caught in a chart. The figure is used up,
    which saves a copy at every move of a slider: make a new one for each showing. `top` is the room above the chart in
    pixels, for charts that stand next to each other.
    """
    title = figure.layout.title.text or ""
    figure = present_mode.enlarge(figure) if present_mode.is_on() else figure
    page_layout = figure.layout
    page_layout.title.text, page_layout.dragmode = None, False
    page_layout.margin.t = top or (ROOM_FOR_WORDS if page_layout.annotations else 8)
    if title:
        st.markdown(f"**{_escaped(title)}**")
    st.plotly_chart(figure, key=key, config=_CONFIG, alt=title or None)


def show_marked(
    still: go.Figure, marks: Sequence[Marks], says: str, alt: str, key: str, legend: str = ""
) -> None:
    """Show a figure that stands still with marks that move over it, and what they say as text above.

    The browser draws such a figure again only where it has changed; `alt` is what a screen reader says of it, and
    `legend` is HTML that stands between the text and the figure.
    """
    st.markdown(f"**{_escaped(says)}**")
    if legend:
        st.html(legend)
    still = present_mode.enlarge(still) if present_mode.is_on() else still
    with st.container(key=f"marked_{key}"):
        st.plotly_chart(still, key=key, config=_CONFIG, alt=alt)
        st.html(plot_overlay.html(still, marks))


def _escaped(title: str) -> str:
    return "".join(f"\\{character}" if character in r"\`*_[]$~<>:" else character for character in title)
