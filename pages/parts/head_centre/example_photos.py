"""Lesson 5: the example photographs with the true and the predicted point between the eyes."""

import numpy as np
import streamlit as st

from engine.data import example_photographs
from engine.functional.coordinates import pixel_distance
from engine.images import open_image
from engine.images.drawing import to_jpeg
from engine.inference import held_out_faces, photo_models, photo_showcase
from engine.inference.photo_showcase import ShowcasePhotograph
from engine.plots.image_overlays import with_points
from pages.parts.head_centre import image_grid, legend
from pages.parts.shared.text import plain

_WIDTH = 480


def show(stamp: int, is_guessed: bool) -> None:
    """The photographs with a face first; before the guess only their true points."""
    stored = sorted(
        photo_showcase.stored(), key=lambda shown: shown.fname not in example_photographs.POINTS_PX
    )
    if not stored:
        st.info("The example photographs are missing: drop one of your own below.")
        return
    with image_grid.rows():
        for shown in stored:
            jpeg, says = _tile(shown.fname, stamp, is_guessed)
            st.image(jpeg, caption=plain(says), width="stretch", alt=plain(says))
    legend.show("point between the eyes")
    st.caption(
        "The true points were marked by hand. The model was fitted to other faces: Udacity's P1_Facial_Keypoints "
        "(MIT), pasted into COCO photographs. The mean point is where the eyes were on average in those."
    )


def caption(shown: ShowcasePhotograph) -> str:
    """What the model predicted for an example photograph, and how far off it is compared with the mean point."""
    truth_px, point_px = example_photographs.POINTS_PX.get(shown.fname), shown.points["point_px"]
    if truth_px is None:
        says = "no face found, correctly" if point_px is None else "a face found where there is none"
    elif point_px is None:
        says = "no face found, though there is one"
    else:
        off = float(pixel_distance(np.array(point_px), np.array(truth_px)))
        says = f"{off:.1f} px off{_next_to_mean(shown, truth_px)}"
    return f"{shown.title}: {says}"


def _next_to_mean(shown: ShowcasePhotograph, truth_px: tuple[float, float]) -> str:
    try:
        mean_px = held_out_faces.mean_point_px(open_image(shown.path).size)
    except photo_models.PhotoModelError:
        return " (mean point: unknown)"
    return f" (mean point: {float(pixel_distance(mean_px, np.array(truth_px))):.0f} px)"


@st.cache_data(max_entries=32, show_spinner=False)
def _tile(fname: str, changed_ns: int, is_guessed: bool) -> tuple[bytes, str]:
    """An example photograph with its points as JPEG, and its caption."""
    shown = next(example for example in photo_showcase.stored() if example.fname == fname)
    marked = with_points(
        open_image(shown.path),
        truth_px=example_photographs.POINTS_PX.get(fname),
        predicted_px=shown.points["point_px"] if is_guessed else None,
        width=_WIDTH,
        magnified=True,
    )
    return to_jpeg(marked), caption(shown) if is_guessed else shown.title
