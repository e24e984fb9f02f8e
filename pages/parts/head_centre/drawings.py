"""Lesson 5 on drawings: what a run predicts for drawn heads, and a head to steer."""

import numpy as np
import streamlit as st

from engine import paths
from engine.functional.point_metrics import error_table
from engine.images import ImageError, open_image
from engine.runs.constant_baselines import point_baseline_px
from pages.parts.head_centre import error_figures, gallery
from pages.parts.head_centre.subject import Example, Subject
from pages.parts.shared import page, runs

NETWORK = (
    "The network is the one from the other lessons. Only its targets and its loss differ: it predicts two numbers, "
    "and the loss is the mean squared error. The lesson opens with drawings because you can steer a drawn head."
)
FRAME_WH = (640, 480)
UNITS = (
    "Each side of the image runs from −1 to 1. The book's images are wider than high, so the same loss means more "
    "pixels across than down."
)
Y_RANGE = (
    "`y_range=(-1, 1)` sends the raw output through a sigmoid, so no prediction can leave the image. The price: near "
    "the edge the gradient vanishes, and the edge itself is out of reach."
)
_DRAWN_PERSON = 4


def subject(is_own: bool) -> Subject:
    """The run that the visitor chose, with its errors; without a run, a sentence says how to train one."""
    run, predictions = error_figures.chosen_run(is_own)
    if run is None or predictions is None:
        return Subject("centre", "on the head", "Heads", FRAME_WH)
    errors = error_table(predictions, point_baseline_px(run, predictions))
    width, height = (int(side) for side in np.median(predictions.sizes_wh, axis=0))
    return Subject("centre", "on the head", "Heads", (width, height), predictions, errors, run)


def predictions(subject: Subject, is_guessed: bool) -> None:
    """Images with the true and, once the guess is made, the predicted centre."""
    st.header("True and predicted centres")
    if subject.run is None or subject.predictions is None or subject.errors is None:
        st.info("There are no predictions yet. The command above trains a model.")
        return
    if not runs.images_exist(subject.run):
        gallery.show(subject.run, subject.predictions, subject.errors, is_guessed)
        people = (
            " No person in them appears in the training images." if subject.run.data == paths.HEADS else ""
        )
        st.caption(f"The model was trained on none of these images.{people}")
    page.image_first()


def errors(subject: Subject, is_guessed: bool) -> None:
    """The errors in pixels, once the guess is made."""
    st.header(error_figures.TITLE)
    error_figures.show(subject, is_guessed)


def try_one(subject: Subject) -> None:
    """Sliders that draw a head, and the point that the run predicts for it."""
    st.header("Draw a new head")
    if subject.run is None or subject.predictions is None:
        st.info("Steering needs a trained model for points. The command above trains one.")
        return
    is_sample = subject.run.data == paths.HEADS
    from pages.parts.head_centre import steer_head  # the first image of the lesson does without

    steer_head.steer(subject.run, sorted(set(subject.predictions.groups)) if is_sample else None)


def example(subject: Subject) -> Example | None:
    """An image with its true centre, and all true centres: the run's, or drawn ones."""
    if subject.run and subject.predictions:
        found = subject.predictions
        for fname, point_px, size in zip(found.fnames[:5], found.targets_px, found.sizes_wh, strict=False):
            try:
                image = open_image(subject.run.image_path(fname))
            except ImageError:
                continue
            return Example(image, point_px * image.size / size, found.targets_px, found.sizes_wh)
    return _drawn_example()


@st.cache_data(max_entries=1, show_spinner=False)
def _drawn() -> tuple:
    from engine.synthetic import heads  # the first image of the lesson does without

    camera, poses = heads.sample_camera(_DRAWN_PERSON), heads.sample_poses(_DRAWN_PERSON)
    centres = np.array([heads.centre_px(pose, camera) for pose in poses])
    return heads.draw(heads.sample_person(_DRAWN_PERSON), poses[0], camera), centres


def _drawn_example() -> Example:
    image, centres = _drawn()
    return Example(image, centres[0], centres, np.tile(image.size, (len(centres), 1)))
