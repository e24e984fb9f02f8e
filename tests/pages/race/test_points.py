"""Lesson 6: the race over points, in pixels."""

import numpy as np
import pytest

from engine.experiments import loss_race
from engine.experiments.loss_race import seeds
from engine.tasks import POINTS
from pages.parts.race import data, points
from tests.lesson_data import open_page, texts
from tests.pages.race.lesson import PAGE, ends, raced, title


def medians(races, course) -> list[float]:
    by_seed = [
        loss_race.point_scores(race, course).groupby("lane", sort=False).last()["median_error_px"]
        for race in races
    ]
    return np.mean(by_seed, axis=0).tolist()


def test_points_race_in_pixels(made):
    app = open_page(PAGE, kind="Drawings", race="A point")
    races, course = raced(POINTS, made / "heads")
    last = medians(races, course)
    assert not app.exception and ends(app) == pytest.approx(last)
    baseline = loss_race.point_baseline_px(course)
    assert f"the mean point is off by {baseline:.1f} px" in title(app)
    app.select_slider(key="point_lr").set_value(0.01).run()
    assert not app.exception and ends(app) != pytest.approx(last)


def test_the_table_stars_the_smallest_error(made):
    races, course = raced(POINTS, made / "heads")
    scores = seeds.joined([loss_race.point_scores(race, course) for race in races])
    found, last = data.RacedPoints(races, scores, np.zeros((4, 4))), medians(races, course)
    table = points.winners(found, course, 1e4)
    assert list(table.index) == [lane.title for lane in races[0].lanes] + ["always the mean point"]
    assert table["median error"].iloc[int(np.argmin(last))] == f"★ {min(last):.1f} px"
    table = points.winners(found, course, min(last) / 2)
    assert [cell for cell in table["median error"] if "★" in cell] == [f"★ {min(last) / 2:.1f} px"]


@pytest.mark.parametrize(
    "points_px",
    [[(320, 240), (325, 238)], [(2, 3), (9, 9)], [(10, 10), (600, 470)], [(320, 240), (9000, -50)]],
)
def test_the_close_up_holds_the_points_in_the_pictures_own_proportions(points_px):
    left, top, right, bottom = points.close_up(np.array(points_px, float), (640, 480))
    assert 0 <= left < right <= 640 and 0 <= top < bottom <= 480
    assert (right - left) / (bottom - top) == pytest.approx(4 / 3) and right - left >= 160
    for x, y in np.clip(points_px, 0, (640, 480)):
        assert left <= x <= right and top <= y <= bottom


def test_the_close_up_of_a_tall_picture_stays_in_it():
    left, top, right, bottom = points.close_up(np.array([(10.0, 10), (290, 590)]), (300, 600))
    assert (left, right) == (0, 300) and bottom - top == pytest.approx(225)


def test_predictions_without_a_range_race_by_a_press(made):
    app = open_page(PAGE, kind="Drawings", race="A point")
    assert "Huber y_range" in texts(app) and "</span> Huber</span>" not in texts(app)
    app.pills(key="point_losses").set_value(["Huber"]).run()
    assert "</span> Huber</span>" in texts(app) and len(ends(app)) == 1
