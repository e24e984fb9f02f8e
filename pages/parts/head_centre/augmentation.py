"""Lesson 5, augmentation: the image moves, so its point must move with it, and may leave the frame."""

import numpy as np
import streamlit as st
from PIL import Image

from engine.functional.coordinates import in_frame
from engine.images.augmentation import Motion, move_image, move_points
from engine.plots.image_overlays import with_points
from pages.parts.head_centre import exercises, in_view
from pages.parts.head_centre.subject import Example
from pages.parts.shared.lesson import LESSONS, tasks


@st.fragment
def augmentation(example: Example, point: str = "centre", place: str = "on the head") -> None:
    """One image before and after, under sliders, and how many of all points the same motion pushes out.

    `point` is what the points are, `place` where they belong.
    """
    image = example.image
    images_side, controls = st.columns([4, 1.4], gap="large")
    with controls:
        motion = _motion()
        also = st.toggle("Move the point as well", True, key="with_point", bind="query-params")
    moved_px = move_points(example.point_px, motion, image.size)
    label_px = moved_px if also else np.asarray(example.point_px)
    with images_side, in_view.keep("moved_image"):
        _before_and_after(image, motion, example.point_px, label_px, point)
    is_inside = bool(in_frame(moved_px, image.size))
    _verdict(also, is_inside, point, place)
    _how_many_leave(motion, example.all_points_px, example.sizes_wh, point)
    tasks.show(LESSONS[5], exercises.motion_tasks(is_inside), heading=None)


def _before_and_after(image: Image.Image, motion: Motion, point_px, label_px, point: str) -> None:
    shown = (("Before", image, point_px), ("After", move_image(image, motion), label_px))
    for column, (says, image_px, at) in zip(st.columns(2), shown, strict=True):
        column.image(
            with_points(image_px, truth_px=at, width=560),
            caption=f"{says}: {point} at ({at[0]:.0f}, {at[1]:.0f}) px",
            width="stretch",
            alt=f"A head {says.lower()} the motion; a ring marks its {point}.",
        )


def _motion() -> Motion:
    return Motion(
        flip=st.toggle("Flip", False, key="flip", bind="query-params"),
        turn_degrees=st.slider("Rotate (degrees)", -45, 45, 12, key="turn", bind="query-params"),
        zoom=st.slider("Zoom", 0.5, 2.5, 1.2, 0.05, key="zoom", bind="query-params"),
        shift_x=st.slider("Shift right (% of width)", -60, 60, 0, key="shift_right", bind="query-params")
        / 100,
        shift_y=st.slider("Shift down (% of height)", -60, 60, 0, key="shift_down", bind="query-params")
        / 100,
    )


def _verdict(also: bool, is_inside: bool, point: str, place: str) -> None:
    if not is_inside:
        st.warning(
            f"The {point} has left the frame. Its target is now beyond ±1, which `y_range=(-1, 1)` can "
            "never reach. Leave such an image out, or move it less.",
            icon=":material/crop_free:",
        )
    elif not also:
        st.warning(
            "Only the image moved, so its label is wrong now. The model would be punished for a correct prediction.",
            icon=":material/wrong_location:",
        )
    else:
        st.markdown(f":material/check: The {point} is still in the frame, and still {place}.")


def _how_many_leave(motion: Motion, all_points_px: np.ndarray, sizes_wh: np.ndarray, point: str) -> None:
    moved = [move_points(point, motion, size) for point, size in zip(all_points_px, sizes_wh, strict=True)]
    left = int((~in_frame(np.array(moved), sizes_wh)).sum())
    st.markdown(f"The same motion pushes **{left:,} of all {len(moved):,}** {point}s out of the frame.")
