"""Lesson 4: what it says is what the engine finds, for the sample and for points from the address."""

import json

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from engine import paths
from engine.experiments import salary_data
from engine.functional import linear_regression
from engine.functional.losses import mean_squared_error
from pages.parts.regression import people as regression_people
from pages.parts.shared import drag_points
from tests.shown_code import shown_code

PAGE = str(paths.ROOT / "pages" / "4_Linear_regression.py")
RANGES = regression_people.RANGES


DESCENT, TWO_INPUTS, OUTLIER = "Gradient descent", "Two inputs", "An outlier"


@pytest.fixture
def page():
    """The lesson after the guess, which shows the fitted line."""
    app = AppTest.from_file(PAGE, default_timeout=60)
    app.session_state["progress_marks"] = {"4.guess.first": -1}
    return app


def _metrics(app):
    return [metric.value for metric in app.metric]


def _says(app):
    return " ".join(text.value for text in app.markdown).replace("\\", "")


def _data(component) -> dict:
    return json.loads(component.proto.json or "{}")


def _button(app, label):
    return next(button for button in app.button if button.label == label)


def _errors(points, slope, intercept):
    x, y = np.array(points).T
    fitted = linear_regression.fit_hyperplane(x, y)
    return [float(mean_squared_error(line, y)) for line in (fitted.predict(x), slope * x + intercept)]


def test_it_opens_and_states_its_goal(page):
    page.run()
    assert not page.exception
    assert page.title[0].value == "4. Linear regression"
    assert "**Goal:**" in page.markdown[0].value
    assert "MSELossFlat" in shown_code(page)


def test_the_errors_are_those_of_the_fitted_line_and_of_mine(page):
    page.run()
    least, own = _errors(salary_data.sample(), 0, 60)
    assert _metrics(page) == [f"{least:.1f}", f"{own:.1f}", f"{least**0.5:.1f} and {own**0.5:.1f}"]
    page.slider(key="slope").set_value(2.0)
    page.slider(key="intercept").set_value(35.0).run()
    assert _metrics(page)[1] == f"{_errors(salary_data.sample(), 2, 35)[1]:.1f}"


def test_points_and_controls_come_from_the_address(page):
    page.query_params |= {"people": "0~10_10~30_20~70", "slope": "1", "intercept": "20", "squares": "both"}
    page.run()
    least, own = _errors([(0, 10), (10, 30), (20, 70)], 1, 20)
    assert _metrics(page)[:2] == [f"{least:.1f}", f"{own:.1f}"]
    assert page.query_params["people"] == "0~10_10~30_20~70"


@pytest.mark.parametrize(
    "people", ["", "<b>", "1~2", "1~2~3_4~5~6", "nan~1_2~3", "_", "1~2_" * 400, "1e999~2_3~4"]
)
def test_a_foreign_address_falls_back_to_the_sample(page, people):
    page.query_params |= {"people": people, "slope": "steep", "squares": "<i>", "steps": "-5", "rate": "9"}
    page.run()
    assert not page.exception
    assert "people" not in page.query_params
    assert _metrics(page)[0] == f"{_errors(salary_data.sample(), 0, 60)[0]:.1f}"


def test_reset_and_undo(page):
    page.query_params["people"] = "0~10_10~30_20~70"
    page.run()
    before = _metrics(page)
    assert _button(page, "Undo").disabled
    _button(page, "Reset the points").click().run()
    assert _metrics(page) != before and "people" not in page.query_params
    _button(page, "Undo").click().run()
    assert _metrics(page) == before and _button(page, "Undo").disabled


def test_one_gesture_is_undone_at_once(page):
    page.run()
    first = _metrics(page)

    def drag():
        import numpy as np

        from pages.parts.regression import people as regression_people

        regression_people.people()
        for height in (40, 50, 60):
            regression_people.change(np.array([[1.0, height], [5.0, 20.0]]), gesture="a drag")

    moved = AppTest.from_function(drag)
    moved.run()
    for key in ("people", "people_before", "people_gesture", "people_version"):
        page.session_state[key] = moved.session_state[key]
    page.run()
    assert _metrics(page)[0] == "0.0"
    _button(page, "Undo").click().run()
    assert _metrics(page) == first


def test_a_learning_rate_above_the_limit_is_said_to_diverge(page):
    page.query_params["part"] = DESCENT
    page.run()
    limit = linear_regression.largest_stable_learning_rate(salary_data.sample()[:, 0])
    rate = page.slider(key="rate")
    assert f"{limit:.4f}" in rate.label and rate.value < limit < rate.max
    assert "Downhill from my line" in _says(page)
    rate.set_value(0.0125).run()
    assert "A learning rate of 0.0125 is too large" in _says(page)
    assert "grows without end" in _says(page)


def test_the_walk_ends_where_gradient_descent_ends(page):
    page.query_params |= {"part": DESCENT, "steps": "7", "rate": "0.005", "slope": "1", "intercept": "10"}
    page.run()
    x, y = salary_data.sample().T
    path = linear_regression.gradient_descent(x, y, 0.005, 7, (1, 10))
    error = linear_regression.mse_of_lines(x, y, path[-1])
    assert (
        f"after 7 steps the MSE is {error:.1f}, from {_errors(salary_data.sample(), 1, 10)[1]:.1f}"
        in _says(page)
    )
    assert f"the slope is {path[-1][0]:.2f} and the intercept {path[-1][1]:.1f}" in _says(page)


