"""What lesson 4 asks: each task is done by what it names, and each right answer is worked out here again."""

import numpy as np
import pytest

from engine.experiments import salary_data
from engine.functional.linear_regression import Hyperplane, fit_hyperplane
from pages.parts.regression import exercises

POINTS = salary_data.sample()
FLAT = Hyperplane(np.array([0.0]), 60.0)


def _done(tasks) -> list[str]:
    return [task.key for task in tasks if task.is_done]


def test_the_guess_offers_the_fitted_slope_between_two_others():
    question = exercises.best_slope(POINTS)
    slope = float(np.polyfit(*POINTS.T, 1)[0])
    assert question.choices[1] == question.right_choice == f"{slope:.1f}"
    assert f"rises by {20 * slope:.0f}" in question.explain(question.choices[0])
    assert f"A slope of {question.choices[2]} would rise by" in question.explain(question.choices[2])


def test_a_line_close_to_the_fitted_one_and_points_on_a_line_are_seen():
    fitted = fit_hyperplane(*POINTS.T)
    assert _done(exercises.fit_tasks(POINTS, fitted, FLAT)) == []
    assert _done(exercises.fit_tasks(POINTS, fitted, fitted)) == ["fit"]
    on_a_line = np.array([[0.0, 10.0], [10.0, 20.0]])
    assert _done(exercises.fit_tasks(on_a_line, fit_hyperplane(*on_a_line.T), FLAT)) == ["perfect"]


@pytest.mark.parametrize(
    ("errors", "rate", "standardized", "done"),
    [
        ([9, 5, 4, 1], 0.5, True, ["quick"]),
        ([9, 5, 4, 1], 0.5, False, []),
        ([9, *[5] * 10, 1], 0.5, True, []),
        ([9, 20, 80], 2.0, True, ["diverge"]),
        ([9, 5, 4], 2.0, True, []),
        ([9, 20, np.nan], 2.0, False, ["diverge"]),
    ],
)
def test_a_quick_and_a_divergent_walk_are_seen(errors, rate, standardized, done):
    assert _done(exercises.descent_tasks(np.array(errors, float), 1.0, rate, 1.0, standardized)) == done


def test_equal_inputs_and_an_outlier_without_leverage_are_seen():
    assert _done(exercises.plane_tasks(0.95)) == [] and _done(exercises.plane_tasks(1.0)) == ["alike"]
    assert _done(exercises.outlier_tasks(2.5, 2.45, 350)) == ["leverage"]
    assert (
        _done(exercises.outlier_tasks(2.5, 2.45, 35)) == _done(exercises.outlier_tasks(-1, 2.45, 350)) == []
    )


def test_the_keys_are_those_of_all_parts():
    parts = (
        exercises.fit_tasks(POINTS, FLAT, FLAT)
        + exercises.descent_tasks(np.array([1.0]), 1.0, 0.1, 1.0, False)
        + exercises.plane_tasks(0)
        + exercises.outlier_tasks(0, 0, 0)
    )
    assert {task.key for task in parts} == set(exercises.KEYS)


def test_the_check_squares_before_it_averages():
    mse, rate, outlier = exercises.questions(POINTS, FLAT)
    assert "−29 and 20" in mse.prompt and mse.right_choice == f"{(29**2 + 20**2) / 2:g}"
    assert set(mse.choices) == {"24.5", "620.5", "−4.5"}
    assert rate.right_choice == rate.choices[1] and outlier.right_choice == "100 times"


def test_errors_that_do_not_tell_the_means_apart_are_replaced():
    fitted = fit_hyperplane(*POINTS[[0, -1]].T)
    mse = exercises.questions(POINTS, fitted)[0]
    assert "2 and −6" in mse.prompt and set(mse.choices) == {"4", "20", "−2"}
