"""Two inputs: the line becomes a plane."""

from typing import Final

import streamlit as st

from engine.experiments import salary_data
from engine.functional.linear_regression import fit_hyperplane
from engine.functional.losses import mean_squared_error
from engine.plots import linear_fits as figures
from pages.parts.regression import exercises
from pages.parts.shared import charts
from pages.parts.shared.lesson import LESSONS, tasks

URL: Final = "query-params"


@st.fragment
def plane() -> None:
    """Show the plane in three dimensions, with how scattered and how alike the inputs are under sliders."""
    chart, text = st.columns([3, 2], gap="large", vertical_alignment="center")
    with text:
        scatter = st.slider(
            "Scatter of the salaries (thousand €)", 0.0, 20.0, 6.0, 0.5, key="scatter", bind=URL
        )
        overlap = st.slider(
            "Similarity of the two inputs (1: identical)", 0.0, 1.0, 0.0, 0.05, key="overlap", bind=URL
        )
        tasks.show(LESSONS[4], exercises.plane_tasks(overlap))
        st.caption(
            "The people are made up: each year of experience adds 1.8, each year of school 2.4 thousand "
            "€. Similar inputs leave the errors small, but the data no longer shows which of them raised "
            "the salary. At 1, many planes fit equally well; this is the one with the smallest weights."
        )
    inputs, salary = salary_data.two_inputs(scatter, overlap)
    fitted = fit_hyperplane(inputs, salary)
    per_experience, per_school = map(float, fitted.weights)
    error = float(mean_squared_error(fitted.predict(inputs), salary)) ** 0.5
    title = (
        f"A year of experience adds {per_experience:.2f}, a year of school {per_school:.2f} thousand €; "
        f"the typical error is {error:.1f}"
    )
    with chart:
        charts.show(figures.plane(inputs, salary, fitted, title), key="plane")
        st.caption("Drag to turn the scene.")
