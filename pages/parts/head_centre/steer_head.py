"""Lesson 5, steering: sliders draw a new head, and a trained network predicts its centre."""

from collections.abc import Callable

import numpy as np
import streamlit as st
from PIL import Image

from engine.functional.coordinates import pixel_distance
from engine.plots.image_overlays import with_points
from engine.plots.points import error_sweep
from engine.runs import Run
from engine.synthetic import heads
from engine.synthetic.camera import Camera, Pose, centre_px
from pages.parts.head_centre import exercises, in_view, legend
from pages.parts.shared import charts, runs
from pages.parts.shared.lesson import LESSONS, tasks

STRANGERS = range(heads.PEOPLE + 1, heads.PEOPLE + 7)
SWEEP_STEPS = 17
SLIDERS = {
    "yaw": ("Yaw: turn left or right (°)", -90, 90, 20),
    "pitch": ("Pitch: look down or up (°)", -60, 60, 0),
    "roll": ("Roll: tip the head (°)", -60, 60, -8),
    "across": ("Position across (% of width)", 0, 100, 50),
    "down": ("Position down (% of height)", 0, 100, 48),
    "distance": ("Distance (mm)", 450, 2000, 900),
}
_margin_x, _margin_y = (round(100 * share) for share in heads.MARGIN)
SEEN = {
    "yaw": (-heads.YAW, heads.YAW),
    "pitch": (-heads.PITCH, heads.PITCH),
    "roll": (-heads.ROLL, heads.ROLL),
    "across": (_margin_x, 100 - _margin_x),
    "down": (_margin_y, 100 - _margin_y),
    "distance": heads.DISTANCE_MM,
}


@st.fragment
def steer(run: Run, held_out: list[str] | None) -> None:
    """Sliders for pose, place, distance and person next to the head they draw and the predicted point.

    `held_out` are the folders of the sample heads that were kept out of training; None where the run was trained
    on something else.
    """
    if trouble := runs.trouble(run):
        st.error(trouble)
        return
    image_side, controls = st.columns([3, 2], gap="large")
    with controls:
        person = st.selectbox("Person", _people(held_out), key="person", bind="query-params")
        steered = {
            name: st.slider(label, low, high, start, key=name, bind="query-params")
            for name, (label, low, high, start) in SLIDERS.items()
        }
    index = int(person.split()[0])
    with image_side, in_view.keep("steered_head"):
        find = _finder(run)
        image, truth = _head(index, **steered)
        predicted = find([image])[0]
        error = float(pixel_distance(predicted, truth))
        st.image(
            with_points(image, truth_px=truth, predicted_px=predicted, width=720, magnified=True),
            width="stretch",
            alt=f"A drawn head; the predicted centre is {error:.1f} pixels from the true one.",
        )
        st.markdown(_verdict(error, truth, predicted))
    with image_side:
        legend.show("centre")
    if held_out is not None:
        _warn_beyond(steered)
    tasks.show(LESSONS[5], exercises.steer_tasks(error), heading=None)
    with st.expander("The error along one slider"):
        _sweep(find, index, steered)


def _verdict(error: float, truth, predicted) -> str:
    return (
        f"**Error {error:.1f} px**: true centre ({truth[0]:.0f}, {truth[1]:.0f}) px, predicted "
        f"({predicted[0]:.0f}, {predicted[1]:.0f}) px, in an image {heads.SIZE_WH[0]} px wide"
    )


def _warn_beyond(steered: dict[str, int]) -> None:
    beyond = [name for name, (low, high) in SEEN.items() if not low <= steered[name] <= high]
    if beyond:
        st.info(f"No training image went that far ({', '.join(beyond)}), so this prediction is a guess.")


def _sweep(find: Callable, index: int, steered: dict[str, int]) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.selectbox("Slider", list(SLIDERS), key="sweep", bind="query-params", width=260)
        asked = st.button(
            "Draw the curve", help=f"Draws {SWEEP_STEPS} heads. The other sliders keep their values."
        )
    if asked:
        _, low, high, _ = SLIDERS[name]
        values = np.linspace(low, high, SWEEP_STEPS).round().astype(int)
        bar, errors = st.progress(0.0, "Drawing heads…"), []
        for done, value in enumerate(values, 1):
            image, truth = _head(index, **(steered | {name: int(value)}))
            errors.append(float(pixel_distance(find([image])[0], truth)))
            bar.progress(done / len(values), "Drawing heads…")
        bar.empty()
        charts.show(
            error_sweep(SLIDERS[name][0], values, errors, SEEN[name], steered[name]), key="error_sweep"
        )


def _finder(run: Run) -> Callable[[list[Image.Image]], np.ndarray]:
    model = runs.model(run)
    return lambda images: np.array([prediction.point_px for prediction in model.predict(images)])


@st.cache_data(max_entries=128, show_spinner=False)
def _head(index: int, yaw: int, pitch: int, roll: int, across: int, down: int, distance: int):
    camera: Camera = heads.sample_camera(index)
    place = np.array([across, down]) / 100 * camera.size_wh
    pose = Pose.at(place, distance, camera, yaw, pitch, roll)
    return heads.draw(heads.sample_person(index), pose, camera), centre_px(pose, camera)


def _people(held_out: list[str] | None) -> list[str]:
    """Held-out people first, then people in no set at all, then those the network was trained on."""
    everybody = [f"{index:02d}" for index in range(1, heads.PEOPLE + 1)]
    strangers = [f"{index} (in no dataset)" for index in STRANGERS]
    if held_out is None:
        return [*strangers, *everybody]
    return [
        *(f"{name} (held out of training)" for name in everybody if name in held_out),
        *strangers,
        *(f"{name} (trained on)" for name in everybody if name not in held_out),
    ]
