"""Two inputs: the line becomes a plane."""

from typing import Final

import streamlit as st

from engine.experiments import salary_data
from engine.functional.linear_regression import fit_hyperplane
from engine.functional.losses import mean_squared_error
from engine.plots import linear_fits as figures
from pages.parts.shared import charts

URL: Final = "query-params"


@st.fragment
def plane() -> None:
    """Show the plane in three dimensions, with how scattered and how alike the inputs are under sliders."""
    place_of_chart = st.container()
    left, right = st.columns(2, gap="medium")
    scatter = left.slider(
        "Scatter of the salaries (thousand €)", 0.0, 20.0, 6.0, 0.5, key="scatter", bind=URL
    )
    overlap = right.slider(
        "How far school follows experience: at 1 the two inputs are one",
        0.0,
        1.0,
        0.0,
        0.05,
        key="overlap",
        bind=URL,
    )
    inputs, salary = salary_data.two_inputs(scatter, overlap)
    fitted = fit_hyperplane(inputs, salary)
    per_experience, per_school = map(float, fitted.weights)
    error = float(mean_squared_error(fitted.predict(inputs), salary)) ** 0.5
    title = (
        f"Each year of experience is worth {per_experience:.2f}, each year of school {per_school:.2f} thousand €; "
        f"the typical error is {error:.1f}"
    )
    with place_of_chart:
        charts.show(figures.plane(inputs, salary, fitted, title), key="plane")
    st.caption(
        "The people are made up: 1.8 for a year of experience, 2.4 for a year of school. Drag to turn. Where the "
        "inputs say nearly the same, the errors stay small, but the data no longer shows which input earned the money; "
        "at 1 many planes are equally good, and the one with the smallest weights is taken."
    )
