"""Lesson 6: the race over points, in pixels."""

import numpy as np
import pytest

from engine.experiments import loss_race
from engine.tasks import POINTS
from pages.parts.race import data, points
from tests.lesson_data import open_page, texts
from tests.pages.race.lesson import PAGE, ends, raced, title


def test_points_race_in_pixels(made):
    app = open_page(PAGE, kind="Drawings")
    finished, course = raced(POINTS, made / "heads")
    scores = loss_race.point_scores(finished, course)
    last = scores.groupby("lane", sort=False).last()["median_error_px"]
    assert ends(app, 2) == pytest.approx(last.tolist())
    baseline = loss_race.point_baseline_px(course)
    found = data.RacedPoints(finished, scores, np.zeros((7, 7)))
    table = points.winners(found, course, baseline)
    assert list(table.index) == [lane.title for lane in finished.lanes] + ["always the mean point"]
    if last.min() < baseline:
        assert table["median error"].iloc[int(last.argmin())] == f"★ {last.min():.1f} px"
    table = points.winners(found, course, float(last.min()) / 2)
    assert [cell for cell in table["median error"] if "★" in cell] == [f"★ {last.min() / 2:.1f} px"]
    assert f"the mean point is off by {baseline:.1f} px" in title(app, 2)
    app.select_slider(key="point_lr").set_value(0.01).run()
    assert not app.exception and ends(app, 2) != pytest.approx(last.tolist())


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


def test_the_answers_with_y_range_can_be_seen_alone(made):
    said = texts(open_page(PAGE, kind="Drawings", points_shown="With y_range"))
    assert "Huber y_range" in said and "</span> Huber</span>" not in said
