"""Gradient descent on the mean squared error of a line, over raw and over standardized inputs."""

from typing import Final

import numpy as np
import streamlit as st

from engine.functional import linear_regression
from engine.functional.linear_regression import Hyperplane, fit_hyperplane
from engine.plots import gradient_descent as figures
from pages.parts.regression import exercises, people
from pages.parts.regression.fit_by_hand import INTERCEPTS, SLOPES, my_line
from pages.parts.shared import charts
from pages.parts.shared.lesson import LESSONS, tasks

URL: Final = "query-params"
MAP, SURFACE = "Map", "Surface"
_RAW = figures.Window(SLOPES, INTERCEPTS, "slope (thousand € per year)", "intercept (thousand €)")


@st.fragment
def walk() -> None:
    """Show the surface, the walk from the learner's own line on it, its lines and its errors."""
    points = people.people()
    fitted = fit_hyperplane(*points.T)
    years, salary = points.T
    place_of_charts = st.container()
    standardized, rate, steps, view = _controls(years)
    with st.expander("Where the walk starts: my line"):
        mine = my_line()
    inputs = (
        linear_regression.standardize(years)
        if standardized
        else linear_regression.Standardized(years, 0.0, 1.0)
    )
    path = linear_regression.gradient_descent(inputs.x, salary, rate, steps, inputs.line(*_pair(mine)))
    best = inputs.line(*_pair(fitted))
    with np.errstate(all="ignore"):
        errors = linear_regression.mse_of_lines(inputs.x, salary, path)
        lines = np.array([inputs.raw_line(*place) for place in path])
    least = float(linear_regression.mse_of_lines(inputs.x, salary, best))
    limit = linear_regression.largest_stable_learning_rate(inputs.x)
    with place_of_charts:
        left, right = st.columns(2, gap="medium", vertical_alignment="bottom")  # titles of one or two lines
        with left:
            draw = figures.walk_map if view == MAP else figures.walk_surface
            title = _title(errors, least, rate, limit)
            charts.show(
                draw(inputs.x, salary, path, best, _window(standardized, best), title), key="walk_map"
            )
        with right:
            charts.show(
                figures.walk_lines(years, salary, lines, _line_title(lines, steps)),
                key="walk_lines",
                top=charts.ROOM_FOR_WORDS,
            )
    tasks.show(LESSONS[4], exercises.descent_tasks(errors, least, rate, limit, standardized))
    charts.show(figures.walk_errors(errors, least, _speed(errors, least)), key="walk_errors")


def _controls(years: np.ndarray) -> tuple[bool, float, int, str]:
    first, second, third = st.columns(3, gap="medium", vertical_alignment="bottom")
    with third:
        standardized = st.toggle("Standardize the inputs", key="standardize", bind=URL)
        view = st.segmented_control("View", [MAP, SURFACE], default=MAP, required=True, key="view", bind=URL)
    limit = linear_regression.largest_stable_learning_rate(
        linear_regression.standardize(years).x if standardized else years
    )
    says = f"Learning rate (diverges above {limit:.4f})"
    if standardized:
        rate = first.slider(says, 0.01, 1.2, 0.1, 0.01, key="rate_standardized", bind=URL)
    else:
        rate = first.slider(says, 0.0005, 0.02, 0.008, 0.0005, format="%.4f", key="rate", bind=URL)
    steps = second.slider("Steps", 0, 300, 150, key="steps", bind=URL)
    return standardized, rate, steps, view


def _title(errors: np.ndarray, least: float, rate: float, limit: float) -> str:
    after = f"after {len(errors) - 1} steps"
    if rate > limit and not errors[-1] <= errors[0]:
        where = f"{errors[-1]:.3g}" if np.isfinite(errors[-1]) else "infinite"
        return f"A learning rate of {rate:g} is too large: {after} the MSE is {where}"
    return (
        f"Downhill from my line: {after} the MSE is {errors[-1]:.1f}, from {errors[0]:.1f} (lowest: "
        f"{least:.1f})"
    )


def _line_title(lines: np.ndarray, steps: int) -> str:
    slope, intercept = lines[-1]
    if not np.isfinite(lines[-1]).all() or np.abs(lines[-1]).max() > 1e4:
        return f"The same steps as lines: at step {steps} the line has left the chart"
    return (
        f"The same steps as lines: at step {steps} the slope is {slope:.2f} and the intercept {intercept:.1f}"
    )


def _speed(errors: np.ndarray, least: float) -> str:
    close = np.flatnonzero(errors <= 1.01 * least)
    if len(close):
        return f"Within 1% of the lowest MSE from step {close[0]} on"
    if not errors[-1] <= errors[0]:
        return "The error grows without end"
    return f"After {len(errors) - 1} steps the MSE is still {errors[-1]:.1f}; the lowest is {least:.1f}"


def _window(standardized: bool, best) -> figures.Window:
    if not standardized:
        return _RAW
    reach = 45
    return figures.Window(
        (best[0] - reach, best[0] + reach),
        (best[1] - reach, best[1] + reach),
        "slope (thousand € per standard deviation)",
        "salary at the mean experience (thousand €)",
        round=True,
    )


def _pair(line: Hyperplane) -> tuple[float, float]:
    return float(line.weights[0]), float(line.intercept)
