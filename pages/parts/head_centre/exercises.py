"""What lesson 5 asks: a guess, tasks, and a check, made from the errors of the model on screen."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from engine.functional.coordinates import to_unit
from engine.functional.point_metrics import frame_of, root_mse_px, unit_mse
from pages.parts.shared.lesson import Question, Task

FAR_PX = 10
QUARTER_UNIT, NEAR_UNIT = (-0.5, 0.5), 0.02
SMALL_SLOPE = 0.01
KEYS = {True: ("crops", "quarter", "slope", "leave"), False: ("far", "quarter", "slope", "leave")}
"""The tasks of all parts of the lesson, with photographs and with drawings; only those of the open part are shown."""


def median_error(errors: pd.DataFrame, width: int, point: str) -> Question:
    """The guess: how far off the model's median prediction is, in images `width` pixels wide."""
    network, baseline = errors["error_px"].median(), errors["baseline_px"].median()
    far = baseline if np.isfinite(baseline) and baseline > 2 * network else 8 * network
    right = px(network)

    def explain(choice: str) -> str:
        numbers = (
            f"Half of the {len(errors):,} predictions are within {right}, {network / width:.1%} of the width."
        )
        if choice == right:
            return numbers
        if choice == px(far) and far == baseline:
            return f"{numbers} {choice} is the median error of a model that ignores the image: always the mean {point}."
        return numbers

    choices = [px(network / 8), right, px(far)]
    prompt = f"The model predicts the {point} in images {width} px wide that it never saw. What is its median error?"
    return Question(prompt, list(dict.fromkeys(choices)), right, explain)


def px(distance: float) -> str:
    """A distance as people read it, with one decimal below 10 px."""
    return f"{distance:.1f} px" if distance < 10 else f"{distance:.0f} px"


def steer_tasks(error_px: float) -> list[Task]:
    """The task next to the sliders that steer a head."""
    return [
        Task(
            "far",
            f"Steer the head until the error is **above {FAR_PX} px**.",
            error_px > FAR_PX,
            "Go beyond what the model saw in training: turn the head away, or move it to a corner.",
        )
    ]


def crops_tasks(is_crops: bool) -> list[Task]:
    """The task next to the held-out faces."""
    return [
        Task(
            "crops",
            "Find the set of faces where **always predicting the mean point** is hardest to beat.",
            is_crops,
            "Switch to the face crops: the eyes are near the same place in all of them.",
        )
    ]


def unit_tasks(point_px: Sequence[float], frame_wh: Sequence[int]) -> list[Task]:
    """The task next to a point in pixels and in units."""
    off = np.abs(to_unit(point_px, frame_wh) - QUARTER_UNIT)
    return [
        Task(
            "quarter",
            "Move the point to **(−0.5, +0.5)** in units, to within 0.02.",
            bool((off <= NEAR_UNIT).all()),
            f"That is a quarter of the width, {frame_wh[0] / 4:g} px, and three quarters of the height.",
        )
    ]


def range_tasks(slope_share: float) -> list[Task]:
    """The task next to `y_range`: `slope_share` is the slope here as a share of that in the middle."""
    return [
        Task(
            "slope",
            "Find a raw output where **less than 1%** of the gradient gets through.",
            slope_share < SMALL_SLOPE,
            "Move the raw output far from 0, in either direction.",
        )
    ]


def motion_tasks(is_inside: bool) -> list[Task]:
    """The task next to the moved image."""
    return [
        Task(
            "leave",
            "Move the image until its point **leaves the frame**.",
            not is_inside,
            "Zoom in and shift, or only shift far enough.",
        )
    ]


def questions(
    predictions, errors: pd.DataFrame, example_px, example_wh: Sequence[int], point: str
) -> list[Question]:
    """The check: the baseline, the loss in pixels, and where a flip sends the point of an example image."""
    return [
        _baseline(errors, point),
        _loss_in_pixels(unit_mse(predictions), frame_of(predictions.sizes_wh)),
        flipped(float(example_px[0]), int(example_wh[0])),
    ]


def _baseline(errors: pd.DataFrame, point: str) -> Question:
    network, baseline = errors["error_px"].median(), errors["baseline_px"].median()
    known = np.isfinite(baseline)
    score = (
        f"always predicting the mean {point} has a median error of {px(baseline)}"
        if known
        else (f"always predicting the mean {point} needs no image at all")
    )

    def explain(choice: str) -> str:
        if choice == mean:
            return f"Here {score}; the model reaches {px(network)}."
        return (
            "An error in pixels means little by itself. Compare it with a baseline that needs no model: "
            f"{score}."
        )

    mean = f"The mean {point} of the training images, for every image"
    choices = ["An error of 0 px", mean, "The training loss"]
    return Question("What should you compare the median error with?", choices, mean, explain)


def _loss_in_pixels(mse: float, frame_wh: tuple[int, int]) -> Question:
    width = frame_wh[0]
    across = float(root_mse_px(mse, frame_wh)[0])
    whole, unrooted = 2 * across, mse * width / 2

    def explain(choice: str) -> str:
        worked = f"√{mse:.6f} = {mse**0.5:.4f} units, and 1 unit is half the width, {width / 2:g} px: {across:.1f} px"
        if choice == f"{unrooted:.2f} px":
            return f"First take the root, because the error was squared. {worked}."
        if choice == f"{whole:.1f} px":
            return f"From −1 to 1 is 2 units, so 1 unit is half the width. {worked}."
        return f"{worked}."

    choices = list(dict.fromkeys([f"{unrooted:.2f} px", f"{across:.1f} px", f"{whole:.1f} px"]))
    prompt = (
        f"The mean squared error is {mse:.6f} in units. About how many pixels across is that, "
        f"in an image {width} px wide?"
    )
    return Question(prompt, choices, f"{across:.1f} px", explain)


def flipped(x: float, width: int) -> Question:
    """Where the point at `x` pixels is after a horizontal flip."""
    right = f"{width - x:.0f} px"

    def explain(choice: str) -> str:
        if choice == right:
            return f"{width} − {x:.0f} = {width - x:.0f}. The label must move with the image, or it is wrong."
        if choice == f"{x:.0f} px":
            return f"Then the label would stay while the image moved. The right place is {width} − {x:.0f} = {right}."
        return f"A flip mirrors the image: {width} − {x:.0f} = {right}."

    choices = list(dict.fromkeys([f"{x:.0f} px", right, f"{width / 2 + x:.0f} px"]))
    if len(choices) < 2:
        choices.append("0 px")
    prompt = f"An image {width} px wide has its point at x = {x:.0f} px. Where is the point after a horizontal flip?"
    return Question(prompt, choices, right, explain)
