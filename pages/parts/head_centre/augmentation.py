"""Lesson 5, augmentation: the picture moves, so its point must move with it, and may leave the frame."""

import numpy as np
import streamlit as st
from PIL import Image

from engine.functional.coordinates import in_frame
from engine.images import ImageError, open_image
from engine.images.augmentation import Motion, move_image, move_points
from engine.plots.image_overlays import with_points
from engine.runs import Run
from engine.synthetic import heads
from pages.parts.shared import runs

DRAWN_PERSON = 4


def example(run: Run | None) -> tuple[Image.Image, np.ndarray, np.ndarray, np.ndarray]:
    """A picture with its true centre, and all centres with their pictures' sizes: the run's, or drawn ones."""
    if run:
        predictions = runs.point_predictions(run)
        for fname, point_px, size in zip(
            predictions.fnames[:5], predictions.targets_px, predictions.sizes_wh, strict=False
        ):
            try:
                image = open_image(run.image_path(fname))
            except ImageError:
                continue
            return image, point_px * image.size / size, predictions.targets_px, predictions.sizes_wh
    return _drawn_example()


@st.cache_data(max_entries=1, show_spinner=False)
def _drawn_example():
    camera, poses = heads.sample_camera(DRAWN_PERSON), heads.sample_poses(DRAWN_PERSON)
    centres = np.array([heads.centre_px(pose, camera) for pose in poses])
    image = heads.draw(heads.sample_person(DRAWN_PERSON), poses[0], camera)
    return image, centres[0], centres, np.tile(image.size, (len(poses), 1))


@st.fragment
def augmentation(
    image: Image.Image,
    point_px,
    all_points_px: np.ndarray,
    sizes_wh: np.ndarray,
    point: str = "centre",
    belongs: str = "on the head",
) -> None:
    """One picture before and after, under sliders, and how many of all points the same motion pushes out.

    `point` is what the points are, `belongs` where they belong.
    """
    images_side, controls = st.columns([4, 1.4], gap="large")
    with controls:
        motion = _motion()
        also = st.toggle("Move the point as well", True, key="with_point", bind="query-params")
    moved_px = move_points(point_px, motion, image.size)
    with images_side:
        _before_and_after(image, motion, point_px, moved_px if also else np.asarray(point_px), point)
        _verdict(also, moved_px, image.size, point, belongs)
        _how_many_leave(motion, all_points_px, sizes_wh, point)


def _before_and_after(image: Image.Image, motion: Motion, point_px, label_px, point: str) -> None:
    shown = (("Before", image, point_px), ("After", move_image(image, motion), label_px))
    for column, (says, image_px, at) in zip(st.columns(2), shown, strict=True):
        column.image(
            with_points(image_px, truth_px=at, width=560),
            caption=f"{says}: {point} at ({at[0]:.0f}, {at[1]:.0f}) px",
            width="stretch",
            alt=f"A head {says.lower()} the motion, its {point} marked with a ring",
        )


def _motion() -> Motion:
    return Motion(
        flip=st.toggle("Flip", False, key="flip", bind="query-params"),
        turn_degrees=st.slider("Turn (degrees)", -45, 45, 12, key="turn", bind="query-params"),
        zoom=st.slider("Zoom", 0.5, 2.5, 1.2, 0.05, key="zoom", bind="query-params"),
        shift_x=st.slider("Shift right (% of width)", -60, 60, 0, key="shift_right", bind="query-params")
        / 100,
        shift_y=st.slider("Shift down (% of height)", -60, 60, 0, key="shift_down", bind="query-params")
        / 100,
    )


def _verdict(also: bool, moved_px, size_wh, point: str, belongs: str) -> None:
    if not in_frame(moved_px, size_wh):
        st.warning(
            f"The {point} has left the frame. The picture still trains, on a number beyond ±1 that `y_range=(-1, 1)` "
            "can never reach: drop such a picture, or move it less.",
            icon=":material/crop_free:",
        )
    elif not also:
        st.warning(
            "Only the picture moved, so the label is wrong now. The network would be punished for seeing right.",
            icon=":material/wrong_location:",
        )
    else:
        st.markdown(f":material/check: The {point} is still in the frame, and still {belongs}.")


def _how_many_leave(motion: Motion, all_points_px: np.ndarray, sizes_wh: np.ndarray, point: str) -> None:
    moved = [move_points(point, motion, size) for point, size in zip(all_points_px, sizes_wh, strict=True)]
    left = int((~in_frame(np.array(moved), sizes_wh)).sum())
    st.markdown(f"The same motion pushes **{left} of all {len(moved)}** {point}s out of the frame.")
