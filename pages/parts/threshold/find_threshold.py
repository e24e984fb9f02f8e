"""The control that finds the threshold for a wanted recall or precision, and says what it costs."""

import pandas as pd
import streamlit as st

from engine.functional.threshold_search import PRECISION, RECALL, threshold_with
from pages.parts.threshold import exercises

SLIDER = "threshold"
_METRIC, _AT_LEAST, _MISSED = "find", "at_least", "threshold_not_reached"
_TITLES = {
    RECALL: "highest threshold with recall of at least",
    PRECISION: "lowest threshold with precision of at least",
}


def offer(grid: pd.DataFrame) -> None:
    """The control; `grid` is the threshold curve at every step of the slider."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.selectbox(
            "Find the",
            list(_TITLES),
            format_func=_TITLES.__getitem__,
            key=_METRIC,
            bind="query-params",
            width=340,
        )
        st.number_input(
            "Value", 0.0, 1.0, exercises.WANTED_RECALL, 0.05, key=_AT_LEAST, bind="query-params", width=130
        )
        st.button("Find", key="find_threshold", on_click=_find, args=(grid,))
    if missed := st.session_state.pop(_MISSED, None):
        st.info(missed)


def _find(grid: pd.DataFrame) -> None:
    metric, at_least = (
        st.session_state[_METRIC],
        st.session_state[_AT_LEAST],
    )  # as typed just before the click
    threshold = threshold_with(grid, metric, at_least)
    if threshold is None:
        best = grid.loc[grid[metric].idxmax()]
        st.session_state[_MISSED] = (
            f"No threshold reaches a {metric} of {at_least:.2f} here. The most is {best[metric]:.3f}, at "
            f"{best['threshold']:.2f}."
        )
    else:
        st.session_state[SLIDER] = round(threshold, 2)  # as the slider's own steps, for a short address
