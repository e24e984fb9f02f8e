"""Lesson 4 in a real browser: points are dragged, added, removed, moved by keyboard, and every change undone."""

import time
from urllib.parse import unquote

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from engine.experiments import salary_data
from engine.functional import linear_regression
from tests.browser import PAGE_SECONDS, open_page, wait_until_settled

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

OUTLINE_PX = 1
ADDRESS = "Linear_regression"
LAST = len(salary_data.sample()) - 1


QUICK_PRESSES = """(point, keys) => {
    const root = point.getRootNode(), place = point.dataset.place;
    for (const key of keys) {
        const now = root.querySelector(`g[data-place="${place}"]`);  // each key draws the points anew
        now.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
    }
}"""
"""Keys pressed without a pause, however busy the machine is: one step to undo."""


@pytest.fixture
def lesson(app, page) -> Page:
    open_page(page, app, ADDRESS)
    page.get_by_role("button", name="Show me").click()
    wait_until_settled(page)
    expect(_points(page)).to_have_count(LAST + 1)
    _wait_until_still(page)
    return page


def _points(page: Page) -> Locator:
    return page.locator("g[data-place]")


def _centre(page: Page, place: int) -> tuple[float, float]:
    dot = _points(page).nth(place).locator(".dot")
    end = time.monotonic() + PAGE_SECONDS
    while (box := dot.bounding_box()) is None:  # the chart was just drawn anew
        assert time.monotonic() < end, f"point {place + 1} has no place"
        page.wait_for_timeout(50)
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def _wait_until_still(page: Page) -> None:
    """Wait until the chart has taken on its new width: twice in a row every point is where it was."""
    before, end = None, time.monotonic() + PAGE_SECONDS
    while (now := [_centre(page, place) for place in range(LAST + 1)]) != before:
        assert time.monotonic() < end, "the chart does not come to rest"
        before = now
        page.wait_for_timeout(300)


def _least_mse(points: np.ndarray) -> str:
    x, y = points.T
    fitted = linear_regression.fit_hyperplane(x, y)
    return f"{linear_regression.mse_of_lines(x, y, (fitted.weights[0], fitted.intercept)):.1f}"


def _expect_points(page: Page, points: np.ndarray) -> None:
    """Chart, error of the fitted line and address all tell of these points."""
    expect(_points(page)).to_have_count(len(points))
    for place in range(len(points)):
        expect(_points(page).nth(place)).to_have_attribute("aria-label", _says(place, points[place]))
    expect(page.get_by_test_id("stMetricValue").first).to_have_text(_least_mse(points))
    told = "_".join(f"{x:g}~{y:g}" for x, y in points)
    is_sample = np.array_equal(points, salary_data.sample())
    page.wait_for_url(lambda url: ("people=" not in url) if is_sample else told in unquote(url))
    wait_until_settled(page)


def _says(place: int, point) -> str:
    return f"point {place + 1}: {point[0]:g} years, {point[1]:g} thousand € per year"


def _pixels_per_unit(page: Page) -> tuple[float, float]:
    (x0, y0), (x1, y1) = _centre(page, 0), _centre(page, LAST)
    across, up = salary_data.sample()[LAST] - salary_data.sample()[0]
    return (x1 - x0) / across, (y0 - y1) / up


def _undo(page: Page) -> None:
    page.get_by_role("button", name="Undo").click()


def _drag(page: Page, place: int, across_px: float, down_px: float) -> None:
    x, y = _centre(page, place)
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(1, 11):
        page.mouse.move(x + across_px * step / 10, y + down_px * step / 10)
        time.sleep(0.03)
    page.mouse.up()


def test_a_dragged_point_takes_the_fitted_line_along_and_one_undo_brings_it_back(lesson):
    per_year, per_thousand = _pixels_per_unit(lesson)
    moved = salary_data.sample()
    moved[LAST] += (-3, -50)
    _drag(lesson, LAST, -3 * per_year, 50 * per_thousand)
    _expect_points(lesson, moved)
    _undo(lesson)
    _expect_points(lesson, salary_data.sample())
    assert lesson.troubles == []


def test_a_point_dragged_out_of_the_chart_stays_at_its_edge(lesson):
    _drag(lesson, 0, -400, 0)
    moved = salary_data.sample()
    moved[0, 0] = 0
    _expect_points(lesson, moved)


def test_a_press_adds_a_point_and_two_presses_remove_it(lesson):
    (x, y), (per_year, per_thousand) = _centre(lesson, 0), _pixels_per_unit(lesson)
    lesson.mouse.click(x + 9.5 * per_year, y - 79 * per_thousand)
    _expect_points(lesson, np.vstack([salary_data.sample(), [10, 110]]))
    lesson.mouse.dblclick(*_centre(lesson, LAST + 1))
    _expect_points(lesson, salary_data.sample())


def test_the_keyboard_moves_and_removes_a_point(lesson):
    _points(lesson).nth(3).focus()
    _points(lesson).nth(3).evaluate(QUICK_PRESSES, ["ArrowUp", "ArrowUp", "ArrowRight"])
    moved = salary_data.sample()
    moved[3] += (0.5, 2)
    _expect_points(lesson, moved)
    expect(_points(lesson).nth(3)).to_be_focused()
    lesson.keyboard.press("Delete")
    _expect_points(lesson, np.delete(moved, 3, axis=0))
    _undo(lesson)
    _expect_points(lesson, moved)
    _undo(lesson)
    _expect_points(lesson, salary_data.sample())


def test_a_reload_keeps_the_points(lesson):
    _points(lesson).nth(0).focus()
    lesson.keyboard.press("Delete")
    left = salary_data.sample()[1:]
    _expect_points(lesson, left)
    lesson.reload()
    wait_until_settled(lesson)
    _expect_points(lesson, left)


@pytest.mark.parametrize("width", [1280, 390])
def test_squares_are_square_on_the_screen_and_as_high_as_the_errors(lesson, width):
    lesson.set_viewport_size({"width": width, "height": 900})
    wait_until_settled(lesson)
    _wait_until_still(lesson)
    _, per_thousand = _pixels_per_unit(lesson)
    squares = [square.bounding_box() for square in lesson.locator("rect.square").all()]
    errors = np.abs(salary_data.sample()[:, 1] - 60)
    assert len(squares) == LAST + 1
    for square, error in zip(squares, errors, strict=True):
        assert square["width"] == pytest.approx(square["height"], abs=0.1)
        assert square["height"] - OUTLINE_PX == pytest.approx(error * per_thousand, abs=0.1)


def test_my_line_follows_its_sliders(lesson):
    before = lesson.get_by_test_id("stMetricValue").nth(1).inner_text()
    lesson.get_by_role("slider", name="Slope of my line").press("ArrowRight")
    expect(lesson.get_by_test_id("stMetricValue").nth(1)).not_to_have_text(before)
    x, y = salary_data.sample().T
    expected = f"{linear_regression.mse_of_lines(x, y, (0.05, 60.0)):.1f}"
    expect(lesson.get_by_test_id("stMetricValue").nth(1)).to_have_text(expected)
