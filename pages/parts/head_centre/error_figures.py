"""Lesson 5: the errors of a model in pixels, next to those of a constant prediction."""

import math

import numpy as np
import pandas as pd
import streamlit as st

from engine import runs as engine_runs
from engine.functional.point_metrics import frame_of, root_mse_px, unit_mse
from engine.plots import points as figures
from engine.runs import PointPredictions, Run, RunError
from engine.tasks import POINTS
from pages.parts.head_centre.subject import Subject
from pages.parts.shared import charts, runs
from pages.parts.shared.text import plain

TILE_PX = 170
MOST_PEOPLE = 10
TITLE = "How far off, in pixels"


def chosen_run(is_own: bool) -> tuple[Run, PointPredictions] | tuple[None, None]:
    """The points run that the visitor chose, with its predictions; without a usable one, a sentence and a command."""
    if all(runs.is_bundled(run) is is_own for run in engine_runs.ready_runs(POINTS)):
        runs.none_yet(POINTS)
        return None, None
    run = runs.choose(POINTS, is_own=is_own)
    try:
        return run, runs.point_predictions(run)
    except RunError as error:
        st.error(plain(error))
        runs.none_yet(POINTS)
        return None, None


def show(subject: Subject, is_guessed: bool) -> None:
    """The numbers that matter, and the errors of all images on demand; nothing of it before the guess."""
    if subject.predictions is None or subject.errors is None:
        st.info("There are no predictions yet, so there are no errors.")
        return
    if not is_guessed:
        st.info("The errors appear after your guess above.")
        return
    _summary(subject.predictions, subject.errors, subject.point)
    with st.expander("The errors of all images", key="all_errors", on_change="rerun") as every:
        if every.open:
            _charts(subject.predictions, subject.errors, subject)


def _summary(predictions: PointPredictions, errors: pd.DataFrame, point: str) -> None:
    """The median error next to the baseline's, the worst one, and the loss with its meaning in pixels."""
    network, baseline = errors["error_px"].median(), errors["baseline_px"].median()
    mse = unit_mse(predictions)
    across, down = root_mse_px(mse, frame_of(predictions.sizes_wh))
    has_baseline = not np.isnan(baseline)
    tiles = (
        ("Median error", f"{network:.1f} px", f"{errors['error_share'].median():.1%} of the width"),
        (
            f"Always the mean {point}",
            f"{baseline:.1f} px" if has_baseline else "unknown",
            f"{baseline / max(network, 0.01):.1f} times the model's" if has_baseline else "no training table",
        ),
        ("Largest error", f"{errors['error_px'].max():.1f} px", f"in {len(errors):,} images"),
        ("MSE in units", f"{mse:.6f}", f"{across:.1f} × {down:.1f} px"),
    )
    with st.container(horizontal=True):
        for label, number, compared in tiles:
            st.metric(label, number, compared, delta_color="off", delta_arrow="off", width=TILE_PX)
    st.caption(
        f"MSE is the loss that fastai prints. Its root, {math.sqrt(mse):.4f}, is a typical error in units of half a "
        f"side: {across:.1f} px across and {down:.1f} px down."
    )


def _charts(predictions: PointPredictions, errors: pd.DataFrame, subject: Subject) -> None:
    left, right = st.columns(2)
    with left:
        charts.show(figures.error_distribution(errors, subject.point), key="error_distribution")
    with right:
        _places(predictions, errors, subject.things)
    if errors["group"].nunique() > 1:
        shown, caption = _best_and_worst(errors)
        charts.show(figures.error_by_group(shown, subject.point), key="error_by_group")
        if caption:
            st.caption(caption)


def _best_and_worst(errors: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """The rows of the people whose medians are the lowest and the highest, and which people these are."""
    ranked = errors.groupby("group")["error_px"].median().sort_values().index
    if len(ranked) <= MOST_PEOPLE:
        return errors, ""
    half = MOST_PEOPLE // 2
    kept = errors[errors["group"].isin([*ranked[:half], *ranked[-half:]])]
    return (
        kept,
        f"Of {len(ranked)} people: the {half} with the smallest and the {half} with the largest errors.",
    )


@st.fragment
def _places(predictions: PointPredictions, errors: pd.DataFrame, things: str) -> None:
    chart = st.container()
    longer = st.select_slider("Magnify errors", [1, 3, 10], 3, key="longer", bind="query-params")
    with chart:
        charts.show(figures.error_places(predictions, errors, longer, things), key="error_places")
    if (step := figures.drawn_every(len(errors))) > 1:
        st.caption(f"One image in {step} is drawn.")
