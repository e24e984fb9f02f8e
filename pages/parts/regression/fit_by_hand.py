"""Points to drag, the fitted line and a line of one's own, and the squares of the errors."""

from typing import Final

import numpy as np
import pandas as pd
import streamlit as st

from engine.experiments import salary_data
from engine.functional.linear_regression import Hyperplane, fit_hyperplane
from engine.functional.losses import mean_squared_error
from engine.plots.style import CURRENT, MSE
from pages.parts.regression import people
from pages.parts.shared import drag_points

URL: Final = "query-params"
MINE, FITTED, BOTH, NEITHER = "mine", "fitted", "both", "none"
_MSE_UNIT = "In (thousand €)²: the mean area of the squares."
SLOPES, INTERCEPTS = (-2.0, 8.0), (-20.0, 100.0)
_X = {
    "title": salary_data.EXPERIENCE,
    "unit": "years",
    "range": salary_data.EXPERIENCE_RANGE,
    "ticks": [0, 5, 10, 15, 20],
}
_Y = {
    "title": salary_data.SALARY,
    "unit": "thousand euro a year",
    "range": salary_data.SALARY_RANGE,
    "ticks": [0, 20, 40, 60, 80, 100, 120],
}


def points_and_lines(points: np.ndarray) -> tuple[Hyperplane, Hyperplane]:
    """Show the chart with its controls; returns the fitted line and one's own."""
    x, y = points.T
    fitted = fit_hyperplane(x, y)
    place_of_chart, place_of_numbers = st.container(), st.container()
    mine, squares = _controls()
    with place_of_chart:
        _chart(points, fitted, mine, squares)
    with place_of_numbers:
        _numbers(x, y, fitted, mine)
    with st.expander("The points as numbers, to edit by keyboard"):
        _table()
    return fitted, mine


def _controls() -> tuple[Hyperplane, str]:
    left, right = st.columns(2, gap="medium")
    slope = left.slider("Slope of my line (thousand € per year)", *SLOPES, 0.0, 0.05, key="slope", bind=URL)
    intercept = right.slider(
        "Its intercept (thousand €, at 0 years)", *INTERCEPTS, 60.0, 0.5, key="intercept", bind=URL
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        squares = st.segmented_control(
            "Whose squares",
            [MINE, FITTED, BOTH, NEITHER],
            default=MINE,
            required=True,
            key="squares",
            bind=URL,
        )
        _buttons()
    return Hyperplane(np.array([slope]), intercept), squares


def _chart(points: np.ndarray, fitted: Hyperplane, mine: Hyperplane, squares: str) -> None:
    lines = [
        _line(fitted, "fitted line", MSE, squares in (FITTED, BOTH)),
        _line(mine, "my line", CURRENT, squares in (MINE, BOTH)) | {"dashed": True},
    ]
    alt = f"{len(points)} people by years of experience and salary, the fitted line, and a line of your own"
    st.markdown(f"**{_title(points, fitted, mine)}**")
    echo = st.session_state.get("people_echo", 0)
    drag_points.chart("drag", points, lines, _X, _Y, echo, alt, _edited, _released)
    st.caption(
        "Drag a point, or press an empty place to add one; press one twice to remove it. By keyboard: Tab to a point, "
        "arrow keys move it, Delete removes it."
    )
    if st.session_state.pop("people_released", False):
        st.rerun()


def _title(points: np.ndarray, fitted: Hyperplane, mine: Hyperplane) -> str:
    x, y = points.T
    least, own = (float(mean_squared_error(line.predict(x), y)) for line in (fitted, mine))
    if own <= least * 1.005:
        return "My line is the fitted line: no line has smaller squares"
    return (
        f"The squares on my line are {own / max(least, 1e-9):.3g} times as large as those on the fitted line"
    )


def _line(line: Hyperplane, name: str, colour: str, squares: bool) -> dict:
    return {
        "slope": float(line.weights[0]),
        "intercept": float(line.intercept),
        "name": name,
        "colour": colour,
        "dashed": False,
        "squares": squares,
    }


def _edited() -> None:
    edit = st.session_state["drag"]["edit"]
    points = drag_points.edited_points(edit, *people.RANGES)
    if points is not None:
        people.change(points, edit.get("gesture"))
        st.session_state["people_echo"] = edit.get("sequence", 0)


def _released() -> None:
    st.session_state["people_released"] = True


def _numbers(x, y, fitted: Hyperplane, mine: Hyperplane) -> None:
    least, own = (float(mean_squared_error(line.predict(x), y)) for line in (fitted, mine))
    with st.container(horizontal=True, gap="large"):
        for name, error in (("the fitted line", least), ("my line", own)):
            st.metric(f"MSE of {name}", f"{error:.1f}", width="content", help=_MSE_UNIT)
        says = f"{least**0.5:.1f} and {own**0.5:.1f}"
        st.metric(
            "Their roots, in thousand €",
            says,
            width="content",
            help="What an error is like: the root of each MSE.",
        )


def _buttons() -> None:
    if st.button("Undo", disabled=not people.can_undo(), icon=":material/undo:"):
        people.undo()
        st.rerun()
    if st.button("Reset the points", icon=":material/restart_alt:"):
        people.reset()
        st.rerun()


def _table() -> None:
    points = people.people()
    names = [salary_data.EXPERIENCE, salary_data.SALARY]
    limits = {
        name: st.column_config.NumberColumn(min_value=low, max_value=high, step=0.1)
        for name, (low, high) in zip(names, people.RANGES, strict=True)
    }
    table = st.data_editor(
        pd.DataFrame(points, columns=names),
        num_rows="dynamic",
        hide_index=True,
        column_config=limits,
        key=f"table_{people.version()}",
    )
    edited = drag_points.held(table.dropna().to_numpy(dtype=float), *people.RANGES)
    if edited is not None and not np.array_equal(edited, points):
        people.change(edited)
        st.rerun()
