"""Figures of gradient descent show the numbers of the engine: contours, paths, lines and errors."""

import numpy as np
import pytest

from engine.experiments import salary_data
from engine.functional import linear_regression
from engine.plots import gradient_descent as figures

X, Y = salary_data.sample().T
BEST = linear_regression.fit_hyperplane(X, Y)
FITTED = np.array([BEST.weights[0], BEST.intercept])
WINDOW = figures.Window((-2, 8), (-20, 100), "slope (thousand € per year)", "intercept (thousand €)")
PATH = linear_regression.gradient_descent(X, Y, 0.01, 40, (0.0, 60.0))
WILD = linear_regression.gradient_descent(X, Y, 1.0, 400, (0.0, 60.0))


def _marks(figure):
    """Places of the single markers."""
    return [(trace.x[0], trace.y[0]) for trace in figure.data if trace.mode == "markers"]


def _words(figure):
    return [annotation.text for annotation in figure.layout.annotations]


def test_each_line_of_the_map_has_the_height_that_is_written_on_it():
    figure = figures.walk_map(X, Y, PATH, FITTED, WINDOW, "title")
    heights = [float(text.replace(",", "")) for text in _words(figure) if text[0].isdigit()]
    closed = [trace for trace in figure.data if trace.fill == "toself"]
    assert heights == [50, 100, 200, 500, 1000, 2000, 5000, 10000]
    for height, trace in zip(heights, closed, strict=True):
        lines = np.stack([trace.x, trace.y], axis=1)
        assert linear_regression.mse_of_lines(X, Y, lines) == pytest.approx(np.full(len(lines), height))


def test_the_map_marks_the_start_the_least_and_where_the_walk_stands():
    figure = figures.walk_map(X, Y, PATH, FITTED, WINDOW, "title")
    assert _marks(figure) == [tuple(FITTED), tuple(PATH[0]), tuple(PATH[-1])]
    assert {"lowest MSE", "start", "step 40"} <= set(_words(figure))
    walked = next(trace for trace in figure.data if trace.mode == "lines+markers")
    assert np.stack([walked.x, walked.y], axis=1) == pytest.approx(PATH)


def test_a_walk_that_has_arrived_is_not_named_twice():
    arrived = np.array([[0.0, 60.0], FITTED])
    assert not any(
        "step" in text for text in _words(figures.walk_map(X, Y, arrived, FITTED, WINDOW, "title"))
    )


def test_a_walk_that_left_the_map_is_drawn_as_far_as_numbers_go_and_has_no_end_mark():
    assert not np.isfinite(WILD[-1]).all()
    figure = figures.walk_map(X, Y, WILD, FITTED, WINDOW, "title")
    walked = next(trace for trace in figure.data if trace.mode == "lines+markers")
    assert 1 < len(walked.x) < 10 and np.isfinite(walked.x).all()
    assert len(_marks(figure)) == 2


def test_every_corner_of_the_bowl_is_a_line_with_that_error():
    figure = figures.walk_surface(X, Y, PATH, FITTED, WINDOW, "title")
    bowl, walked, least = figure.data
    lines = np.stack([bowl.x, bowl.y], axis=-1)
    assert linear_regression.mse_of_lines(X, Y, lines) == pytest.approx(np.array(bowl.z))
    thickness = 0.011 * np.max(bowl.z)
    assert np.array(walked.z) == pytest.approx(linear_regression.mse_of_lines(X, Y, PATH), abs=thickness)
    assert (least.x[0], least.y[0]) == pytest.approx(FITTED)


def test_the_bowl_shows_a_diverging_walk_only_inside_it():
    figure = figures.walk_surface(X, Y, WILD, FITTED, WINDOW, "title")
    assert np.max(figure.data[1].z) <= 1.02 * np.max(figure.data[0].z)


def test_lines_of_a_walk_start_and_end_with_the_walk():
    figure = figures.walk_lines(X, Y, PATH, "title")
    drawn = [trace for trace in figure.data if trace.mode == "lines"]
    for trace, (slope, intercept) in ((drawn[0], PATH[0]), (drawn[-1], PATH[-1])):
        assert trace.y == pytest.approx([intercept, 20 * slope + intercept])
    assert len(drawn) <= 10
    assert (figure.data[-1].x == X).all() and (figure.data[-1].y == Y).all()


def test_errors_of_a_walk_are_its_errors_and_what_is_no_number_is_a_gap():
    errors = np.array([300.0, 200, np.inf, np.nan])
    figure = figures.walk_errors(errors, 26.7, "title")
    assert figure.data[1].y[:2].tolist() == [300, 200] and np.isnan(figure.data[1].y[2:]).all()
    assert figure.layout.annotations[0].text == "lowest MSE 26.7"
    low, high = figure.layout.yaxis.range
    assert low < figure.layout.annotations[0].y < np.log10(200) < high


@pytest.mark.parametrize("least", [0.0, 1e-30])
def test_a_perfect_fit_still_has_an_axis(least):
    figure = figures.walk_errors(np.array([5.0, 1.0]), least, "title")
    assert np.isfinite(figure.layout.yaxis.range).all()


@pytest.mark.parametrize(
    "figure",
    [
        figures.walk_map(X, Y, PATH, FITTED, WINDOW, "the point"),
        figures.walk_lines(X, Y, PATH, "the point"),
        figures.walk_errors(np.array([3.0, 2]), 1.0, "the point"),
    ],
)
def test_every_chart_has_its_title_and_both_axes_named_with_units(figure):
    assert figure.layout.title.text == "the point"
    assert "thousand €" in figure.layout.yaxis.title.text
    assert figure.layout.xaxis.title.text
