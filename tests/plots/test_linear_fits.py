"""Figures of fitted lines and planes show the numbers of the engine, also with an outlier."""

import numpy as np
import pytest

from engine.experiments import salary_data
from engine.functional import linear_regression
from engine.plots import linear_fits as figures

X, Y = salary_data.sample().T


def test_the_plane_lies_on_its_predictions_and_each_stick_is_an_error():
    inputs, salary = salary_data.two_inputs(6, 0.3)
    fitted = linear_regression.fit_hyperplane(inputs, salary)
    plane, sticks, people = figures.plane(inputs, salary, fitted, "title").data
    for row, school in enumerate(plane.y):
        for column, experience in enumerate(plane.x):
            assert plane.z[row][column] == pytest.approx(float(fitted.predict([[experience, school]])[0]))
    tops, feet = np.array(sticks.z[0::3]), np.array(sticks.z[1::3])
    assert tops == pytest.approx(salary) and feet == pytest.approx(fitted.predict(inputs))
    assert np.array(people.customdata) == pytest.approx(tops - feet)


def test_outlier_lines_are_the_two_fits_and_the_typed_point_stands_apart():
    x, y = np.append(X, 2.0), np.append(Y, 350.0)
    squares, absolute = linear_regression.fit_hyperplane(x, y), linear_regression.fit_least_absolute(x, y)
    figure = figures.outlier_lines(x, y, 12, squares, absolute, "title")
    for trace, line in zip(figure.data[:2], (squares, absolute), strict=True):
        assert trace.y == pytest.approx(line.predict([0.0, 20.0]))
    people, typed = figure.data[2:]
    assert len(people.x) == 12 and (typed.x[0], typed.y[0]) == (2, 350)
    assert figure.layout.yaxis.range[1] > 350
    upper = {text.text: text.yanchor for text in figure.layout.annotations}
    assert upper == {"lowest MSE": "top", "lowest mean absolute error": "bottom"}


def test_two_inputs_recover_what_each_year_is_worth():
    inputs, salary = salary_data.two_inputs(0, 0.4)
    fitted = linear_regression.fit_hyperplane(inputs, salary)
    assert fitted.weights == pytest.approx([1.8, 2.4]) and fitted.intercept == pytest.approx(5)
    same, salary = salary_data.two_inputs(0, 1)
    assert np.linalg.matrix_rank(same - same.mean(axis=0)) == 1
    assert linear_regression.fit_hyperplane(same, salary).predict(same) == pytest.approx(salary)
    with pytest.raises(ValueError, match=r"overlap is 1\.5"):
        salary_data.two_inputs(0, 1.5)


def test_the_slopes_have_a_title_and_both_axes_named_with_units():
    figure = figures.outlier_slopes([0, 1], [1, 2], [1, 1], 0.5, "the point")
    assert figure.layout.title.text == "the point"
    assert "thousand €" in figure.layout.yaxis.title.text
    assert figure.layout.xaxis.title.text
