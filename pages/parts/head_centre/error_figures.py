"""Lesson 5, what a run has learned: pictures with both centres, and its errors in pixels."""

import numpy as np
import pandas as pd
import streamlit as st

from engine import runs as engine_runs
from engine.functional.point_metrics import frame_of, root_mse_px, unit_mse
from engine.images import ImageError, open_image
from engine.plots import points as figures
from engine.plots.image_overlays import with_points
from engine.runs import PointPredictions, Run, RunError
from engine.tasks import POINTS
from pages.parts.shared import charts, runs
from pages.parts.shared.text import plain

SPREAD, WORST, BEST = "From best to worst", "Worst first", "Best first"
SHOWN = 6
TILE_PX = 170
MOST_PEOPLE = 10


def chosen_run(is_own: bool) -> tuple[Run, PointPredictions] | tuple[None, None]:
    """The points run that the person chose, with its predictions; without a usable one, a sentence and a command."""
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


@st.fragment
def gallery(run: Run, predictions: PointPredictions, errors: pd.DataFrame) -> None:
    """Validation pictures with the true and the predicted centre and the line between them."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        order = st.segmented_control(
            "Show", [SPREAD, WORST, BEST], default=SPREAD, required=True, key="order", bind="query-params"
        )
        people = ["everyone", *sorted(set(predictions.groups))]
        person = st.selectbox("Person", people, key="who", bind="query-params", width=200)
    ranked = errors if person == people[0] else errors[errors["group"] == person]
    for row in _in_rows(_chosen(ranked.sort_values("error_px"), order), 3):
        for column, at in zip(st.columns(3), row, strict=False):
            with column:
                _picture(run, predictions, errors, at)


def summary(predictions: PointPredictions, errors: pd.DataFrame, point: str = figures.CENTRE) -> None:
    """The four numbers that matter, the network's next to the baseline's; `point` is what the points are."""
    network, baseline = errors["error_px"].median(), errors["baseline_px"].median()
    width, height = frame_of(predictions.sizes_wh)
    mse = unit_mse(predictions)
    across, down = root_mse_px(mse, (width, height))
    tiles = (
        ("Median error", f"{network:.1f} px", f"{errors['error_share'].median():.1%} of the width"),
        (
            f"Always the mean {point}",
            "unknown" if np.isnan(baseline) else f"{baseline:.1f} px",
            "no table of images was kept"
            if np.isnan(baseline)
            else f"{baseline / max(network, 0.01):.1f} times the network's",
        ),
        ("Worst picture", f"{errors['error_px'].max():.1f} px", f"of {len(errors)} pictures"),
        ("MSE, as fastai prints it", f"{mse:.6f}", f"{across:.1f} × {down:.1f} px"),
    )
    with st.container(horizontal=True):
        for says, number, compared in tiles:
            st.metric(says, number, compared, delta_color="off", delta_arrow="off", width=TILE_PX)


def where_and_whose(
    predictions: PointPredictions,
    errors: pd.DataFrame,
    point: str = figures.CENTRE,
    things: str = "Heads",
) -> None:
    """The distribution, the places in the picture, and each person; of many people the best and the worst found."""
    left, right = st.columns(2)
    with left:
        charts.show(figures.error_distribution(errors, point), key="error_distribution")
    with right:
        _places(predictions, errors, things)
    if errors["group"].nunique() > 1:
        shown, caption = _best_and_worst(errors)
        charts.show(figures.error_by_group(shown, point), key="error_by_group")
        if caption:
            st.caption(caption)


def _best_and_worst(errors: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """The rows of the people whose medians are the lowest and the highest, and which people these are."""
    ranked = errors.groupby("group")["error_px"].median().sort_values().index
    if len(ranked) <= MOST_PEOPLE:
        return errors, ""
    half = MOST_PEOPLE // 2
    kept = errors[errors["group"].isin([*ranked[:half], *ranked[-half:]])]
    return kept, f"Of {len(ranked)} people, the {half} found best and the {half} found worst."


@st.fragment
def _places(predictions: PointPredictions, errors: pd.DataFrame, things: str) -> None:
    chart = st.container()
    longer = st.select_slider(
        "Draw each error so many times its length", [1, 3, 10], 3, key="longer", bind="query-params"
    )
    with chart:
        charts.show(figures.error_places(predictions, errors, longer, things), key="error_places")
    if (step := figures.drawn_every(len(errors))) > 1:
        st.caption(f"One image in {step} is drawn.")


def _chosen(ranked: pd.DataFrame, order: str) -> list[int]:
    if order == WORST:
        ranked = ranked[::-1]
    if order == SPREAD:
        ranked = ranked.iloc[np.linspace(0, len(ranked) - 1, min(SHOWN, len(ranked))).round().astype(int)]
    return ranked.index[:SHOWN].tolist()


def _in_rows(items: list[int], width: int) -> list[list[int]]:
    return [items[start : start + width] for start in range(0, len(items), width)]


def _picture(run: Run, predictions: PointPredictions, errors: pd.DataFrame, at: int) -> None:
    fname = predictions.fnames[at]
    try:
        image = open_image(run.image_path(fname))
    except ImageError as error:
        st.warning(plain(error))
        return
    seen = np.asarray(image.size) / predictions.sizes_wh[at]
    drawn = with_points(
        image, truth_px=predictions.targets_px[at] * seen, predicted_px=predictions.points_px[at] * seen
    )
    who = f"person {predictions.groups[at]}, " if predictions.groups[at] else ""
    off, mean_off = errors.loc[at, ["error_px", "baseline_px"]].to_numpy(float)
    st.image(
        drawn,
        caption=plain(
            f"{who}{off:.1f} px off" + ("" if np.isnan(mean_off) else f" (mean centre: {mean_off:.0f} px)")
        ),
        width="stretch",
        alt=f"A head; the predicted centre is {off:.1f} pixels from the true one.",
    )