def test_standardized_inputs_arrive_at_the_same_line_in_far_fewer_steps(page):
    page.query_params |= {"part": DESCENT, "standardize": "true", "rate_standardized": "0.3", "steps": "30"}
    page.run()
    best = linear_regression.fit_hyperplane(*salary_data.sample().T)
    assert f"the slope is {best.weights[0]:.2f} and the intercept {best.intercept:.1f}" in _says(page)
    assert "Within 1% of the lowest MSE from step" in _says(page)
    page.toggle(key="standardize").set_value(False).run()
    assert "the MSE is still" in _says(page)


def test_before_the_guess_the_fitted_line_is_hidden(page):
    page.session_state["progress_marks"] = {}
    page.run()
    own = _errors(salary_data.sample(), 0, 60)[1]
    assert _metrics(page) == [f"{own:.1f}", f"{own**0.5:.1f}"]
    sent = next(data for data in map(_data, page.get("bidi_component")) if "points" in data)
    assert [line["name"] for line in sent["lines"]] == ["my line"]


def test_my_line_is_kept_while_another_part_is_open(page):
    page.run()
    page.slider(key="slope").set_value(2.0).run()
    page.session_state["part"] = TWO_INPUTS
    page.run()
    page.session_state["part"] = DESCENT
    page.run()
    assert page.slider(key="slope").value == 2.0


AWKWARD = ["5~10_5~30", "5~30_5~30", "0~0_20~120", "0~0_10~0_20~0"]


@pytest.mark.parametrize("people", AWKWARD)
@pytest.mark.parametrize("part", ["Fit by hand", OUTLIER])
def test_awkward_points_do_not_break_the_other_parts(page, people, part):
    page.query_params |= {"part": part, "people": people}
    page.session_state["progress_marks"] = {}
    page.run()
    assert not page.exception


@pytest.mark.parametrize("people", AWKWARD)
@pytest.mark.parametrize("view", ["Map", "Surface"])
def test_awkward_points_do_not_break_the_page(page, people, view):
    page.query_params |= {"part": DESCENT, "people": people, "view": view}
    page.run()
    assert not page.exception
    page.toggle(key="standardize").set_value(True).run()
    assert not page.exception


def test_no_steps_at_all(page):
    page.query_params |= {"part": DESCENT, "steps": "0", "view": "Surface"}
    page.run()
    assert not page.exception and "after 0 steps" in _says(page)


def test_two_inputs_that_are_one_still_have_an_answer(page):
    page.query_params |= {"part": TWO_INPUTS, "overlap": "1", "scatter": "0"}
    page.run()
    assert not page.exception and "the typical error is 0.0" in _says(page)


def test_the_outlier_moves_the_squares_and_not_the_absolute_errors(page):
    page.query_params |= {"part": OUTLIER, "typed_salary": "400", "typed_years": "2"}
    page.run()
    x, y = np.vstack([salary_data.sample(), [2, 400]]).T
    squares, absolute = (
        linear_regression.fit_hyperplane(x, y).weights[0],
        linear_regression.fit_least_absolute(x, y).weights[0],
    )
    assert f"to {squares:.2f}, of the absolute".replace("-", "−") in _says(page)
    assert f"to {absolute:.2f}**" in _says(page)


def test_the_chart_to_drag_is_given_the_lines_that_the_engine_found(page):
    page.run()
    sent = next(data for data in map(_data, page.get("bidi_component")) if "points" in data)
    fitted = linear_regression.fit_hyperplane(*salary_data.sample().T)
    assert sent["points"] == salary_data.sample().tolist()
    assert sent["lines"][0]["slope"] == pytest.approx(fitted.weights[0])
    assert sent["lines"][0]["intercept"] == pytest.approx(fitted.intercept)
    assert [line["squares"] for line in sent["lines"]] == [False, True]


def test_the_fastai_code_runs_and_finds_the_fitted_line(page):
    page.run()
    found = {"people": salary_data.sample()}
    exec(shown_code(page), found)
    x, y = salary_data.sample().T
    inputs = linear_regression.standardize(x)
    slope, intercept = inputs.raw_line(found["slope"], found["intercept"])
    best = linear_regression.fit_hyperplane(x, y)
    assert slope == pytest.approx(best.weights[0], rel=0.01)
    assert intercept == pytest.approx(best.intercept, rel=0.01)


# -- what a browser may send -----------------------------------------------------------------------


def test_points_survive_the_address():
    points = np.array([[0.5, 31], [18, 80.3]])
    assert regression_people.to_text(points) == "0.5~31_18~80.3"
    assert regression_people.from_text("0.5~31_18~80.3").tolist() == points.tolist()


def test_dragged_points_are_held_inside_the_chart_and_to_one_decimal():
    edit = {"points": [[-5, 300], [3.14159, 20]]}
    assert drag_points.edited_points(edit, *RANGES).tolist() == [[0, 120], [3.1, 20]]


@pytest.mark.parametrize(
    "edit",
    [
        None,
        "points",
        [],
        {},
        {"points": None},
        {"points": "no"},
        {"points": [[1, 2]]},
        {"points": [[1, 2, 3], [4, 5, 6]]},
        {"points": [[1, 2], [3]]},
        {"points": [[1, None], [3, 4]]},
        {"points": [[1, float("nan")], [3, 4]]},
        {"points": [[1, 2]] * 41},
    ],
)
def test_what_is_no_list_of_points_is_not_taken(edit):
    assert drag_points.edited_points(edit, *RANGES) is None
