"""What lesson 4 asks: a guess, tasks, and a check, made from the points and the line on the page."""

from collections.abc import Sequence

import numpy as np

from engine.functional import linear_regression
from engine.functional.linear_regression import Hyperplane, fit_hyperplane
from engine.functional.losses import mean_squared_error
from engine.plots.signed import signed
from pages.parts.shared.lesson import Question, Task

CLOSE, PERFECT, QUICK, FAR_OFF, SMALL_CHANGE = 1.1, 1.0, 10, 200, 0.5
KEYS = ("fit", "perfect", "quick", "diverge", "alike", "leverage")
"""The tasks of all parts of the lesson; only those of the open part are on the page."""


def best_slope(points: np.ndarray) -> Question:
    """The guess: how steep the line is that fits the points (N, 2) best."""
    fitted = fit_hyperplane(*points.T)
    slope = float(fitted.weights[0])
    right = f"{slope:.1f}"
    far, near = 20.0, 0.0

    def explain(choice: str) -> str:
        rise = slope * (far - near)
        line = f"From 0 to 20 years the fitted line rises by {rise:.0f}, which is {slope:.2f} a year"
        if choice == right:
            return f"{line}."
        return f"{line}. A slope of {choice} would rise by {float(choice) * (far - near):.0f}."

    others = [f"{slope + change:.1f}" for change in (-1.5, 2.0)]
    prompt = "Look at the people below. By how many thousand € a year does the best line rise per year of experience?"
    return Question(prompt, [others[0], right, others[1]], right, explain)


def fit_tasks(points: np.ndarray, fitted: Hyperplane, mine: Hyperplane) -> list[Task]:
    """The tasks on fitting by hand."""
    x, y = points.T
    least, own = (float(mean_squared_error(line.predict(x), y)) for line in (fitted, mine))
    return [
        Task(
            "fit",
            "Move **your line** until its squares are at most **1.1 times** as large as those on the fitted line.",
            own <= CLOSE * least,
            "Set the slope first, then lift or lower the line with the intercept.",
        ),
        Task(
            "perfect",
            "Change the **points** until the MSE of the fitted line is **below 1**.",
            least < PERFECT,
            "Drag the points onto one line, or remove most of them with two presses each.",
        ),
    ]


def descent_tasks(
    errors: np.ndarray, least: float, rate: float, limit: float, standardized: bool
) -> list[Task]:
    """The tasks on gradient descent, by the MSE at each step."""
    close = np.flatnonzero(errors <= 1.01 * least)
    return [
        Task(
            "diverge",
            "Choose a learning rate with which the error **grows without end**.",
            rate > limit and not errors[-1] <= errors[0],
            f"The slider's label states the limit: {limit:.4f}.",
        ),
        Task(
            "quick",
            f"**Standardize** the inputs, and get within 1% of the lowest MSE in at most **{QUICK} steps**.",
            standardized and bool(len(close)) and int(close[0]) <= QUICK,
            "Half of the largest stable learning rate is fastest.",
        ),
    ]


def plane_tasks(overlap: float) -> list[Task]:
    """The task on two inputs."""
    text = "Make the two inputs **the same**. Do the errors grow? What happens to the two slopes?"
    return [Task("alike", text, overlap >= 1, "Move the second slider to 1.")]


def outlier_tasks(slope: float, clean: float, typed: float) -> list[Task]:
    """The task on the outlier, by the slope of the MSE line with and without it."""
    text = (
        f"Keep the wrong salary at **{FAR_OFF} or more**, and find a place where it changes the slope of the MSE line "
        f"by **less than {SMALL_CHANGE}**."
    )
    is_done = typed >= FAR_OFF and abs(slope - clean) < SMALL_CHANGE
    return [
        Task(
            "leverage",
            text,
            is_done,
            "A weight in the middle of a seesaw does not tilt it: try the average experience.",
        )
    ]


def questions(points: np.ndarray, mine: Hyperplane) -> list[Question]:
    """The check: what an MSE is, what a large learning rate does, and what squaring does to an outlier."""
    return [_mse(points, mine), _learning_rate(points), _outlier()]


def _mse(points: np.ndarray, mine: Hyperplane) -> Question:
    x, y = points[[0, -1]].T
    pair = _two_errors(np.round(y - mine.predict(x)).astype(int).tolist())
    squares, sizes, plain = (
        signed(float(np.mean(values))) for values in (np.square(pair), np.abs(pair), pair)
    )

    def explain(choice: str) -> str:
        worked = f"({_in_brackets(pair[0])}² + {_in_brackets(pair[1])}²) / 2 = {squares}"
        if choice == sizes:
            return f"{sizes} is the mean absolute error. Square first: {worked}."
        if choice == plain:
            return f"In the plain mean, errors of opposite sign cancel. Square first: {worked}."
        return f"{worked}."

    first, second = map(signed, pair)
    prompt = f"A line misses two people by {first} and {second} thousand €. What is the MSE of these two?"
    return Question(prompt, list(dict.fromkeys((sizes, squares, plain))), squares, explain)


def _two_errors(errors: Sequence[int]) -> tuple[int, int]:
    """The errors, unless they are too plain to tell the three means apart."""
    first, second = errors
    return (first, second) if min(abs(first), abs(second)) > 1 and first * second < 0 else (2, -6)


def _in_brackets(number: int) -> str:
    return f"({signed(number)})" if number < 0 else str(number)


def _learning_rate(points: np.ndarray) -> Question:
    limit = linear_regression.largest_stable_learning_rate(points[:, 0])
    right = "The error grows with every step"

    def explain(choice: str) -> str:
        if choice == right:
            return f"Each step lands farther up the other side. The limit here is {limit:.4f}."
        return (
            f"Above {limit:.4f} each step lands farther up the other side of the valley, so the error grows."
        )

    choices = ["It reaches the best line sooner", right, "It stops halfway"]
    return Question(
        f"The learning rate is {1.5 * limit:.4f}. What does gradient descent do?", choices, right, explain
    )


def _outlier() -> Question:
    def explain(choice: str) -> str:
        if choice == "100 times":
            return "10² = 100, so one wrong number can outweigh all others."
        if choice == "10 times":
            return "That is what the absolute error does. The squared error grows with 10² = 100."
        return "The squared error of that person is 10² = 100 times as large, whatever the number of people."

    prompt = (
        "A typing mistake makes one error 10 times as large. How much more does this person add to the MSE?"
    )
    return Question(prompt, ["10 times", "20 times", "100 times"], "100 times", explain)
