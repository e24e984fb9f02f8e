"""The presentation mode, `?present=1`: no sidebar, larger text and chart text, for a projector."""

import plotly.graph_objects as go
import streamlit as st

from pages.parts.shared.streamlit_internals import SIDEBAR_AND_ITS_BUTTON

PARAMETER, ON = "present", "1"
CHART_TEXT_PX = 16
STYLE = f"""
html {{font-size: 22.4px !important}}
{SIDEBAR_AND_ITS_BUTTON} {{display: none !important}}
.marks b {{font-size: {CHART_TEXT_PX}px !important}}
"""


def is_on() -> bool:
    """Whether the page is shown to an audience."""
    return st.query_params.get(PARAMETER) == ON


def enlarge(figure: go.Figure) -> go.Figure:
    """A copy of the figure in which no text is smaller than `CHART_TEXT_PX`."""
    specification = figure.to_dict()
    _raise_sizes(specification)
    specification["layout"].setdefault("font", {})["size"] = CHART_TEXT_PX
    return go.Figure(specification)


def _raise_sizes(part: object) -> None:
    """Raise the size in every font of a part of a figure; sizes of markers are left as they are."""
    if isinstance(part, list | tuple):
        for inner in part:
            _raise_sizes(inner)
    if not isinstance(part, dict):
        return
    for name, inner in part.items():
        if name.endswith("font") and isinstance(inner, dict) and isinstance(inner.get("size"), int | float):
            inner["size"] = max(inner["size"], CHART_TEXT_PX)
        _raise_sizes(inner)
