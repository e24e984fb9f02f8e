"""The race over points on photographs: stored features of face crops, and points for the example photographs."""

import numpy as np
import streamlit as st
from PIL import Image

from engine.data import example_photographs
from engine.experiments import loss_race
from engine.experiments.loss_race import Course, Race
from engine.experiments.loss_race import photographs as photograph_race
from engine.experiments.loss_race.photographs import GRID, POOLED, PhotographCourse
from engine.experiments.loss_race.seeds import last_of
from engine.functional.constant_predictions import mean_point_px
from engine.functional.coordinates import pixel_distance, to_px
from engine.images import open_image
from engine.images.drawing import to_jpeg
from engine.inference import photo_showcase
from engine.plots import race as figures
from engine.tasks import POINTS
from pages.parts.race import data
from pages.parts.race import points as race_points
from pages.parts.shared import choose_image, page
from pages.parts.shared.text import plain

PREFIX = "photo_point_"
SEES = {"Pooled features": POOLED, "7 × 7 grid": GRID}
_SIDE = 480


@st.fragment
def show() -> None:
    """Everything about the race over points on photographs; a moved slider redraws only this."""
    chosen = st.segmented_control(
        "What the heads see",
        list(SEES),
        default=next(iter(SEES)),
        required=True,
        key="sees",
        bind="query-params",
    )
    sees = SEES[chosen]
    photographs = data.photographs(POINTS, sees)
    if photographs is None:
        return
    over = photographs.course
    shown = race_points.curves_and_controls(over, photograph_race.start(POINTS), PREFIX)
    page.image_first()
    finished = shown.raced.race
    best = int(last_of(shown.raced.scores, "median_error_px").mean(axis=0).argmin())
    best_px = float(last_of(shown.raced.scores, "median_error_px")[0, best])
    training_px = float(loss_race.point_training_errors_px(finished, over)[best])
    st.markdown(what_it_sees(sees, best_px, training_px, shown.baseline_px))
    _heads(finished, photographs, sees)
    width, height = np.median(over.valid.sizes_wh(), axis=0)
    people = len(set(over.valid.table["group"]))
    note = (
        f"The heads train on {len(over.train_targets)} face crops. {len(over.valid_targets)} crops of "
        f"{people} other people validate them: so few that other people would change each error by some "
        f"pixels. A crop is {width:.0f} × {height:.0f} pixels in the median. Faces: Udacity's "
        "P1_Facial_Keypoints (MIT), features only."
    )
    race_points.evidence(shown, over, note, is_photographs=True, prefix=PREFIX)


def what_it_sees(sees: str, best_px: float, training_px: float, baseline_px: float) -> str:
    """Why the features decide more than the loss does, with the errors that show it."""
    errors = (
        f"On new people the best loss is off by **{best_px:.1f} px**, always predicting the mean point by "
        f"**{baseline_px:.1f} px** (medians, first seed). On its training faces it is off by {training_px:.1f} px."
    )
    if sees == POOLED:
        return (
            "Pooled features are means over the whole image: they keep what is in it and forget where. No loss can "
            f"restore that, so the heads learn the training faces by heart. {errors} Switch to the grid to compare."
        )
    return (
        "The grid keeps a mean for each of 7 × 7 parts of the image, so a head can tell where something is. "
        f"{errors} The losses and the steps are the same as with pooled features."
    )


def _heads(finished: Race, photographs: PhotographCourse, sees: str) -> None:
    """The example heads with each head's point, and the visitor's own photograph."""
    kept = list(range(len(finished.lanes)))
    columns = st.columns(3)
    for column, (fname, features) in zip(columns, photographs.examples.items(), strict=False):
        image = example_photographs.head_of(fname)
        truth_px = np.array(example_photographs.POINTS_PX[fname]) - example_photographs.HEADS_PX[fname][:2]
        points_px = _points_px(finished, photographs.course, features, image)[kept]
        off = pixel_distance(points_px, np.tile(truth_px, (len(kept), 1)))
        mean_off = pixel_distance(_mean_px(photographs.course, image), truth_px)
        says = (
            f"{photo_showcase.TITLES[fname]}, {image.width} px wide: {off.min():.1f} to {figures.in_px(off.max())} off "
            f"(mean point: {figures.in_px(mean_off)})"
        )
        column.image(
            _marked(image, truth_px, points_px, finished, kept),
            width="stretch",
            caption=plain(says),
            alt=says,
        )
    with columns[-1]:
        own = choose_image.upload("race_face")
        own_features = None if own is None else data.looked_at_photograph(own.content, sees)
        if own is not None and own_features is not None:
            image = open_image(own.source)
            points_px = _points_px(finished, photographs.course, own_features, image)[kept]
            says = plain(f"{own.name}: the predictions, no true point")
            st.image(_marked(image, None, points_px, finished, kept), width="stretch", caption=says, alt=says)
        else:
            st.caption("A portrait works best: one face, with head and shoulders, like the training images.")
    st.html(race_points.legend(finished, kept, "true point, marked by hand"))
    st.caption(
        "Both heads were cut out by hand, so the mean point's error depends on the cut. The table below counts faces "
        "that were not chosen."
    )


def _points_px(finished: Race, over: Course, features: np.ndarray, image: Image.Image) -> np.ndarray:
    """Each head's point (H, 2) in pixels of the image."""
    return to_px(finished.predictions(over.standardised(features)).astype(float), np.array(image.size))


def _mean_px(over: Course, image: Image.Image) -> np.ndarray:
    """The mean training point (x, y) in pixels of the image."""
    train = over.train
    return mean_point_px(train.points_px(), train.sizes_wh(), np.array([image.size]))[0]


def _marked(
    image: Image.Image, truth_px: np.ndarray | None, points_px: np.ndarray, finished: Race, kept: list[int]
) -> bytes:
    scale = _SIDE / image.width
    shown = image.resize((_SIDE, max(1, round(image.height * scale))), Image.Resampling.LANCZOS)
    scaled = None if truth_px is None else truth_px * scale
    return to_jpeg(race_points.with_every_point(shown, scaled, points_px * scale, finished, kept))
