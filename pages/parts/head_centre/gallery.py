"""Lesson 5: validation images with the true and the predicted centre, and the line between them."""

import numpy as np
import pandas as pd
import streamlit as st

from engine.images import ImageError, open_image
from engine.plots.image_overlays import with_points
from engine.runs import PointPredictions, Run
from pages.parts.head_centre import image_grid, legend
from pages.parts.shared.text import plain

SPREAD, WORST, BEST = "From best to worst", "Worst first", "Best first"
EVERYONE = "everyone"
SHOWN = 6


@st.fragment
def show(run: Run, predictions: PointPredictions, errors: pd.DataFrame, is_guessed: bool) -> None:
    """Six images in the chosen order; where the learner has not guessed yet, only the true centres."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        order = st.segmented_control(
            "Show", [SPREAD, WORST, BEST], default=SPREAD, required=True, key="order", bind="query-params"
        )
        people = [EVERYONE, *sorted(set(predictions.groups))]
        person = st.selectbox("Person", people, key="who", bind="query-params", width=200)
    legend.show("centre")
    ranked = errors if person == EVERYONE else errors[errors["group"] == person]
    places = chosen(ranked.sort_values("error_px"), order)
    with image_grid.rows():
        for at in places:
            _image(run, predictions, errors, at, is_guessed)


def chosen(ranked: pd.DataFrame, order: str) -> list[int]:
    """The rows to show of those ranked by their error, in the order asked for."""
    if order == WORST:
        ranked = ranked[::-1]
    if order == SPREAD:
        ranked = ranked.iloc[np.linspace(0, len(ranked) - 1, min(SHOWN, len(ranked))).round().astype(int)]
    return ranked.index[:SHOWN].tolist()


def _image(run: Run, predictions: PointPredictions, errors: pd.DataFrame, at: int, is_guessed: bool) -> None:
    try:
        image = open_image(run.image_path(predictions.fnames[at]))
    except ImageError as error:
        st.warning(plain(error))
        return
    scale = np.asarray(image.size) / predictions.sizes_wh[at]
    drawn = with_points(
        image,
        truth_px=predictions.targets_px[at] * scale,
        predicted_px=predictions.points_px[at] * scale if is_guessed else None,
        magnified=True,
    )
    who = f"person {predictions.groups[at]}" if predictions.groups[at] else "a head"
    off, mean_off = errors.loc[at, ["error_px", "baseline_px"]].to_numpy(float)
    if not is_guessed:
        st.image(drawn, caption=plain(who), width="stretch", alt="A head; a ring marks its true centre.")
        return
    compared = "" if np.isnan(mean_off) else f" (mean centre: {mean_off:.0f} px)"
    st.image(
        drawn,
        caption=plain(f"{who}: {off:.1f} px off{compared}"),
        width="stretch",
        alt=f"A head; the predicted centre is {off:.1f} pixels from the true one.",
    )
