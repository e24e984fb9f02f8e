"""One wrong number: what it does to the squared error and what to the absolute error."""

from typing import Final

import numpy as np
import streamlit as st

from engine.functional.linear_regression import fit_hyperplane, fit_least_absolute
from engine.plots import linear_fits as figures
from engine.plots.signed import signed
from pages.parts.regression import exercises, people
from pages.parts.shared import charts
from pages.parts.shared.lesson import LESSONS, tasks

URL: Final = "query-params"
TYPED = np.linspace(0, 400, 81)


@st.fragment
def outlier() -> None:
    """Let one person's salary be typed wrong, and show both lines and how far each follows it."""
    points = people.people()
    place_of_charts = st.container()
    left, right = st.columns(2, gap="medium")
    years = left.slider("Experience of this person (years)", 0.0, 20.0, 2.0, 0.5, key="typed_years", bind=URL)
    typed = right.slider("Typed salary (thousand € per year)", 0, 400, 350, 5, key="typed_salary", bind=URL)
    x, y = np.vstack([points, [years, typed]]).T
    squares, absolute = fit_hyperplane(x, y), fit_least_absolute(x, y)
    slopes = _slopes(tuple(map(tuple, points.tolist())), years)
    clean = float(fit_hyperplane(*points.T).weights[0]), float(fit_least_absolute(*points.T).weights[0])
    now = float(squares.weights[0]), float(absolute.weights[0])
    of_mse, of_mae = (
        f"from {signed(round(before, 2))} to {signed(round(after, 2))}"
        for before, after in zip(clean, now, strict=True)
    )
    title = f"One salary of {typed} changes the slope of the MSE line {of_mse}, of the absolute-error line {of_mae}"
    with place_of_charts:
        first, second = st.columns(2, gap="medium")
        with first:
            charts.show(
                figures.outlier_lines(x, y, len(x) - 1, squares, absolute, title), key="outlier_lines"
            )
        with second:
            says = "The MSE line follows the outlier all the way; the absolute-error line soon ignores it"
            charts.show(figures.outlier_slopes(TYPED, *slopes, typed, says), key="outlier_slopes")
    tasks.show(LESSONS[4], exercises.outlier_tasks(now[0], clean[0], typed))


@st.cache_data(max_entries=64, show_spinner=False)
def _slopes(points: tuple, years: float) -> tuple[np.ndarray, np.ndarray]:
    """Slope of the squared and of the absolute line for every salary of `TYPED`."""
    fits = []
    for typed in TYPED:
        x, y = np.array([*points, (years, typed)]).T
        fits.append((fit_hyperplane(x, y).weights[0], fit_least_absolute(x, y).weights[0]))
    return tuple(np.array(fits, dtype=float).T)
