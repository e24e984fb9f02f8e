"""Points to drag, the fitted line and the learner's own line, and the squares of the errors."""

from typing import Final

import numpy as np
import pandas as pd
import streamlit as st

from engine.experiments import salary_data
from engine.functional.linear_regression import Hyperplane, fit_hyperplane
from engine.functional.losses import mean_squared_error
from engine.plots.style import CURRENT, MSE
from pages.parts.regression import exercises, people
from pages.parts.shared import drag_points
from pages.parts.shared.lesson import LESSONS, tasks

URL: Final = "query-params"
MINE, FITTED, BOTH, NEITHER = "mine", "fitted", "both", "none"
_MSE_UNIT = "The mean area of the squares, in (thousand €)²."
_RMSE = "The root of each MSE: how large a typical error is."
SLOPES, INTERCEPTS = (-2.0, 8.0), (-20.0, 100.0)
_X = {
    "title": salary_data.EXPERIENCE,
    "unit": "years",
    "range": salary_data.EXPERIENCE_RANGE,
    "ticks": [0, 5, 10, 15, 20],
}
_Y = {
    "title": salary_data.SALARY,
    "unit": "thousand € per year",
    "range": salary_data.SALARY_RANGE,
    "ticks": [0, 20, 40, 60, 80, 100, 120],
}


@st.fragment
def fit(is_fitted_shown: bool) -> None:
    """Show the chart with its controls and tasks; the fitted line only where `is_fitted_shown`."""
    points = people.people()
    fitted = fit_hyperplane(*points.T)
    place_of_chart, place_of_numbers = st.container(), st.container()
    mine = my_line()
    squares = _squares()
    with place_of_chart:
        _chart(points, fitted if is_fitted_shown else None, mine, squares)
    with place_of_numbers:
        _numbers(points, fitted if is_fitted_shown else None, mine)
    tasks.show(LESSONS[4], exercises.fit_tasks(points, fitted, mine))
    with st.expander("The points as numbers, to edit by keyboard"):
        _table()


def my_line() -> Hyperplane:
    """The learner's own line, with a slider for its slope and one for its intercept."""
    left, right = st.columns(2, gap="medium")
    slope = left.slider("Slope of my line (thousand € per year)", *SLOPES, 0.0, 0.05, key="slope", bind=URL)
    intercept = right.slider(
        "Intercept of my line (thousand €, at 0 years)", *INTERCEPTS, 60.0, 0.5, key="intercept", bind=URL
    )
    return Hyperplane(np.array([slope]), intercept)


def current_line() -> Hyperplane:
    """The learner's own line as its sliders stand, or as they begin; draws nothing."""
    return Hyperplane(
        np.array([float(st.session_state.get("slope", 0.0))]), float(st.session_state.get("intercept", 60.0))
    )


def _squares() -> str:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        squares = st.segmented_control(
            "Show the squares on",
            [MINE, FITTED, BOTH, NEITHER],
            default=MINE,
            required=True,
            key="squares",
            bind=URL,
        )
        _buttons()
    return squares


def _chart(points: np.ndarray, fitted: Hyperplane | None, mine: Hyperplane, squares: str) -> None:
    lines = [_line(mine, "my line", CURRENT, squares in (MINE, BOTH)) | {"dashed": True}]
    if fitted is not None:
        lines.insert(0, _line(fitted, "fitted line", MSE, squares in (FITTED, BOTH)))
    drawn = "the fitted line, and your own line" if fitted is not None else "and your own line"
    alt = f"{len(points)} people by years of experience and salary, {drawn}"
    st.markdown(f"**{_title(points, fitted, mine)}**")
    echo = st.session_state.get("people_echo", 0)
    drag_points.chart("drag", points, lines, _X, _Y, echo, alt, _edited, _released)
    st.caption(
        "Drag a point, or press an empty place to add one. Press a point twice to remove it. By keyboard: Tab to a "
        "point, move it with the arrow keys, remove it with Delete."
    )
    if st.session_state.pop("people_released", False):
        st.rerun()


def _title(points: np.ndarray, fitted: Hyperplane | None, mine: Hyperplane) -> str:
    if fitted is None:
        return "Each square is one person's error on my line"
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


def _numbers(points: np.ndarray, fitted: Hyperplane | None, mine: Hyperplane) -> None:
    x, y = points.T
    lines = {"the fitted line": fitted, "my line": mine}
    errors = {name: float(mean_squared_error(line.predict(x), y)) for name, line in lines.items() if line}
    with st.container(horizontal=True, gap="large"):
        for name, error in errors.items():
            st.metric(f"MSE of {name}", f"{error:.1f}", width="content", help=_MSE_UNIT)
        roots = " and ".join(f"{error**0.5:.1f}" for error in errors.values())
        st.metric("RMSE (thousand €)", roots, width="content", help=_RMSE)


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
