"""Lesson 5 on drawings: what a run has learned about the sample heads, and a head to steer."""

import streamlit as st

from engine import paths
from engine.functional.point_metrics import error_table
from engine.runs import PointPredictions, Run
from engine.runs.constant_baselines import point_baseline_px
from pages.parts.head_centre import error_figures, steer_head
from pages.parts.shared import page, runs

NETWORK = (
    "The network is built as in the other lessons. Only its targets are two numbers now, and its loss is by default "
    "the mean squared error. This lesson opens with drawings because you can steer a drawn head."
)
FRAME_WH = (640, 480)
UNITS = (
    "Each side of the picture runs from −1 to 1, so the same loss is worth more pixels across than down in a wide "
    "picture like the book's."
)


def show(is_own: bool) -> tuple[Run, PointPredictions] | tuple[None, None]:
    """The validation images and the errors of the chosen run: the visitor's own, or a bundled one.

    Returns the run and its predictions, if there are any.
    """
    run, predictions = error_figures.chosen_run(is_own)
    if run is None or predictions is None:
        return None, None
    errors = error_table(predictions, point_baseline_px(run, predictions))
    if not runs.images_exist(run):
        error_figures.gallery(run, predictions, errors)
        people = ", nor any other picture of these people" if run.data == paths.HEADS else ""
        st.caption(f"Ring: true centre. Dot: predicted. None of these pictures was trained on{people}.")
    st.header("How far off, in pixels")
    st.markdown(
        "Next to each error is one that needs no network: always predicting the mean centre of the training images."
    )
    error_figures.summary(predictions, errors)
    error_figures.where_and_whose(predictions, errors)
    page.image_first()
    return run, predictions


def steer(run: Run | None, predictions: PointPredictions | None) -> None:
    """Sliders that draw a head, and the point that the run predicts for it."""
    if run is None or predictions is None:
        st.info("Steering needs a points run that is ready; the command above trains one.")
        return
    steer_head.steer(run, sorted(set(predictions.groups)) if run.data == paths.HEADS else None)
